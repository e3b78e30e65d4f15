"""Tables of pairs of values: two that must have one token, or two that must not, and why.

Each module has a tuple FAMILIES of generators of rows `a, b, same, why`. Most rows were written by testers who had
read what equal means (docs/values.md) and not the code. Where views can differ, rows stand in DOUBTFUL, which
nothing asserts.
"""
