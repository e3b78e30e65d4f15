"""Tables of pairs of values: two that must have one token, or two that must not, and why.

Each module has a tuple FAMILIES of generators of rows `a, b, same, why`. Most rows were written by testers who had
read what equal means (docs/values.md) and not the code. Where views can differ, rows stand in DOUBTFUL, which
nothing asserts.
"""

# By module: the library without which it is skipped.
LIBRARIES = {
    "builtins_pairs": None,
    "standard_pairs": None,
    "objects_pairs": None,
    "models_pairs": "pydantic",
    "numpy_pairs": None,
    "pandas_pairs": None,
    "pandas_arrow_pairs": "pyarrow",
    "pyarrow_pairs": "pyarrow",
    "polars_pairs": "polars",
    "torch_pairs": "torch",
    "scipy_pairs": "scipy",
    "sklearn_pairs": "sklearn",
    "xarray_pairs": "xarray",
}
