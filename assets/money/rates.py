"""Which rate translates an amount on a day: the last one published, at most seven days before.

Rates are facts by source, kind, pair and day. A pair is found as published, else turned round, else crossed over the base
that both are quoted against (the euro, for the reference rates of the ECB). A rate is a fraction of two integers, so that
nothing is rounded before the amount is. Where no rate is close enough, the columns are empty: what needs it waits.
"""

from __future__ import annotations

import polars as pl

from assets.money.rounding import divide_half_even
from lakehouse.currencies import exponent_frame
from lakehouse.types import MONEY_SCALE, RATE_PRECISION, RATE_SCALE

REACH = "7d"
EVENT = ("spot", "reference", "closing")
CLOSING = ("closing", "reference", "spot")
"""Kinds of rates that may be taken, the first that is there on the latest day."""

_WIDE = pl.Int128
_ONE = 10**RATE_SCALE
_PAIR = ["currency", "functional_currency"]
NEEDED = ("currency", "functional_currency", "day", "rate_source")


def with_rates(needed: pl.DataFrame, rates: pl.DataFrame, kinds: tuple[str, ...]) -> pl.DataFrame:
    """Each distinct need with `num`, `den` (functional units for one, as a fraction of Int128) and `rate_day`.

    `needed` has the columns of NEEDED; `rate_source` empty takes every source. `rates` are rows of silver.fx_rates.
    """
    wanted = needed.select(NEEDED).unique()
    pairs = wanted.select(_PAIR).unique()
    found = [_of_source(part, _quotes(rates, pairs, kinds), source) for (source,), part in _by_source(wanted)]
    empty = wanted.clear().with_columns(
        pl.lit(None, _WIDE).alias("num"), pl.lit(None, _WIDE).alias("den"), pl.lit(None, pl.Date).alias("rate_day")
    )
    return pl.concat([empty, *found])


def translated_amount(amount: pl.Expr) -> pl.Expr:
    """Minor units of the transaction currency in minor units of the functional one, half to even.

    Needs the rate as `num` and `den`, and `exponent_from` and `exponent_to` of the two currencies (`with_exponents`).
    """
    shift = pl.col("exponent_to") - pl.col("exponent_from")
    scale = pl.lit(10, pl.Int64)
    up, down = scale.pow(shift.clip(0)).cast(_WIDE), scale.pow((-shift).clip(0)).cast(_WIDE)
    return divide_half_even(amount.cast(_WIDE) * pl.col("num") * up, pl.col("den") * down).cast(pl.Int64)


def with_exponents(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with the exponents of `currency` and `functional_currency`; order kept."""
    for column, name in (("currency", "exponent_from"), ("functional_currency", "exponent_to")):
        exponents = exponent_frame().rename({"currency": column, "exponent": name})
        frame = frame.join(exponents, on=column, how="left", maintain_order="left")
    return frame.with_columns(pl.col("exponent_from", "exponent_to").fill_null(MONEY_SCALE))


def as_rate() -> pl.Expr:
    """`num` / `den` as decimal(28,12), half to even: for show, never for computing."""
    units = divide_half_even(pl.col("num") * pl.lit(_ONE).cast(_WIDE), pl.col("den"))
    return (units.cast(pl.Decimal(38, 0)) * pl.lit("0.000000000001").cast(pl.Decimal(38, RATE_SCALE))).cast(
        pl.Decimal(RATE_PRECISION, RATE_SCALE)
    )


def _by_source(wanted: pl.DataFrame) -> list[tuple[tuple[str | None, ...], pl.DataFrame]]:
    parts = wanted.partition_by("rate_source", as_dict=True)
    return [((None if key[0] is None else str(key[0]),), part) for key, part in parts.items()]


def _of_source(wanted: pl.DataFrame, quotes: pl.DataFrame, source: str | None) -> pl.DataFrame:
    told = quotes if source is None else quotes.filter(pl.col("rate_source") == source)
    best = told.sort("kind_rank", "how", "rate_source").unique([*_PAIR, "rate_day"], keep="first", maintain_order=True)
    return (
        wanted.sort("day")
        .join_asof(
            best.select(*_PAIR, "rate_day", "num", "den", day="rate_day").sort("day"),
            on="day",
            by=_PAIR,
            tolerance=REACH,
            check_sortedness=False,
        )
        .select(*NEEDED, "num", "den", "rate_day")
    )


def _quotes(rates: pl.DataFrame, pairs: pl.DataFrame, kinds: tuple[str, ...]) -> pl.DataFrame:
    """Every rate of the wanted pairs: as published (`how` 0), turned round (1), crossed (2)."""
    rank = pl.col("kind").replace_strict({kind: n for n, kind in enumerate(kinds)}, default=None, return_dtype=pl.Int64)
    told = (
        rates.with_columns(kind_rank=rank)
        .drop_nulls("kind_rank")
        .select(
            *("rate_source", "kind_rank"),
            rate_day="day",
            base="base_currency",
            quote="quote_currency",
            units=pl.col("rate").cast(pl.Decimal(38, RATE_SCALE)).to_physical().cast(_WIDE),
        )
    )
    one = pl.lit(_ONE).cast(_WIDE)
    published = told.select(*_KEPT, currency="base", functional_currency="quote", num="units", den=one, how=pl.lit(0))
    turned = told.select(*_KEPT, currency="quote", functional_currency="base", num=one, den="units", how=pl.lit(1))
    among = pl.concat([pairs.get_column(name) for name in _PAIR]).unique()
    legs = told.filter(pl.col("quote").is_in(among.implode()))
    crossed = legs.join(legs, on=[*_KEPT, "base"], suffix="_to").select(
        *_KEPT, currency="quote", functional_currency="quote_to", num="units_to", den="units", how=pl.lit(2)
    )
    return pl.concat([frame.join(pairs, on=_PAIR, how="semi") for frame in (published, turned, crossed)])


_KEPT = ["rate_source", "kind_rank", "rate_day"]
