"""Pairs of values of scipy: (a, b, whether they are equal, why)."""

# ruff: noqa: PLR0915 - these are values under test, in long tables.

from __future__ import annotations

import copy

import numpy as np
import scipy.interpolate
import scipy.optimize
import scipy.sparse as sp
import scipy.spatial
import scipy.stats

FORMATS = ("csr", "csc", "coo", "bsr", "dia", "dok", "lil")
CLASSES = [getattr(sp, f"{name}_{kind}") for name in FORMATS for kind in ("array", "matrix")]


class Mine(sp.csr_array):
    pass


def table(dtype="f8"):
    return np.array([[0, 1, 0, 2], [0, 0, 3, 0], [4, 0, 0, 0], [0, 0, 5, 6]], dtype)


def noted(value, **attributes):
    for name, part in attributes.items():
        setattr(value, name, part)
    return value


def explicit(kind, data=(1.0, 0.0)):
    """Return a matrix with a stored zero."""
    return kind((np.array(data), np.array([1, 2]), np.array([0, 2])), shape=(1, 4))


def every_class():
    for kind in CLASSES:
        name = kind.__name__
        one = kind(table())
        yield one, kind(table()), True, f"{name}: equal"
        yield one, one.copy(), True, f"{name}: a copy"
        yield one, copy.deepcopy(one), True, f"{name}: a deep copy"
        yield one, kind(np.asfortranarray(table())), True, f"{name}: made from Fortran order"
        yield one, table(), False, f"{name}: not an array"
        other = table()
        other[3, 3] = 7
        yield one, kind(other), False, f"{name}: values"
        other = table()
        other[3, 2:] = 0, 5
        yield one, kind(other), False, f"{name}: places"
        yield one, kind(table("f4")), False, f"{name}: dtype"
        yield one, kind(table("i8")), False, f"{name}: ints and floats"
        yield one, kind(table()[:3]), False, f"{name}: rows"
        wide = np.hstack([table(), np.zeros((4, 1))])
        yield one, kind(wide), False, f"{name}: an empty column more"
        tall = np.vstack([table(), np.zeros((1, 4))])
        yield one, kind(tall), False, f"{name}: an empty row more"
        yield kind((2, 3)), kind((3, 2)), False, f"{name}: the shape of nothing"
        yield kind((2, 3)), kind((2, 3)), True, f"{name}: nothing"
        yield kind((2, 3)), kind((2, 3), dtype="f4"), False, f"{name}: the dtype of nothing"
        yield kind(np.array([[np.nan]])), kind(np.array([[np.nan]])), True, f"{name}: NaN"
        yield kind(table("c16")), kind(table("c16").conj() * 1j), False, f"{name}: complex"
        yield kind(table("?")), kind(table("i1")), False, f"{name}: bool and int8"
        yield one, kind(-table()), False, f"{name}: signs"
        used = one.copy()
        used.sum()
        _product = used @ np.ones(4)
        _count = used.nnz
        used.toarray()
        _text = repr(used)
        yield one, used, True, f"{name}: used"
        yield one, noted(one.copy(), unit="m"), False, f"{name}: an attribute"
        back = one.T.T
        yield one.todense(), back.todense(), True, f"{name}: dense again"
    for one, other in zip(CLASSES, CLASSES[1:] + CLASSES[:1], strict=True):
        yield one(table()), other(table()), False, f"{one.__name__} is not {other.__name__}"
        yield one((2, 2)), other((2, 2)), False, f"nothing: {one.__name__} is not {other.__name__}"


def compressed():
    for kind in (sp.csr_array, sp.csc_array, sp.csr_matrix, sp.csc_matrix):
        name = kind.__name__
        one = kind(table())
        asked = one.copy()
        _flags = asked.has_sorted_indices, asked.has_canonical_format
        yield one, asked, True, f"{name}: flags that were asked for"
        fresh = kind((one.data.copy(), one.indices.copy(), one.indptr.copy()), shape=one.shape)
        yield one, fresh, True, f"{name}: made of its parts"
        sorted_ = one.copy()
        sorted_.sort_indices()
        sorted_.sum_duplicates()
        yield one, sorted_, True, f"{name}: sorted and summed for nothing"
        longer = kind(
            (np.append(one.data, [9.0] * 2), np.append(one.indices, one.indices[:2]), one.indptr.copy()),
            shape=one.shape,
        )
        yield one, longer, True, f"{name}: the unused tail"
        pruned = longer.copy()
        pruned.prune()
        yield one, pruned, True, f"{name}: pruned"
        wide = kind((one.data, one.indices, one.indptr), shape=one.shape)
        wide.indices, wide.indptr = wide.indices.astype("i8"), wide.indptr.astype("i8")
        yield one, wide, False, f"{name}: the dtype of the indices"
        swapped = kind(
            (np.array([2.0, 1.0]), np.array([2, 1]), np.array([0, 2])), shape=(1, 4) if "csr" in name else (4, 1)
        )
        ordered = swapped.copy()
        ordered.sort_indices()
        yield swapped, ordered, False, f"{name}: the order in which entries are stored"
        shape = (1, 4) if "csr" in name else (4, 1)
        zero = kind((np.array([1.0, 0.0]), np.array([1, 2]), np.array([0, 2])), shape=shape)
        one_entry = kind((np.array([1.0]), np.array([1]), np.array([0, 1])), shape=shape)
        yield zero, one_entry, False, f"{name}: an explicit zero"
        cleared = zero.copy()
        cleared.eliminate_zeros()
        yield cleared, one_entry, True, f"{name}: zeros taken away"
        strided = kind(table())
        strided.data = np.repeat(strided.data, 2)[::2]
        yield one, strided, True, f"{name}: strided data"
        minus = kind((np.array([-0.0]), np.array([1]), np.array([0, 1])), shape=shape)
        plus = kind((np.array([0.0]), np.array([1]), np.array([0, 1])), shape=shape)
        yield plus, minus, False, f"{name}: the sign of a stored zero"
        doubled = kind((np.array([1.0, 1.0]), np.array([1, 1]), np.array([0, 2])), shape=shape)
        summed = kind((np.array([2.0]), np.array([1]), np.array([0, 1])), shape=shape)
        yield doubled, summed, False, f"{name}: duplicates are stored arrays"
        frozen = one.copy()
        frozen.data.flags.writeable = False
        yield one, frozen, True, f"{name}: read-only data"
    yield sp.csr_array(table()), sp.csr_array(table()).T.tocsr().T.tocsr(), True, "there and back"
    yield sp.csr_array(table()), sp.csr_array(sp.csc_array(table())), True, "converted from CSC"
    yield sp.csr_array(table())[1:3], sp.csr_array(table()[1:3]), True, "rows of a matrix"
    yield sp.csr_array(table()), Mine(table()), False, "a subclass"
    yield Mine(table()), Mine(table()), True, "equal subclasses"
    yield Mine(table()), noted(Mine(table()), unit="m"), False, "the attribute of a subclass"
    yield sp.csr_array(table()), sp.csr_array(table()).T, False, "transposed"
    line = sp.csr_array(np.array([0.0, 1.0, 2.0]))
    yield line, sp.csr_array(np.array([[0.0, 1.0, 2.0]])), False, "one dimension is not two"
    yield line, sp.csr_array(np.array([0.0, 1.0, 2.0])), True, "one dimension"


def other_formats():
    rows, columns = np.array([0, 1, 1]), np.array([1, 0, 2])
    coo = sp.coo_array(([1.0, 2.0, 3.0], (rows, columns)), shape=(2, 3))
    yield coo, sp.coo_array(([1.0, 2.0, 3.0], (rows.copy(), columns.copy())), shape=(2, 3)), True, "equal COO"
    turned = sp.coo_array(([3.0, 2.0, 1.0], (rows[::-1], columns[::-1])), shape=(2, 3))
    yield coo, turned, False, "the order of COO's entries is stored"
    yield coo, sp.coo_array(([3.0, 2.0, 1.0][::-1], (rows, columns)), shape=(2, 3)), True, "COO from a list"
    strided = sp.coo_array((np.repeat([1.0, 2.0, 3.0], 2)[::2], (rows, columns)), shape=(2, 3))
    yield coo, strided, True, "COO of strided arrays"
    canonical = coo.copy()
    canonical.sum_duplicates()
    yield sp.coo_array(canonical), canonical, True, "the canonical flag of COO"
    twice = sp.coo_array(([1.0, 1.0], ([0, 0], [0, 0])), shape=(1, 1))
    yield twice, sp.coo_array(([2.0], ([0], [0])), shape=(1, 1)), False, "duplicates of COO"
    yield (
        coo,
        sp.coo_array(([1.0, 2.0, 3.0], (rows.astype("i8"), columns.astype("i8"))), shape=(2, 3)),
        (coo.coords[0].dtype == np.int64),
        "COO's index dtype, where scipy keeps it",
    )
    line = sp.coo_array(np.array([0.0, 1.0]))
    yield line, sp.coo_array(np.array([[0.0, 1.0]])), False, "COO of one dimension"
    if tuple(map(int, scipy.__version__.split(".")[:2])) >= (1, 15):
        cube = sp.coo_array(np.arange(8.0).reshape(2, 2, 2))
        yield cube, sp.coo_array(np.arange(8.0).reshape(2, 2, 2)), True, "COO of three dimensions"
        yield cube, sp.coo_array(np.arange(8.0).reshape(2, 4, 1)), False, "COO of other three dimensions"
    blocks = sp.bsr_array(table(), blocksize=(2, 2))
    yield blocks, sp.bsr_array(table(), blocksize=(2, 2)), True, "equal blocks"
    yield blocks, sp.bsr_array(table(), blocksize=(1, 1)), False, "the size of blocks"
    yield blocks, sp.bsr_array(table(), blocksize=(1, 2)), False, "the shape of blocks"
    fortran = blocks.copy()
    fortran.data = np.asfortranarray(fortran.data)
    yield blocks, fortran, True, "the memory order of blocks"
    diagonals = sp.dia_array((np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), [0, 1]), shape=(3, 3))
    yield (
        diagonals,
        sp.dia_array((np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), [0, 1]), shape=(3, 3)),
        True,
        "equal diagonals",
    )
    yield (
        diagonals,
        sp.dia_array((np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), [0, -1]), shape=(3, 3)),
        False,
        "offsets",
    )
    yield (
        diagonals,
        sp.dia_array((np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 7.0]]), [0, 1]), shape=(3, 3)),
        False,
        "diagonals",
    )
    forward, backward = sp.dok_array((2, 2)), sp.dok_array((2, 2))
    forward[0, 1], forward[1, 0] = 1.0, 2.0
    backward[1, 0], backward[0, 1] = 2.0, 1.0
    yield forward, backward, True, "the order in which DOK was filled"
    changed = forward.copy()
    changed[1, 1] = 5.0
    yield forward, changed, False, "an entry more of DOK"
    changed[1, 1] = 0.0
    yield forward, changed, True, "an entry of DOK taken away"
    matrix = sp.dok_matrix((2, 2))
    matrix[1, 0], matrix[0, 1] = 2.0, 1.0
    other = sp.dok_matrix((2, 2))
    other[0, 1], other[1, 0] = 1.0, 2.0
    yield matrix, other, True, "the order in which a DOK matrix was filled"
    many = sp.dok_array((200, 200))
    reverse = sp.dok_array((200, 200))
    for n in range(200):
        many[n, 199 - n] = n + 1.0
        reverse[199 - n, n] = 200.0 - n
    yield many, reverse, True, "DOK filled from the other end"
    lists, same = sp.lil_array((2, 2)), sp.lil_array((2, 2))
    lists[0, 1], lists[0, 0] = 1.0, 2.0
    same[0, 0], same[0, 1] = 2.0, 1.0
    yield lists, same, True, "the order in which LIL was filled"
    yield lists, lists.tocsr().tolil(), True, "LIL there and back"
    yield sp.eye_array(3), sp.eye_array(3), True, "identities"
    yield sp.eye_array(3), sp.eye_array(4), False, "identities differ"
    yield (
        sp.random_array((5, 5), density=0.5, random_state=1),
        sp.random_array((5, 5), density=0.5, random_state=1),
        (True),
        "random by one seed",
    )


def statistics():
    norm = scipy.stats.norm
    yield norm(0, 1), norm(0, 1), True, "equal frozen distributions"
    yield norm(0, 1), norm(0, 2), False, "parameters of distributions"
    yield norm(0, 1), scipy.stats.cauchy(0, 1), False, "families of distributions"
    yield norm(0, 1), norm(loc=0, scale=1), False, "how the parameters were given (args and kwds are stored)"
    yield norm, scipy.stats.cauchy, False, "distributions"
    yield norm, norm, True, "one distribution"
    used = norm(0, 1)
    used.pdf(0)
    used.stats()
    used.ppf(0.5)
    yield norm(0, 1), used, True, "a distribution that was used"
    yield scipy.stats.poisson(3), scipy.stats.poisson(3), True, "discrete distributions"
    yield scipy.stats.poisson(3), scipy.stats.poisson(4), False, "parameters of discrete distributions"
    yield scipy.stats.gamma(2.0), scipy.stats.gamma(2.0, scale=2), False, "the scale"
    yield (
        scipy.stats.multivariate_normal([0, 0]),
        scipy.stats.multivariate_normal([0, 1]),
        False,
        "several variables",
    )
    yield (
        scipy.stats.multivariate_normal([0, 0]),
        scipy.stats.multivariate_normal([0, 0]),
        True,
        "equal, of several variables",
    )
    points = np.array([1.0, 2.0, 4.0, 4.5])
    yield scipy.stats.gaussian_kde(points), scipy.stats.gaussian_kde(points), True, "densities"
    yield (
        scipy.stats.gaussian_kde(points),
        scipy.stats.gaussian_kde(points * 2),
        False,
        "densities differ",
    )
    yield (
        scipy.stats.ttest_ind([1, 2, 3], [2, 3, 5]),
        scipy.stats.ttest_ind([1, 2, 3], [2, 3, 5]),
        True,
        "results of a test",
    )
    yield (
        scipy.stats.ttest_ind([1, 2, 3], [2, 3, 5]),
        scipy.stats.ttest_ind([1, 2, 3], [2, 3, 6]),
        False,
        "other results",
    )
    histogram = scipy.stats.rv_histogram(np.histogram(points, 3))
    yield histogram, scipy.stats.rv_histogram(np.histogram(points, 3)), True, "distributions of histograms"


def interpolation():
    x, y = np.arange(5.0), np.array([0.0, 1.0, 4.0, 2.0, 3.0])
    other = y * 2
    makers = {
        "CubicSpline": scipy.interpolate.CubicSpline,
        "PchipInterpolator": scipy.interpolate.PchipInterpolator,
        "Akima1DInterpolator": scipy.interpolate.Akima1DInterpolator,
        "make_interp_spline": scipy.interpolate.make_interp_spline,
        "interp1d": scipy.interpolate.interp1d,
        "BarycentricInterpolator": lambda x, y: scipy.interpolate.BarycentricInterpolator(x, y, rng=0),
        "RegularGridInterpolator": lambda x, y: scipy.interpolate.RegularGridInterpolator((x,), y),
        "RBFInterpolator": lambda x, y: scipy.interpolate.RBFInterpolator(x[:, None], y),
    }
    for name, make in makers.items():
        yield make(x, y), make(x, y), True, f"{name}: equal"
        yield make(x, y), make(x, other), False, f"{name}: values"
        yield make(x, y), make(x * 2, y), False, f"{name}: places"
        used = make(x, y)
        used(np.array([[0.5]]) if name in {"RBFInterpolator", "RegularGridInterpolator"} else 0.5)
        yield make(x, y), used, True, f"{name}: used"
    spline = scipy.interpolate.CubicSpline
    yield spline(x, y), spline(x, y, bc_type="natural"), False, "conditions at the ends"
    yield scipy.interpolate.interp1d(x, y), scipy.interpolate.interp1d(x, y, kind="nearest"), False, "kinds"
    yield spline(x, y), spline(x, y).derivative(), False, "a derivative"


def others():
    points = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 2.0]])
    tree = scipy.spatial.cKDTree
    yield tree(points), tree(points), True, "trees"
    yield tree(points), tree(points + 1), False, "trees differ"
    asked = tree(points)
    asked.query([0.0, 0.0])
    yield tree(points), asked, True, "a tree that was asked"
    yield scipy.spatial.KDTree(points), scipy.spatial.KDTree(points), True, "trees of Python"
    walked = scipy.spatial.KDTree(points)
    walked.query([0.0, 0.0])
    yield scipy.spatial.KDTree(points), walked, True, "a tree of Python that was asked"
    turn = scipy.spatial.transform.Rotation.from_euler
    yield turn("x", 1.0), turn("x", 1.0), True, "rotations"
    yield turn("x", 1.0), turn("y", 1.0), False, "rotations differ"
    bounds = scipy.optimize.Bounds
    yield bounds([0], [1]), bounds([0], [1]), True, "bounds"
    yield bounds([0], [1]), bounds([0], [2]), False, "bounds differ"
    result = scipy.optimize.OptimizeResult
    yield result(x=1), result(x=1), True, "results"
    yield result(x=1), result(x=2), False, "results differ"
    yield result(x=1), {"x": 1}, False, "a result is not a dict"


FAMILIES = (every_class, compressed, other_formats, statistics, interpolation, others)


def refused():
    """Yield what has no hash, and why."""
    yield iter(sp.csr_array(table())), "an iterator over rows"


def doubtful():
    """Yield pairs on which opinions can differ, as they seem right."""
    yield scipy.stats.norm(0, 1), scipy.stats.norm(0, 1.0), False, "an int parameter is not a float"
    seeded = scipy.stats.norm(0, 1)
    seeded.random_state = np.random.RandomState(1)
    yield scipy.stats.norm(0, 1), seeded, False, "a random state of its own"
    drawn = scipy.stats.norm(0, 1)
    drawn.rvs(1)
    yield scipy.stats.norm(0, 1), drawn, True, "drawn from, with the random state of all (must not count it)"
    x, y = np.arange(5.0), np.array([0.0, 1.0, 4.0, 2.0, 3.0])
    spline = scipy.interpolate.UnivariateSpline
    yield spline(x, y), spline(x, y), True, "UnivariateSpline (keeps work space that nobody filled)"
    yield spline(x, y), spline(x, y + x), False, "UnivariateSpline: values"
    hull = scipy.spatial.ConvexHull(np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]))
    yield (
        hull,
        scipy.spatial.ConvexHull(np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])),
        True,
        "hulls (equal or refused)",
    )
    triangles = scipy.spatial.Delaunay(np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]))
    yield triangles, scipy.spatial.Delaunay(np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])), True, "triangulations"
    normal = scipy.stats.Normal(mu=0.0, sigma=1.0)
    yield normal, scipy.stats.Normal(mu=0.0, sigma=1.0), True, "distributions of the new kind"
    used = scipy.stats.Normal(mu=0.0, sigma=1.0)
    used.mean()
    used.entropy()
    yield normal, used, True, "distributions of the new kind, used"
    yield normal, scipy.stats.Normal(mu=0.0, sigma=2.0), False, "parameters of distributions of the new kind"
    diagonals = sp.dia_array((np.array([[1.0, 2.0, 3.0], [9.0, 5.0, 6.0]]), [0, 1]), shape=(3, 3))
    other = sp.dia_array((np.array([[1.0, 2.0, 3.0], [8.0, 5.0, 6.0]]), [0, 1]), shape=(3, 3))
    yield diagonals, other, True, "what a diagonal has outside of the matrix"


REFUSED = (refused,)
DOUBTFUL = (doubtful,)
