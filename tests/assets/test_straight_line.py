"""The schedule of many lines at once is that of each by itself, in Python's own integers."""

from __future__ import annotations

import random
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import numpy as np
import polars as pl
import pytest

from assets.recognition import straight_line
from assets.recognition.straight_line import half_even, straight_line_months

DAILY, MONTHLY, POINT = "straight_line_daily", "straight_line_monthly", "point_in_time"
Rows = list[tuple[int, date, date, int, int, int]]


def following(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)


def before(month: date) -> date:
    return (month - timedelta(days=1)).replace(day=1)


def line(number: int, chance: random.Random) -> dict[str, Any]:
    start = date(2023, 1, 1) + timedelta(days=chance.randrange(900))
    end = start + timedelta(days=chance.choice([1, 30, 365, 366, chance.randrange(1, 3_000)]))
    method, booked_on = chance.choice([DAILY, MONTHLY, POINT]), start + timedelta(days=chance.randrange(-60, 60))
    if method == POINT:
        start = end = booked_on
    months = (end.year - start.year) * 12 + end.month - start.month
    return {
        "obligation": number,
        "amount": chance.choice([0, 1, -1, 100, chance.randrange(-(10**6), 10**6), chance.randrange(10**15)]),
        "units": {DAILY: (end - start).days, MONTHLY: max(months, 1), POINT: 1}[method],
        "recognition_method": method,
        "service_from": start,
        "service_to": end,
        "booked_on": booked_on,
        "booked": booked_on.replace(day=1),
        "catch_up": chance.random() < 0.5,
    }


def by_itself(told: dict[str, Any], moved: dict[date, tuple[int, int, int]]) -> Rows:
    """The months of service and of take-backs, one after another."""
    amount, units, start = told["amount"], told["units"], told["service_from"]
    booked, method = told["booked"], told["recognition_method"]
    first = start.replace(day=1)
    served, day = {first}, start
    for day in (start + timedelta(days=n) for n in range(units if method == DAILY else 1)):
        served.add(day.replace(day=1))
    while method == MONTHLY and len(served) < units:
        served.add(following(max(served)))
    rows: Rows = []
    share = released = earned = 0
    for month in sorted(served | set(moved)):
        gone = moved.get(month, (0, 0, 0))
        share, released = share + gone[0], released + gone[1]
        done = {
            DAILY: (following(month) - start).days,
            MONTHLY: (month.year - first.year) * 12 + month.month - first.month + 1,
            POINT: int(told["booked_on"] < following(month)),
        }[str(method)]
        deferred = round(Fraction((amount - share) * (units - min(max(done, 0), units)), units))
        gross, earned = amount - released - deferred - earned, amount - released - deferred
        accounted = max(month, booked) if told["catch_up"] else month
        row = (month, accounted, gross, gone[2], 0 if month < booked else deferred)
        if any(row[2:]):
            rows.append((told["obligation"], *row))
    return rows


@pytest.mark.parametrize("seed", range(5))
def test_every_line_as_by_itself(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(straight_line, "BLOCK", 64)
    chance = random.Random(seed)
    lines = [line(number, chance) for number in range(300)]
    moves: dict[int, dict[date, tuple[int, int, int]]] = {}
    for told in lines[::7]:
        amount, month = told["amount"], told["booked"]
        for _ in range(chance.randrange(1, 4)):
            share = amount // chance.randrange(3, 9)
            moves.setdefault(told["obligation"], {})[month] = (share, share // 3, share - share // 3)
            for _ in range(chance.randrange(1, 30)):
                month = following(month)
    schema = {"obligation": pl.UInt32, **dict.fromkeys(("share", "released", "contra"), pl.Int64)}
    moved = pl.DataFrame(
        [(number, month, *gone) for number, of in moves.items() for month, gone in of.items()],
        {"obligation": pl.UInt32, "service_period": pl.Date, **schema},
        orient="row",
    )
    ours = straight_line_months(pl.DataFrame(lines, schema_overrides={"obligation": pl.UInt32}), moved)
    expected = [row for told in lines for row in by_itself(told, moves.get(told["obligation"], {}))]
    assert sorted(ours.rows()) == sorted(expected)


def test_halves_go_to_the_even_one_whatever_the_width() -> None:
    whole = np.array([0, 1, -1, 2, 10**17, 3, 3])
    top = np.array([1, 1, 1, 3, 5, 2**40, 2**40 - 1])
    bottom = np.array([2, 2, 2, 7, 10, 2**41, 2**41])
    # 0.5, 1.5, -0.5, 2.43, 10^17 + 0.5, 3.5, just below 3.5
    assert half_even(whole, top, bottom).tolist() == [0, 2, 0, 2, 10**17, 4, 3]
