"""Pairs of values of scikit-learn: (a, b, whether they are equal, why)."""

# ruff: noqa: PLR0915 - these are values under test, in long tables.

from __future__ import annotations

import copy
import pickle
import warnings

import numpy as np
from sklearn.base import BaseEstimator, clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.cluster import DBSCAN, AgglomerativeClustering, KMeans, MiniBatchKMeans
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor, make_column_selector
from sklearn.decomposition import PCA, TruncatedSVD
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import (
    AdaBoostClassifier,
    ExtraTreesRegressor,
    GradientBoostingClassifier,
    HistGradientBoostingRegressor,
    IsolationForest,
    RandomForestClassifier,
    StackingClassifier,
    VotingClassifier,
)
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.feature_selection import SelectKBest, f_classif
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, Matern, WhiteKernel
from sklearn.impute import KNNImputer, SimpleImputer
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import Lasso, LinearRegression, LogisticRegression, Ridge, SGDClassifier
from sklearn.metrics import accuracy_score, make_scorer
from sklearn.mixture import GaussianMixture
from sklearn.model_selection import GridSearchCV, KFold, ShuffleSplit
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import BallTree, KDTree, KernelDensity, KNeighborsClassifier, NearestNeighbors
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    KBinsDiscretizer,
    LabelEncoder,
    MinMaxScaler,
    OneHotEncoder,
    OrdinalEncoder,
    PolynomialFeatures,
    QuantileTransformer,
    SplineTransformer,
    StandardScaler,
)
from sklearn.svm import SVC, LinearSVC
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor
from sklearn.utils import Bunch

# Small ints, so that sums are exact in any order.
X = np.array([[0, 1], [1, 3], [2, 0], [5, 4], [6, 7], [7, 5], [8, 8], [9, 6], [3, 9], [4, 2]], float)
Y = np.array([0, 0, 0, 1, 1, 1, 1, 1, 0, 0])
TEXTS = ["a cat", "a dog and a cat", "no dog"]
SMALL = {"n_estimators": 3, "random_state": 0}


class Mine(BaseEstimator):
    def __init__(self, a=1, b=2):
        self.a = a
        self.b = b

    def fit(self, x, y=None):
        self.mean_ = x.mean()
        return self


class MyScaler(StandardScaler):
    pass


def double(x):
    return x * 2


def halve(x):
    return x / 2


def estimators():
    """Yield how to make estimators, and one that is almost the same."""
    yield "linear", LinearRegression, lambda: LinearRegression(fit_intercept=False)
    yield "ridge", Ridge, lambda: Ridge(alpha=2.0)
    yield "lasso", lambda: Lasso(alpha=0.1), lambda: Lasso(alpha=0.2)
    yield "logistic", LogisticRegression, lambda: LogisticRegression(C=2.0)
    yield "sgd", lambda: SGDClassifier(random_state=0), lambda: SGDClassifier(random_state=1)
    yield "kmeans", lambda: KMeans(2, n_init=1, random_state=0), lambda: KMeans(3, n_init=1, random_state=0)
    yield (
        "mini batches",
        lambda: MiniBatchKMeans(2, n_init=1, random_state=0),
        lambda: MiniBatchKMeans(3, n_init=1, random_state=0),
    )
    yield "dbscan", DBSCAN, lambda: DBSCAN(eps=3)
    yield "agglomerative", AgglomerativeClustering, lambda: AgglomerativeClustering(3)
    yield "svc", SVC, lambda: SVC(C=2.0)
    yield "linear svc", lambda: LinearSVC(random_state=0), lambda: LinearSVC(C=2.0, random_state=0)
    for algorithm in ("kd_tree", "ball_tree", "brute"):
        yield (
            f"neighbours by {algorithm}",
            (lambda algorithm=algorithm: KNeighborsClassifier(2, algorithm=algorithm)),
            (lambda algorithm=algorithm: KNeighborsClassifier(3, algorithm=algorithm)),
        )
    yield "nearest", NearestNeighbors, lambda: NearestNeighbors(n_neighbors=2)
    yield "density", KernelDensity, lambda: KernelDensity(bandwidth=2)
    yield "scaler", StandardScaler, lambda: StandardScaler(with_mean=False)
    yield "min and max", MinMaxScaler, lambda: MinMaxScaler((0, 2))
    yield "one hot", OneHotEncoder, lambda: OneHotEncoder(sparse_output=False)
    yield "ordinal", OrdinalEncoder, lambda: OrdinalEncoder(dtype=np.float32)
    yield (
        "bins",
        lambda: KBinsDiscretizer(2, quantile_method="averaged_inverted_cdf"),
        lambda: KBinsDiscretizer(3, quantile_method="averaged_inverted_cdf"),
    )
    yield "polynomial", PolynomialFeatures, lambda: PolynomialFeatures(3)
    yield "quantiles", lambda: QuantileTransformer(n_quantiles=4), lambda: QuantileTransformer(n_quantiles=5)
    yield "splines", SplineTransformer, lambda: SplineTransformer(degree=2)
    yield "imputer", SimpleImputer, lambda: SimpleImputer(strategy="median")
    yield "imputer by neighbours", KNNImputer, lambda: KNNImputer(n_neighbors=2)
    yield "pca", lambda: PCA(1, svd_solver="full"), lambda: PCA(2, svd_solver="full")
    yield "svd", lambda: TruncatedSVD(1, random_state=0), lambda: TruncatedSVD(1, random_state=1)
    yield "best", lambda: SelectKBest(f_classif, k=1), lambda: SelectKBest(f_classif, k=2)
    yield "bayes", GaussianNB, lambda: GaussianNB(var_smoothing=1e-3)
    yield "mixture", lambda: GaussianMixture(2, random_state=0), lambda: GaussianMixture(1, random_state=0)
    yield "dummy", DummyClassifier, lambda: DummyClassifier(strategy="most_frequent")
    yield (
        "tree",
        lambda: DecisionTreeClassifier(random_state=0),
        lambda: DecisionTreeClassifier(max_depth=1, random_state=0),
    )
    yield (
        "regression tree",
        lambda: DecisionTreeRegressor(random_state=0),
        lambda: DecisionTreeRegressor(max_depth=1, random_state=0),
    )
    yield (
        "forest",
        lambda: RandomForestClassifier(**SMALL),
        lambda: RandomForestClassifier(**{**SMALL, "random_state": 1}),
    )
    yield (
        "extra trees",
        lambda: ExtraTreesRegressor(**SMALL),
        lambda: ExtraTreesRegressor(**{**SMALL, "random_state": 1}),
    )
    yield "isolation", lambda: IsolationForest(**SMALL), lambda: IsolationForest(**{**SMALL, "random_state": 1})
    yield (
        "boosting",
        lambda: GradientBoostingClassifier(**SMALL),
        lambda: GradientBoostingClassifier(**SMALL, max_depth=1),
    )
    yield (
        "histograms",
        lambda: HistGradientBoostingRegressor(max_iter=2, random_state=0),
        (lambda: HistGradientBoostingRegressor(max_iter=3, random_state=0)),
    )
    yield "ada", lambda: AdaBoostClassifier(**SMALL), lambda: AdaBoostClassifier(**SMALL, learning_rate=0.5)
    yield (
        "network",
        lambda: MLPClassifier(2, max_iter=3, random_state=0),
        lambda: MLPClassifier(3, max_iter=3, random_state=0),
    )
    yield (
        "gaussian process",
        (lambda: GaussianProcessRegressor(RBF() + WhiteKernel(), optimizer=None, random_state=0)),
        lambda: GaussianProcessRegressor(RBF(2.0) + WhiteKernel(), optimizer=None, random_state=0),
    )
    yield (
        "pipeline",
        lambda: make_pipeline(StandardScaler(), SVC()),
        lambda: make_pipeline(StandardScaler(), SVC(C=2)),
    )
    yield (
        "columns",
        (lambda: ColumnTransformer([("a", StandardScaler(), [0]), ("b", MinMaxScaler(), [1])])),
        lambda: ColumnTransformer([("a", StandardScaler(), [1]), ("b", MinMaxScaler(), [0])]),
    )
    yield "union", lambda: FeatureUnion([("a", StandardScaler())]), lambda: FeatureUnion([("b", StandardScaler())])
    yield (
        "target",
        (lambda: TransformedTargetRegressor(LinearRegression(), func=double, inverse_func=halve)),
        lambda: TransformedTargetRegressor(LinearRegression(), transformer=StandardScaler()),
    )
    yield (
        "voting",
        (lambda: VotingClassifier([("a", GaussianNB()), ("b", DummyClassifier())])),
        lambda: VotingClassifier([("b", DummyClassifier()), ("a", GaussianNB())]),
    )
    yield (
        "stacking",
        (lambda: StackingClassifier([("a", GaussianNB())], LogisticRegression(), cv=2)),
        lambda: StackingClassifier([("a", GaussianNB())], LogisticRegression(), cv=3),
    )
    yield (
        "calibrated",
        lambda: CalibratedClassifierCV(GaussianNB(), cv=2),
        lambda: CalibratedClassifierCV(GaussianNB(), cv=3),
    )
    yield "mine", Mine, lambda: Mine(b=3)


def fitted(estimator, x=X, y=Y):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return estimator.fit(x, y)


def used(estimator):
    """Let a fitted estimator do all it can."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in ("predict", "predict_proba", "decision_function", "transform", "score_samples", "kneighbors"):
            if hasattr(estimator, name):
                getattr(estimator, name)(X)
        if hasattr(estimator, "score"):
            estimator.score(X, Y)
        if hasattr(estimator, "get_feature_names_out") and not isinstance(estimator, Pipeline):
            estimator.get_feature_names_out()
        if hasattr(estimator, "feature_importances_"):
            _importances = estimator.feature_importances_
        estimator.get_params()
        repr(estimator)
        if hasattr(estimator, "_repr_html_"):
            estimator._repr_html_()
    return estimator


def every_estimator():
    other_y = np.where(np.arange(10) == 9, 1, Y)
    for name, make, near in estimators():
        one = make()
        yield one, make(), True, f"{name}: equal"
        yield one, near(), False, f"{name}: parameters"
        yield one, clone(one), True, f"{name}: a clone"
        yield one, copy.deepcopy(one), True, f"{name}: a copy"
        yield one, used_unfitted(make()), True, f"{name}: asked for its parameters"
        done = fitted(make())
        yield one, done, False, f"{name}: fitted is not unfitted"
        yield done, fitted(make()), True, f"{name}: fitted twice alike"
        yield done, fitted(make(), np.asfortranarray(X)), True, f"{name}: fitted to Fortran order"
        yield done, copy.deepcopy(done), True, f"{name}: a copy of a fitted one"
        yield done, used(copy.deepcopy(done)), True, f"{name}: used"
        yield one, clone(done), True, f"{name}: a clone of a fitted one"
        if name not in DEAF:
            yield (
                done,
                fitted(make(), X + np.arange(10)[:, None] % 3, other_y),
                False,
                f"{name}: fitted to other data",
            )


# These learn from the data no more than how many columns there are, or nothing that differs here.
DEAF = {"dbscan", "polynomial"}


def used_unfitted(estimator):
    estimator.get_params(deep=True)
    repr(estimator)
    return estimator


def parameters():
    yield SVC(), SVC().set_params(C=1.0), True, "a default that was set"
    yield SVC(C=1.0), SVC(C=1), False, "an int is not a float"
    yield (
        SVC().set_params(C=2.0, gamma=1.0),
        SVC().set_params(gamma=1.0).set_params(C=2.0),
        True,
        "the order of setting",
    )
    yield LinearRegression(), Ridge(), False, "classes"
    yield StandardScaler(), MyScaler(), False, "a subclass"
    yield MyScaler(), MyScaler(), True, "equal subclasses"
    yield StandardScaler(), noted(StandardScaler(), note=1), False, "an attribute"
    yield Mine(1, 2), Mine(b=2, a=1), True, "parameters by name"
    scaled = make_pipeline(StandardScaler(), SVC())
    yield scaled, Pipeline([("standardscaler", StandardScaler()), ("svc", SVC())]), True, "a pipeline spelled out"
    yield scaled, Pipeline([("scale", StandardScaler()), ("svc", SVC())]), False, "names of steps"
    yield scaled, make_pipeline(StandardScaler(), PCA(), SVC()), False, "steps"
    yield scaled, make_pipeline(StandardScaler(), SVC(), memory="cache"), False, "the memory of a pipeline"
    yield scaled[:1], make_pipeline(StandardScaler()), True, "the beginning of a pipeline"
    yield FunctionTransformer(double), FunctionTransformer(double), True, "a function as a parameter"
    yield FunctionTransformer(double), FunctionTransformer(halve), False, "functions as parameters"
    yield SelectKBest(f_classif), SelectKBest(), True, "the usual function"
    yield StandardScaler(), StandardScaler().set_output(transform="pandas"), False, "the kind of output"
    yield make_column_selector("a"), make_column_selector("b"), False, "selectors"
    yield make_column_selector("a"), make_column_selector("a"), True, "equal selectors"
    yield SVC(class_weight={0: 1, 1: 2}), SVC(class_weight={0: 1, 1: 3}), False, "a dict as a parameter"
    yield KMeans(init=X[:8]), KMeans(init=X[:8].copy()), True, "an array as a parameter"
    yield KMeans(init=X[:8]), KMeans(init=X[1:9]), False, "arrays as parameters"
    yield SVC(random_state=0), SVC(random_state=np.random.RandomState(0)), False, "a seed is not a state"
    yield (
        SVC(random_state=np.random.RandomState(0)),
        SVC(random_state=np.random.RandomState(0)),
        True,
        "equal states",
    )
    yield KFold(3), KFold(4), False, "splits"
    yield KFold(3), KFold(3), True, "equal splits"
    yield KFold(3), ShuffleSplit(3), False, "classes of splits"
    split = KFold(3)
    list(split.split(X))
    yield KFold(3), split, True, "splits that were made"
    yield make_scorer(accuracy_score), make_scorer(accuracy_score), True, "scorers"
    yield make_scorer(accuracy_score), make_scorer(accuracy_score, normalize=False), False, "options of scorers"
    search = GridSearchCV(SVC(), {"C": [1, 2]})
    yield search, GridSearchCV(SVC(), {"C": [1, 2]}), True, "searches"
    yield search, GridSearchCV(SVC(), {"C": [1, 3]}), False, "grids"
    yield search, GridSearchCV(LinearSVC(), {"C": [1, 2]}), False, "estimators in searches"
    yield LabelEncoder().fit(["b", "a"]), LabelEncoder().fit(["a", "b", "a"]), True, "labels"
    yield LabelEncoder().fit(["b", "a"]), LabelEncoder().fit(["b", "c"]), False, "other labels"
    yield IsotonicRegression().fit(X[:, 0], Y), IsotonicRegression().fit(X[:, 0], Y), True, "isotonic"
    isotonic = IsotonicRegression().fit(X[:, 0], Y)
    isotonic.predict([1.0])
    yield IsotonicRegression().fit(X[:, 0], Y), isotonic, True, "isotonic: used"
    for make in (CountVectorizer, TfidfVectorizer):
        name = make.__name__
        words = make().fit(TEXTS)
        yield words, make().fit(TEXTS), True, f"{name}: equal"
        yield words, make().fit([*TEXTS, "a bird"]), False, f"{name}: other texts"
        read = make().fit(TEXTS)
        read.transform(TEXTS)
        read.get_feature_names_out()
        yield words, read, True, f"{name}: used"
        yield make(), make(lowercase=False), False, f"{name}: parameters"
        read = make()
        read.build_analyzer()("a cat")
        yield make(), read, True, f"{name}: its analyzer built"


def noted(value, **attributes):
    for name, part in attributes.items():
        setattr(value, name, part)
    return value


def trees():
    for make in (KDTree, BallTree):
        name = make.__name__
        one = make(X)
        yield one, make(X), True, f"{name}: equal"
        yield one, make(X.copy(order="F")), True, f"{name}: Fortran order"
        yield one, make(X + 1), False, f"{name}: data"
        yield one, make(X, leaf_size=2), False, f"{name}: the size of leaves"
        yield one, make(X, metric="manhattan"), False, f"{name}: the metric"
        asked = make(X)
        asked.query(X, k=2)
        yield one, asked, True, f"{name}: asked"
    tree = DecisionTreeClassifier(random_state=0).fit(X, Y).tree_
    yield tree, DecisionTreeClassifier(random_state=0).fit(X, Y).tree_, True, "the inside of a tree"
    yield tree, DecisionTreeClassifier(random_state=0).fit(X, 1 - Y).tree_, False, "insides of trees"


def bunches():
    one = Bunch(a=1, b=X)
    yield one, Bunch(a=1, b=X.copy()), True, "equal bunches"
    yield one, Bunch(a=2, b=X), False, "values of bunches"
    yield one, Bunch(b=X, a=1), False, "the order of a bunch"
    yield one, {"a": 1, "b": X}, False, "a bunch is not a dict"
    yield one, copy.deepcopy(one), True, "a copy of a bunch, which leaves out its table of warnings"
    yield one, pickle.loads(pickle.dumps(one)), True, "a bunch out of a pickle"
    yield {"one": one}, {"one": copy.copy(one)}, True, "a shallow copy of a bunch"


def kernels():
    yield RBF(), RBF(), True, "kernels"
    yield RBF(), RBF(2.0), False, "parameters of kernels"
    yield RBF(), Matern(), False, "classes of kernels"
    yield RBF() + WhiteKernel(), RBF() + WhiteKernel(), True, "sums of kernels"
    yield RBF() + WhiteKernel(), WhiteKernel() + RBF(), False, "the order of a sum"
    yield RBF() + WhiteKernel(), RBF() * WhiteKernel(), False, "sums and products"
    yield ConstantKernel(1), ConstantKernel(1.0), False, "an int in a kernel is not a float"
    yield RBF() + 1.0, RBF() + ConstantKernel(1.0), True, "a constant in a kernel"
    yield RBF(), RBF(length_scale_bounds="fixed"), False, "bounds of kernels"
    called = RBF()
    called(X)
    _theta = called.theta, called.hyperparameters
    yield RBF(), called, True, "a kernel that was called"


FAMILIES = (every_estimator, parameters, trees, bunches, kernels)


def doubtful():
    """Yield pairs on which opinions can differ, as they seem right."""

    def searched():
        return fitted(GridSearchCV(SVC(), {"C": [1, 2]}, cv=2))

    yield searched(), searched(), True, "a fitted search (its times may count)"
    one = searched()
    yield one, used(copy.deepcopy(one)), True, "a fitted search, used"
    yield (
        RandomForestClassifier(**SMALL, n_jobs=1),
        RandomForestClassifier(**SMALL, n_jobs=2),
        False,
        "n_jobs is a parameter",
    )


DOUBTFUL = (doubtful,)
