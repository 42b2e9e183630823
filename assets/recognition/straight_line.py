"""The months of obligations that elapse in days, in months or at once, rounded cumulatively: the bulk of every schedule.

A month is a row of integers in contiguous arrays, computed block by block within the processor's caches: months as counts,
dates as counts of days, amounts in minor units. The rule is that of `assets.recognition.service_months`.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt
import polars as pl

from assets.recognition.methods import RecognitionMethod, month_index

Numbers = npt.NDArray[np.int64]
Moves = dict[str, Numbers]

# A hundred thousand months a block: its arrays stay in the cache, and a block has few steps beside its length.
BLOCK = 1 << 13
_EARNED = pl.Schema(
    {
        "obligation": pl.UInt32(),
        "service_period": pl.Date(),
        "accounting_period": pl.Date(),
        "gross": pl.Int64(),
        "contra": pl.Int64(),
        "deferred_after": pl.Int64(),
    }
)


def straight_line_months(obligations: pl.DataFrame, moved: pl.DataFrame) -> pl.DataFrame:
    """Service months by calendar month, as `service_months` returns them; rows of nothing are left out.

    `obligations` have obligation, amount, units, recognition_method (one of the fast ones), service_from, service_to,
    booked (first day of the period of the booking) and catch_up. `moved`: share, released and contra of some of them by
    obligation and service_period.
    """
    if obligations.is_empty():
        return pl.DataFrame(schema=_EARNED)
    touched = obligations.join(moved, on="obligation", how="semi", maintain_order="left")
    plain = obligations.join(touched, on="obligation", how="anti", maintain_order="left") if touched.height else obligations
    frames = [_of_blocks(plain)]
    if touched.height:
        frames.append(_with_moves(touched, moved))
    rows = pl.concat(frames)
    nothing = pl.all_horizontal(pl.col("gross", "contra", "deferred_after") == 0)
    return rows.filter(~nothing) if rows.select(nothing.any()).item() else rows


def _of_blocks(obligations: pl.DataFrame) -> pl.DataFrame:
    told = _columns(obligations)
    parts = [{name: told[name][at : at + BLOCK] for name in told} for at in range(0, obligations.height, BLOCK)]
    with ThreadPoolExecutor(pl.thread_pool_size()) as pool:
        return pl.concat([pl.DataFrame(schema=_EARNED), *pool.map(_of_block, parts)])


def _of_block(told: Moves) -> pl.DataFrame:
    """Without take-backs: what is deferred when a month ends, and what is less of it than when it began."""
    first, count = _span(told)
    row = np.repeat(np.arange(len(count)), count)
    begins = np.cumsum(count) - count
    month = np.arange(len(row)) + (first - begins)[row]
    deferred = _deferred(told, row, month, told["amount"] // told["units"], told["amount"] % told["units"])
    gross = np.empty_like(deferred)
    gross[1:] = deferred[:-1]
    gross[begins] = told["amount"]
    gross -= deferred
    return _frame(told, row, month, gross, np.zeros_like(gross), deferred)


def _with_moves(obligations: pl.DataFrame, moved: pl.DataFrame) -> pl.DataFrame:
    """With take-backs: the months of service and of take-backs, with shares and releases to date at the end of each."""
    told = _columns(obligations)
    first, count = _span(told)
    place = pl.DataFrame({"obligation": told["obligation"], "row": np.arange(len(count))})
    moves = moved.join(place, on="obligation").with_columns(month=month_index(pl.col("service_period")))
    of, at = moves.get_column("row").to_numpy(), moves.get_column("month").to_numpy()
    begin, end = first.copy(), first + count
    np.minimum.at(begin, of, at)
    np.maximum.at(end, of, at + 1)
    row = np.repeat(np.arange(len(count)), end - begin)
    begins = np.cumsum(end - begin) - (end - begin)
    month = np.arange(len(row)) + (begin - begins)[row]
    served = (month >= first[row]) & (month < (first + count)[row])
    sums: Moves = {}
    for name in ("share", "released", "contra"):
        sums[name] = np.zeros(len(row), np.int64)
        np.add.at(sums[name], begins[of] + at - begin[of], moves.get_column(name).to_numpy())
    served[begins[of] + at - begin[of]] = True
    for name in ("share", "released"):
        total = np.cumsum(sums[name])
        sums[name] = total - (total[begins] - sums[name][begins])[row]
    remaining = told["amount"][row] - sums["share"]
    units = told["units"][row]
    deferred = _deferred(told, row, month, remaining // units, remaining % units, by_row=True)
    earned = told["amount"][row] - sums["released"] - deferred
    gross = earned.copy()
    gross[1:] -= earned[:-1]
    gross[begins] = earned[begins]
    kept = np.flatnonzero(served)
    return _frame(told, row[kept], month[kept], gross[kept], sums["contra"][kept], deferred[kept])


def _columns(obligations: pl.DataFrame) -> Moves:
    """The arrays of a block; dates are counts of days since 1970, months of months since the year 0."""
    method = pl.col("recognition_method")
    frame = obligations.select(
        *("obligation", "amount", "units", "catch_up"),
        pl.col("service_from", "booked", "booked_on").to_physical().cast(pl.Int64),
        first=month_index(pl.col("service_from")),
        last=month_index(pl.col("service_to").dt.offset_by("-1d")),
        by_day=method == RecognitionMethod.STRAIGHT_LINE_DAILY.value,
        by_month=method == RecognitionMethod.STRAIGHT_LINE_MONTHLY.value,
    )
    return {name: frame.get_column(name).to_numpy() for name in frame.columns}


def _span(told: Moves) -> tuple[Numbers, Numbers]:
    """The first month and how many there are: those that days touch, one a unit by month, the one of a point in time."""
    by_day, by_month = told["by_day"], told["by_month"]
    return told["first"], np.where(by_day, told["last"] - told["first"] + 1, np.where(by_month, told["units"], 1)).clip(0)


def _deferred(
    told: Moves, row: Numbers, month: Numbers, per_unit: Numbers, rest: Numbers, *, by_row: bool = False
) -> Numbers:
    """amount * left / units, half to even: `per_unit` and `rest` are the amount divided by its units."""
    units = told["units"][row]
    following = first_days(month + 1)
    if told["by_day"].all():
        done = following - told["service_from"][row]
    else:
        at_once = np.where(following > told["booked_on"][row], 1, 0)
        by_count = np.where(told["by_month"][row], month + 1 - told["first"][row], at_once)
        done = np.where(told["by_day"][row], following - told["service_from"][row], by_count)
    left = units - done.clip(0, units)
    whole, part = (per_unit, rest) if by_row else (per_unit[row], rest[row])
    return half_even(whole * left, part * left, units)


def half_even(whole: Numbers, numerator: Numbers, denominator: Numbers) -> Numbers:
    """`whole + numerator / denominator` as the nearest integer, a tie going to the even one; no numerator is negative."""
    quotient = numerator // denominator if _wide(numerator, denominator) else _narrow_quotient(numerator, denominator)
    nearest: Numbers = whole + quotient
    twice: Numbers = 2 * (numerator - quotient * denominator) + (nearest & 1)
    up: Numbers = (twice > denominator).astype(np.int64)
    return nearest + up


def _wide(*values: Numbers) -> bool:
    return any(int(value.max(initial=0)) >= 2**32 for value in values)


def _narrow_quotient(numerator: Numbers, denominator: Numbers) -> Numbers:
    """Division is the one dear step, and of 32 bits several times as fast as of 64."""
    return (numerator.astype(np.uint32) // denominator.astype(np.uint32)).astype(np.int64)


def first_days(month: Numbers) -> Numbers:
    """The first day of each month as days since 1970."""
    if not len(month):
        return month
    start = int(month.min())
    every = np.arange(start - 1970 * 12, int(month.max()) + 1 - 1970 * 12).astype("datetime64[M]").astype("datetime64[D]")
    return every.astype(np.int64)[month - start]


def _frame(told: Moves, row: Numbers, month: Numbers, gross: Numbers, contra: Numbers, deferred: Numbers) -> pl.DataFrame:
    served, booked = first_days(month), told["booked"][row]
    accounted = np.where(told["catch_up"][row], np.maximum(served, booked), served)
    days = {"service_period": served, "accounting_period": accounted}
    return pl.DataFrame(
        {
            "obligation": told["obligation"][row],
            **{name: pl.Series(day.astype(np.int32)).cast(pl.Date) for name, day in days.items()},
            "gross": gross,
            "contra": contra,
            "deferred_after": np.where(served < booked, 0, deferred),
        },
        schema=_EARNED,
    )
