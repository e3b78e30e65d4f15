"""Estimators of scikit-learn: what was fitted counts, what was used since does not."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

pytest.importorskip("sklearn")

from sklearn import set_config
from sklearn.base import BaseEstimator, clone
from sklearn.cluster import KMeans
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingRegressor, RandomForestRegressor
from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer, TfidfVectorizer
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression, Ridge, SGDClassifier
from sklearn.metrics import DistanceMetric
from sklearn.neighbors import BallTree, KDTree, KernelDensity, KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MultiLabelBinarizer, StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from memo.errors import UnhashableArgument
from memo.hashing import token

POINTS = np.abs(np.random.default_rng(0).normal(size=(60, 4)))
CLASSES = (POINTS.sum(axis=1) > 3).astype(int)
TEXTS = ["a red fox", "a blue fox", "the red sky"]
LABELS = [("a", "b"), ("c",), ("a",)]


def code(thing):
    return f"{type(thing).__name__}:{getattr(thing, '__qualname__', None) or thing.__name__}".encode()


def of(value):
    return token(value, code=code)


class Own(BaseEstimator):
    """Keeps attributes that have the names of scikit-learn's caches."""

    def __init__(self, rate=1):
        self.rate = rate


class Picky(BaseEstimator):
    def __init__(self, rate=1):
        self.rate = rate

    def __getstate__(self):
        return {"rate": self.rate}


ESTIMATORS = {
    "forest": lambda: RandomForestRegressor(n_estimators=3, random_state=0),
    "boosting": lambda: HistGradientBoostingRegressor(max_iter=3, random_state=0),
    "tree": lambda: DecisionTreeClassifier(random_state=0),
    "logistic": LogisticRegression,
    "ridge": Ridge,
    "descent": lambda: SGDClassifier(random_state=0),
    "vectors": lambda: SVC(random_state=0),
    "neighbours": lambda: KNeighborsClassifier(algorithm="kd_tree"),
    "balls": lambda: KNeighborsClassifier(algorithm="ball_tree"),
    "density": KernelDensity,
    "means": lambda: KMeans(2, n_init=1, random_state=0),
    "process": lambda: GaussianProcessRegressor(optimizer=None, random_state=0),
    "network": lambda: MLPClassifier((3,), max_iter=300, tol=1e-1, random_state=0),
    "pipeline": lambda: make_pipeline(StandardScaler(), LogisticRegression()),
    "columns": lambda: ColumnTransformer([("scaled", StandardScaler(), [0, 1])]),
}


def use(estimator):
    for name in ("predict", "predict_proba", "transform", "decision_function", "score_samples", "kneighbors"):
        if hasattr(estimator, name):
            getattr(estimator, name)(POINTS)


@pytest.mark.parametrize("name", ESTIMATORS)
def test_a_fitted_estimator_is_not_changed_by_its_use(name):
    def fitted(start=0):
        return ESTIMATORS[name]().fit(POINTS[start:], CLASSES[start:])

    value = fitted()
    before = of(value)
    use(value)
    assert of(value) == before == of(fitted())
    assert of(copy.deepcopy(value)) == of(pickle.loads(pickle.dumps(value))) == before
    assert len({before, of(fitted(5)), of(ESTIMATORS[name]())}) == 3


def test_what_was_fitted_without_a_seed_does_not_change_whenever_numpy_draws():
    value = GaussianProcessRegressor(optimizer=None).fit(POINTS, CLASSES)
    before = of(value)
    np.random.rand()  # noqa: NPY002 - the global state is what this is about.
    assert of(value) == before


@pytest.mark.parametrize("kind", [CountVectorizer, HashingVectorizer, TfidfVectorizer])
def test_the_id_of_a_list_of_words_is_no_value(kind):
    def fitted():
        return kind(stop_words=["the", "a"]).fit(TEXTS)

    value = fitted()
    before = of(value)
    value.transform(TEXTS)
    other = fitted()
    other.transform(TEXTS)
    assert of(value) == before == of(other)
    assert of(value) != of(value.set_params(stop_words=["the"]))


def test_a_table_made_from_the_classes_is_no_value():
    value = MultiLabelBinarizer().fit(LABELS)
    before = of(value)
    value.transform(LABELS)
    assert of(value) == before != of(MultiLabelBinarizer().fit(LABELS[:1]))


def test_attributes_of_ones_own_classes_count_whatever_their_names():
    plain, cached, numbered = Own(), Own(), Own()
    cached._cached_dict = {"a": 1}
    numbered._stop_words_id = 1
    assert len({of(plain), of(cached), of(numbered), of(Own(rate=2))}) == 4


def test_neither_order_nor_version_is_a_value():
    first, second = Own(), Own()
    first.a_, first.b_ = 1, 2
    second.b_, second.a_ = 2, 1
    assert of(first) == of(second)
    value = Ridge().fit(POINTS, CLASSES)
    reordered = Ridge()
    reordered.__dict__ = dict(reversed(vars(value).items()))
    assert of(reordered) == of(value)


def test_a_state_of_ones_own_is_what_counts():
    picky, other = Picky(), Picky()
    picky.scratch_ = object()
    assert of(picky) == of(other) != of(Picky(rate=2))


def test_settings_that_change_what_comes_out_count():
    scaler = StandardScaler().fit(POINTS)
    before = of(scaler)
    assert of(clone(scaler)) != before
    assert of(scaler.set_output(transform="pandas")) != before


def test_the_settings_of_the_process_are_no_value():
    value = Ridge()
    before = of(value)
    try:
        set_config(display="text", assume_finite=True)
        assert of(value) == before
    finally:
        set_config(display="diagram", assume_finite=False)


def test_a_random_state_counts_as_it_is():
    def forest(seed):
        return RandomForestRegressor(random_state=seed)

    used = np.random.RandomState(0)
    values = [forest(0), forest(np.random.RandomState(0)), forest(np.random.RandomState(1)), forest(used)]
    used.rand()
    assert len(set(map(of, values))) == 4
    assert of(forest(np.random.RandomState(0))) == of(values[1])


@pytest.mark.parametrize("kind", [KDTree, BallTree])
def test_how_often_a_tree_was_searched_is_no_value(kind):
    value = kind(POINTS, leaf_size=5)
    before = of(value)
    value.query(POINTS, 3)
    assert of(value) == before == of(kind(POINTS, leaf_size=5))
    others = [kind(POINTS, leaf_size=9), kind(POINTS[1:], leaf_size=5), kind(POINTS, leaf_size=5, metric="l1")]
    assert len({before, *map(of, others)}) == 4


def test_metrics():
    made = [DistanceMetric.get_metric("minkowski", p=power) for power in (3, 3, 4)]
    assert of(made[0]) == of(made[1]) != of(made[2])
    assert of(DistanceMetric.get_metric("euclidean")) != of(DistanceMetric.get_metric("manhattan"))


def test_the_interpolation_of_isotonic_regression_follows_from_the_rest():
    value = IsotonicRegression().fit(POINTS[:, 0], POINTS[:, 1])
    before = of(value)
    value.predict([0.5])
    assert of(value) == before == of(pickle.loads(pickle.dumps(value)))


def test_the_path_leads_into_a_pipeline():
    pipeline = make_pipeline(StandardScaler(), Own(rate=(number for number in ())))
    with pytest.raises(UnhashableArgument, match="would use it up") as caught:
        token(pipeline, code=code, path="model")
    assert caught.value.path == "model.steps[1][1].rate"


SCRIPT = """
import numpy as np
from sklearn.ensemble import GradientBoostingClassifier, HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.manifold import Isomap
from sklearn.neighbors import BallTree, KDTree, KNeighborsClassifier
from sklearn.svm import SVC
from memo.hashing import token
def code(thing):
    return (getattr(thing, "__qualname__", None) or thing.__name__).encode()
def dirty():
    junk = [bytearray(b"\\xaa" * n) for n in range(1, 40_000, 97)]
points = np.random.default_rng(0).random((60, 4)).round(3)
points[3, 1] = np.nan
classes = (points[:, 0] > 0.4).astype(int)
kinds = [
    lambda: HistGradientBoostingClassifier(max_iter=3, random_state=0),
    lambda: RandomForestClassifier(3, random_state=0),
]
whole = [
    lambda: GradientBoostingClassifier(n_estimators=3, random_state=0),
    lambda: SVC(), lambda: LogisticRegression(), lambda: SGDClassifier(random_state=0),
    lambda: KNeighborsClassifier(algorithm="kd_tree"), lambda: Isomap(),
]
for kind in kinds + whole:
    dirty()
    rows = points if kind in kinds else np.nan_to_num(points)
    print(token(kind().fit(rows, classes), code=code).hex())
for kind in (KDTree, BallTree):
    dirty()
    print(token(kind(np.nan_to_num(points), leaf_size=5), code=code).hex())
print(token(TfidfVectorizer(stop_words=["a"]).fit(["a b cc dd", "ee ff gg"]), code=code).hex())
"""


def test_other_processes_make_the_same_tokens(run_python):
    shown = {run_python(SCRIPT, env={"PYTHONHASHSEED": seed}) for seed in ("1", "2")}
    assert len(shown) == 1
    tokens = shown.pop().split()
    assert len(set(tokens)) == len(tokens) == 11
