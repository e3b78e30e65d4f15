"""Sparse arrays by what they store, distributions without the state of the process."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

pytest.importorskip("scipy")

import scipy.interpolate as interpolate  # noqa: PLR0402
import scipy.optimize as optimize  # noqa: PLR0402
import scipy.sparse as sparse  # noqa: PLR0402
import scipy.spatial as spatial  # noqa: PLR0402
import scipy.stats as stats  # noqa: PLR0402
from scipy.sparse.linalg import splu

from memo.errors import UnhashableArgument
from memo.hashing import token

MIB = 1 << 20
FORMATS = ("bsr", "coo", "csc", "csr", "dia", "dok", "lil")
POINTS = np.random.default_rng(0).random((40, 2))
HEIGHTS = np.sin(6 * POINTS[:, 0])
KNOTS = np.linspace(0, 1, 20)


def code(thing):
    return f"{type(thing).__name__}:{getattr(thing, '__qualname__', None) or thing.__name__}".encode()


def of(value):
    return token(value, code=code)


def dense():
    numbers = np.random.default_rng(1).random((6, 5))
    return np.where(numbers > 0.6, numbers, 0)


def made(name, kind="array"):
    return getattr(sparse, f"{name}_{kind}")(dense())


class Decay(stats.rv_continuous):
    def _pdf(self, x, rate):
        return rate * np.exp(-rate * x)


class Weighted(sparse.csr_array):
    pass


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("kind", ["array", "matrix"])
def test_use_leaves_no_trace(name, kind):
    value = made(name, kind)
    before = of(value)
    kept = {key: part.copy() for key, part in vars(value).items() if isinstance(part, np.ndarray)}
    for read in ("has_sorted_indices", "has_canonical_format", "nnz"):
        getattr(value, read, None)
    value.sum()
    value.T @ value
    value.maxprint = 7
    assert of(value) == before == of(made(name, kind))
    assert all((vars(value)[key] == part).all() for key, part in kept.items())


def test_the_formats_and_classes_differ():
    values = [made(name, kind) for name in FORMATS for kind in ("array", "matrix")]
    assert len(set(map(of, values))) == len(values)


@pytest.mark.parametrize("name", FORMATS)
def test_numbers_shape_and_dtype_count(name):
    def of_format(numbers):
        return of(sparse.csr_array(numbers).asformat(name))

    changed = dense()
    changed[np.nonzero(changed)[0][0], np.nonzero(changed)[1][0]] = 7
    variants = [
        dense(),
        changed,
        np.pad(dense(), (0, 1)),
        dense().astype("f4"),
        dense().astype(complex),
        dense().T,
    ]
    assert len(set(map(of_format, variants))) == len(variants)


def test_what_is_not_stored_is_no_value():
    def pruned():
        value = made("csr")
        value.data = np.append(value.data, 99.0)
        value.indices = np.append(value.indices, np.int32(4))
        return value

    assert of(pruned()) == of(made("csr"))
    # Of a diagonal, what lies beyond its ends: here the last number of the one below the main diagonal.
    below, other = (sparse.dia_array(([[1.0, 2.0, end]], [-1]), shape=(3, 3)) for end in (3.0, np.nan))
    assert (below.toarray() == other.toarray()).all()
    assert of(below) == of(other)
    above, other = (sparse.dia_array(([[start, 2.0, 3.0]], [1]), shape=(3, 3)) for start in (1.0, np.nan))
    assert of(above) == of(other) != of(below)


def test_the_order_of_the_keys_of_a_dictionary_is_no_value():
    for shape, keys in (((5,), [3, 1]), ((3, 3), [(2, 1), (0, 1)])):
        first, second = sparse.dok_array(shape), sparse.dok_array(shape)
        for key in keys:
            first[key] = 1.5
        for key in reversed(keys):
            second[key] = np.float32(1.5)
        assert of(first) == of(second) != of(sparse.dok_array(shape))


def test_the_numbers_in_lists_are_of_one_kind():
    value = made("lil")
    value[0, 0] = value[0, 0]  # A number of numpy's among Python's, if anything.
    value.data[0] = [np.float64(number) for number in value.data[0]]
    assert of(value) == of(made("lil"))


def test_a_subclass_and_its_attributes_count():
    plain, noted = Weighted(dense()), Weighted(dense())
    noted.rows = ["a", "b"]
    assert len({of(made("csr")), of(plain), of(noted)}) == 3


def test_large_sparse_arrays_are_not_copied():
    large = sparse.random_array((2000, 2000), density=0.5, format="csr", rng=np.random.default_rng(0))
    of(made("csr"))
    for value in (
        large,
        large.tocsc(),
        large.tocoo(),
        sparse.dia_array((np.ones((20, 200_000)), range(20)), (200_000,) * 2),
    ):
        tracemalloc.start()
        of(value)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < MIB


def distributions():
    weights = np.array([[1.0, 0.2], [0.2, 2.0]])
    found = {
        "norm": lambda: stats.norm,
        "norm(1, 2)": lambda: stats.norm(1, 2),
        "norm(1, 3)": lambda: stats.norm(1, 3),
        "gamma(2)": lambda: stats.gamma(2),
        "gamma(a=2)": lambda: stats.gamma(a=2),
        "expon(2)": lambda: stats.expon(2),
        "poisson(3)": lambda: stats.poisson(3),
        "histogram": lambda: stats.rv_histogram(np.histogram(HEIGHTS)),
        "other histogram": lambda: stats.rv_histogram(np.histogram(HEIGHTS[:20])),
        "table": lambda: stats.rv_discrete(values=([1, 2], [0.5, 0.5])),
        "other table": lambda: stats.rv_discrete(values=([1, 2], [0.4, 0.6])),
        "own": lambda: Decay(a=0, name="decay"),
        "own frozen": lambda: Decay(a=0, name="decay")(2.0),
        "normal": lambda: stats.multivariate_normal([0, 1], weights),
        "other normal": lambda: stats.multivariate_normal([0, 1], 2 * weights),
        "t": lambda: stats.multivariate_t([0, 1], weights),
        "wishart": lambda: stats.wishart(3, weights),
    }
    if hasattr(stats, "Normal"):
        found["Normal(1, 2)"] = lambda: stats.Normal(mu=1.0, sigma=2.0)
        found["Normal(1, 3)"] = lambda: stats.Normal(mu=1.0, sigma=3.0)
        found["Mixture"] = lambda: stats.Mixture([stats.Normal(mu=1.0, sigma=3.0)])
    return found


@pytest.mark.filterwarnings("ignore::scipy.integrate.IntegrationWarning")
def test_distributions_do_not_change_when_they_are_used():
    makers = distributions()
    before = {name: of(make()) for name, make in makers.items()}
    assert len(set(before.values())) == len(before)
    for name, make in makers.items():
        value = make()
        if name == "norm":
            value.rvs(size=2)
        elif hasattr(value, "rvs") and name != "own":
            value.rvs(size=2)
            value.mean() if hasattr(value, "mean") and callable(value.mean) else None
        elif hasattr(value, "sample"):
            value.sample(2)
            value.mean()
            value.cdf(0.5)
        assert of(value) == before[name], name


def test_a_seed_of_its_own_counts():
    def seeded(make, seed):
        value = make()
        value.random_state = seed
        return value

    for make in (lambda: stats.norm(1, 2), lambda: stats.multivariate_normal([0, 1], np.eye(2))):
        assert of(seeded(make, 1)) == of(seeded(make, 1))
        assert len({of(make()), of(seeded(make, 1)), of(seeded(make, 2))}) == 3
        drawn = seeded(make, 1)
        drawn.rvs(size=3)
        assert of(drawn) != of(seeded(make, 1))


def test_searching_a_tree_leaves_no_trace():
    for kind in (spatial.KDTree, spatial.cKDTree):
        value = kind(POINTS, leafsize=4)
        before = of(value)
        value.query([0.1, 0.2])
        assert value.tree
        assert of(value) == before == of(kind(POINTS, leafsize=4))
        others = [kind(POINTS, leafsize=8), kind(POINTS[1:], leafsize=4), kind(POINTS, leafsize=4, boxsize=2)]
        assert len({before, *map(of, others)}) == 4
    triangles = spatial.Delaunay(POINTS)
    before = of(triangles)
    triangles.find_simplex([0.1, 0.2])
    assert triangles.vertex_neighbor_vertices
    assert of(triangles) == before


@pytest.mark.parametrize("smoothing", [None, 0, 0.1])
def test_memory_in_which_a_spline_was_fitted_is_no_value(smoothing):
    def fitted(heights=HEIGHTS):
        junk = [np.full(size, np.pi) for size in range(1, 100)]
        del junk
        return interpolate.UnivariateSpline(KNOTS, heights[:20], s=smoothing)

    value = fitted()
    value._data[9][value._data[7] :] = 1.0
    if value._data[11] is not None:
        value._data[11][:] = 1.0
    assert of(value) == of(fitted()) != of(fitted(-HEIGHTS))


def bowl(x):
    return ((x - 1) ** 2).sum()


@pytest.mark.parametrize(
    ("make", "use"),
    [
        (lambda: interpolate.interp1d(KNOTS, np.sin(KNOTS), kind="cubic"), lambda f: f(0.3)),
        (lambda: interpolate.CubicSpline(KNOTS, np.sin(KNOTS)), lambda f: f.derivative()(0.3)),
        (lambda: interpolate.make_interp_spline(KNOTS, np.sin(KNOTS)), lambda f: f(0.3)),
        (lambda: interpolate.UnivariateSpline(KNOTS, np.sin(KNOTS)).derivative(), lambda f: f(0.3)),
        (
            lambda: interpolate.RegularGridInterpolator((KNOTS, KNOTS), np.ones((20, 20))),
            lambda f: f([[0.3, 0.2]]),
        ),
        (lambda: interpolate.LinearNDInterpolator(POINTS, HEIGHTS), lambda f: f(0.3, 0.4)),
        (lambda: interpolate.NearestNDInterpolator(POINTS, HEIGHTS), lambda f: f(0.3, 0.4)),
        (lambda: interpolate.RBFInterpolator(POINTS, HEIGHTS, neighbors=9), lambda f: f([[0.3, 0.2]])),
        (lambda: optimize.minimize(bowl, [0.0, 0.0], method="L-BFGS-B"), lambda found: found.hess_inv.todense()),
        (lambda: optimize.Bounds([0], [1]), lambda bounds: bounds.lb),
        (lambda: optimize.LinearConstraint(np.eye(2), 0, 1), lambda constraint: constraint.A),
        (lambda: stats.gaussian_kde(HEIGHTS), lambda density: density(0.3)),
        (lambda: spatial.ConvexHull(POINTS), lambda hull: hull.vertices),
        (lambda: spatial.transform.Rotation.from_euler("z", 90, degrees=True), lambda turn: turn.as_matrix()),
    ],
)
def test_what_is_taken_apart_without_a_handler(make, use):
    value = make()
    before = of(value)
    use(value)
    assert of(value) == before == of(make())


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: splu(sparse.csc_array(np.eye(3))), "hidden or tied to this process"),
        (lambda: stats.make_distribution(stats.gamma)(a=2.0), "made at run time"),
    ],
)
def test_refusals_say_why(make, reason):
    if reason == "made at run time" and not hasattr(stats, "make_distribution"):
        pytest.skip("this scipy makes no classes")
    with pytest.raises(UnhashableArgument, match=reason):
        of(make())


def test_no_part_of_scipy_is_imported_for_another(run_python):
    script = """
        import sys
        import numpy, scipy.sparse
        from memo.hashing import token
        token(scipy.sparse.csr_array(numpy.eye(3)))
        print([name for name in ("scipy.stats", "scipy.spatial", "scipy.interpolate") if name in sys.modules])
    """
    assert run_python(script) == "[]\n"


SCRIPT = """
import numpy as np, scipy.sparse as sparse, scipy.spatial as spatial, scipy.stats as stats
from memo.hashing import token
junk = [bytearray(b"\\xaa" * n) for n in range(1, 40_000, 97)]
del junk
def code(thing):
    return (getattr(thing, "__qualname__", None) or thing.__name__).encode()
points = np.random.default_rng(0).random((40, 2))
numbers = np.eye(4) * 2
values = [getattr(sparse, f"{name}_array")(numbers) for name in ("bsr", "coo", "csc", "csr", "dia", "dok", "lil")]
values += [stats.norm(1, 2), stats.poisson(3), stats.multivariate_normal([0, 1], np.eye(2))]
values += [spatial.cKDTree(points, leafsize=4), spatial.KDTree(points, leafsize=4), spatial.Delaunay(points)]
values += [stats.Normal(mu=1.0, sigma=2.0)] if hasattr(stats, "Normal") else []
for value in values:
    print(type(value).__name__, token(value, code=code).hex())
"""


def test_other_processes_make_the_same_tokens(run_python):
    shown = {run_python(SCRIPT, env={"PYTHONHASHSEED": seed}) for seed in ("1", "2")}
    assert len(shown) == 1
    tokens = [line.split()[1] for line in shown.pop().splitlines()]
    assert len(set(tokens)) == len(tokens) >= 13
