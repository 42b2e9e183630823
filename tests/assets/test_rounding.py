"""Exact division, half to even: the same as Python's `round` of a fraction."""

from __future__ import annotations

from fractions import Fraction

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from assets.money.rounding import divide_half_even, portion, share

# Up to 10^16: sixteen digits of major units are what decimal(20,4) holds, in cents eighteen.
AMOUNTS = st.integers(-(10**18), 10**18)
UNITS = st.integers(1, 40_000)  # days: more than a century


@given(st.lists(st.tuples(AMOUNTS, st.integers(1, 10**9)), min_size=1))
def test_division_is_pythons_round(pairs: list[tuple[int, int]]) -> None:
    frame = pl.DataFrame(pairs, schema={"n": pl.Int64, "d": pl.Int64}, orient="row")
    found = frame.select(divide_half_even(pl.col("n"), pl.col("d"))).to_series().to_list()
    assert found == [round(Fraction(n, d)) for n, d in pairs]


@given(st.lists(st.tuples(AMOUNTS, UNITS, UNITS), min_size=1))
def test_portion_is_exact_without_overflow(rows: list[tuple[int, int, int]]) -> None:
    rows = [(amount, min(part, whole), whole) for amount, part, whole in rows]
    frame = pl.DataFrame(rows, schema={"a": pl.Int64, "p": pl.Int64, "w": pl.Int64}, orient="row")
    found = frame.select(portion(pl.col("a"), pl.col("p"), pl.col("w"))).to_series().to_list()
    assert found == [round(Fraction(a * p, w)) for a, p, w in rows]


@given(st.lists(st.tuples(AMOUNTS, AMOUNTS, AMOUNTS.filter(bool)), min_size=1))
def test_share_of_money_is_exact_with_38_digits(rows: list[tuple[int, int, int]]) -> None:
    exact = [round(Fraction(a * p, w)) for a, p, w in rows]
    fitting = [(row, e) for row, e in zip(rows, exact, strict=True) if abs(e) < 2**63]  # what a share of money can be
    frame = pl.DataFrame([r for r, _ in fitting], schema={"a": pl.Int64, "p": pl.Int64, "w": pl.Int64}, orient="row")
    found = frame.select(share(pl.col("a"), pl.col("p"), pl.col("w"))).to_series().to_list()
    assert found == [e for _, e in fitting]


def test_ties_go_to_the_even_neighbour() -> None:
    frame = pl.DataFrame({"n": [1, 3, 5, -1, -3, -5]})
    halves = frame.select(divide_half_even(pl.col("n"), pl.lit(2))).to_series().to_list()
    assert halves == [0, 2, 2, 0, -2, -2]  # 0.5, 1.5, 2.5 and their negatives
