"""What a unit that comes back was really sold for: its share of the price, after every discount, as it was allocated.

The refund that is expected is consideration to which we do not expect to be entitled (ASC 606-10-55-23, 32-10; IFRS 15.B21,
55), so it is measured by the price that the returned units were allocated, not by what the list says. That is the
allocation without any return, divided by the units that were promised.

    value = sold * units / promised, half to even, where sold is the allocation of the line in force on the day
"""

from __future__ import annotations

from datetime import date

import polars as pl

from assets.money.products import ONE, in_minor
from assets.money.rounding import share

_ALWAYS = date(1, 1, 1)
_IDENTITY = ("component", "lead_id", "target", "kind")


def prices_sold_for(versions: pl.DataFrame) -> pl.DataFrame:
    """`target`, `day`, `sold` (minor units) and `promised` (units, 10^-12) by the versions of an allocation without
    returns; the first holds from ever."""
    if versions.is_empty():
        return pl.DataFrame(schema={"target": pl.String, "day": pl.Date, "sold": pl.Int64, "promised": pl.Int128})
    first = pl.col("version") == pl.col("version").min().over("obligation_id")
    return versions.select(
        target="obligation_id",
        day=pl.when(first).then(pl.lit(_ALWAYS)).otherwise("version"),
        sold="allocated",
        promised=pl.col("quantity").cast(pl.Int128),
    ).sort("day")


def worth(sold: str, units: pl.Expr, promised: str) -> pl.Expr:
    """What some units (10^-12) of a line were sold for: nothing of one that promises none, unknown without a price."""
    part = share(pl.col(sold), units, pl.col(promised).clip(1))
    return pl.when(pl.col(promised) > 0).then(part).when(pl.col(promised).is_not_null()).then(0)


def returns_by_price(estimates: pl.DataFrame, sold: pl.DataFrame, came_back: pl.DataFrame) -> pl.DataFrame:
    """Estimates of returns of lines, on each day on which they, the price or what came back changed; never less than that.

    `estimates`: component, lead_id, target, kind, day, stated (10^-12), is_money, per_minor. Returns lead_id, component,
    target, kind, day, value (negative, minor units).
    """
    identity = estimates.sort("day").unique("component", keep="first", maintain_order=True)
    own = identity.select(*_IDENTITY, began="day")
    changed = pl.concat([sold.select("target", "day"), came_back.select("target", "day")])
    later = changed.join(own, on="target").filter(pl.col("day") > pl.col("began")).select("component", "day")
    returned_first = came_back.select("target", "day").join(own, on="target").select("component", "day")
    days = pl.concat([estimates.select("component", "day"), later, returned_first]).unique().sort("day")
    told = estimates.select("component", "day", "stated", "is_money").sort("day")
    minor = identity.select("component", "per_minor")
    rows = days.join(own.drop("began"), on="component").join(minor, on="component").sort("day")
    held = rows.join_asof(told, on="day", by="component", strategy="backward", check_sortedness=False)
    priced = held.join_asof(sold, on="day", by="target", strategy="backward", check_sortedness=False)
    back = priced.join_asof(came_back.sort("day"), on="day", by="target", strategy="backward", check_sortedness=False)
    valued = back.with_columns(pl.col("came_back").fill_null(0), pl.col("stated").fill_null(0)).with_columns(
        size=_size().fill_null(0), gone=worth("sold", pl.col("came_back"), "promised")
    )
    # Before anything was estimated only what came back is expected back.
    size = pl.when(pl.col("is_money").is_null()).then("gone").otherwise(pl.max_horizontal("size", "gone"))
    return valued.select("lead_id", "component", "target", "kind", "day", value=-size)


def _size() -> pl.Expr:
    kind, money = pl.col("kind"), in_minor(pl.col("stated"))
    units = worth("sold", pl.col("stated"), "promised")
    kept = kind == "kept"
    return (
        pl.when("is_money")
        .then(pl.when(kept).then(pl.col("sold") - money).otherwise(money))
        .when(kind == "returns")
        .then(units)
        .when(kept)
        .then(pl.col("sold") - units)
        .otherwise(share(pl.col("sold"), pl.col("stated"), pl.lit(ONE, pl.Int128)))
    )
