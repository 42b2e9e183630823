"""What accounting systems have in common: rows about an object, its identity elsewhere, a discount of a whole document.

A system brings its objects into one shape, a row an object in `reading.root`: `_id` (without the source), `_gone` (deleted:
its rows are retracted), `_sequence` (the source's order of its versions) and `currency`.
"""

from __future__ import annotations

import polars as pl

from lakehouse.currencies import exponents
from lakehouse.tables.silver import EXTERNAL_REFERENCES, PRICES, PRODUCTS
from lakehouse.types import POLARS_TYPES, Kind
from pipelines.systems.facts import Fact
from pipelines.systems.reading import Reading
from pipelines.systems.stripe.discounts import half_even

MONEY = POLARS_TYPES[Kind.MONEY]
GONE = pl.col("_gone")
STANDS = ~GONE

_PARTS = pl.Decimal(38, 4)
_STEPS = {code: 10 ** (4 - exponent) for code, exponent in exponents().items()}


def shared_out(lines: pl.DataFrame, whole: str, by: str, currency: str) -> pl.Expr:
    """The part of each line in an amount of its whole record, in proportion to another amount of the lines.

    Cumulatively and rounded half to even to minor units of the currency, so that the parts add up to the whole. The first
    line takes all where the lines come to nothing.
    """
    parts = lines.select(
        "_row",
        whole=pl.col(whole).fill_null(0).cast(_PARTS).to_physical().cast(pl.Int128),
        by=pl.col(by).cast(_PARTS).to_physical().cast(pl.Int128),
        step=pl.col(currency).replace_strict(_STEPS, default=1, return_dtype=pl.Int64).cast(pl.Int128),
    ).with_columns(
        gross=pl.col("by").sum().over("_row"),
        upto=pl.col("by").cum_sum().over("_row"),
        place=pl.int_range(pl.len()).over("_row"),
    )
    units = pl.col("whole") // pl.col("step")
    positive = pl.when(pl.col("gross") > 0).then("gross").otherwise(pl.lit(1, pl.Int128))
    share = half_even(units * pl.col("upto"), positive) - half_even(units * (pl.col("upto") - pl.col("by")), positive)
    found = pl.when(pl.col("gross") > 0).then(share * pl.col("step")).when(pl.col("place") == 0).then("whole").otherwise(0)
    shares = parts.select(found.cast(pl.Int64).cast(_PARTS) / pl.lit(10_000, _PARTS)).to_series()
    return pl.lit(shares.cast(MONEY))


def notes_by_invoice(notes: pl.DataFrame, applied: pl.DataFrame, total: str) -> pl.DataFrame:
    """Credit notes, a row for each invoice that one is applied to: what takes back revenue corrects one invoice.

    `notes` has `_row`, `_id` and the total; `applied` has `_row`, `invoice` and `amount`. The invoice with the least id is
    corrected by the note itself, with whatever of it is not applied, each further one by a part of the note with an id of
    its own, so that nothing moves when a note is applied once more. Adds `corrects`, `share` (of the total, tax included),
    `whole` (whether it is all of the note) and `part`.
    """
    found = applied.group_by("_row", "invoice").agg(share=pl.col("amount").sum()).filter(pl.col("share") != 0)
    placed = found.sort("_row", "invoice").with_columns(place=pl.int_range(1, pl.len() + 1).over("_row"))
    further = placed.filter(pl.col("place") > 1)
    own = (
        notes.join(placed.filter(place=1).select("_row", corrects="invoice"), on="_row", how="left", maintain_order="left")
        .join(further.group_by("_row").agg(gone=pl.col("share").sum()), on="_row", how="left", maintain_order="left")
        .with_columns(share=pl.col(total) - pl.col("gone").fill_null(0), whole=pl.col("gone").is_null())
        .with_columns(part=pl.lit("documents"))
        .drop("gone")
    )
    parts = notes.join(further.rename({"invoice": "corrects"}), on="_row", maintain_order="left").with_columns(
        _id=pl.concat_str("_id", pl.lit(":"), "corrects"), whole=pl.lit(False), part=pl.format("documents/{}", "place")
    )
    return pl.concat([own, parts.select(own.columns)], how="vertical_relaxed")


def common(reading: Reading, part: str, effective_at: str = "event_at") -> list[pl.Expr]:
    """The columns that rows about an object begin with."""
    return [
        pl.col("_row"),
        pl.lit(part).alias("part"),
        reading.object_id("_id").alias("object_id"),
        pl.coalesce(effective_at, "event_at").alias("effective_at"),
        pl.col("_sequence").cast(pl.Int64).alias("source_sequence"),
        pl.when(GONE).then(pl.lit("retract")).otherwise(pl.lit("assert")).alias("operation"),
    ]


def goods(reading: Reading, price: str, active: pl.Expr, **told: pl.Expr) -> list[Fact]:
    """Items as products with what is `told` of them, and with the price at which they are sold, where they have one.

    Costs and prices are in the home currency of the company.
    """
    priced = reading.root.filter(STANDS & pl.col(price).is_not_null()).with_columns(
        item="_id", _id=pl.concat_str("_id", pl.lit(":price"))
    )
    return [
        Fact(
            PRODUCTS,
            reading.root.select(*common(reading, "products"), cost_currency="currency", active=active, **told),
        ),
        Fact(
            PRICES,
            priced.select(
                *common(reading, "prices"),
                product_id=reading.object_id("item"),
                currency=pl.col("currency"),
                purpose=pl.lit("list"),
                pricing_model=pl.lit("per_unit"),
                unit_amount=pl.col(price),
                active=active,
            ),
        ),
    ]


def reference(
    reading: Reading,
    column: str,
    kind: str,
    relation: str = "names",
    object_kind: str = "document",
    frame: pl.DataFrame | None = None,
) -> Fact:
    """What objects say of their identity elsewhere by one column, where it is filled; `frame` has one row a mention."""
    rows = reading.root.with_columns(_n=pl.lit(1)) if frame is None else frame
    found = rows.filter(STANDS & (pl.col(column).str.strip_chars() != ""))
    refers = kind == "object_id"
    return Fact(
        EXTERNAL_REFERENCES,
        found.select(
            *common(reading, ""),
            object_kind=pl.lit(object_kind),
            relation=pl.lit(relation),
            reference_system=pl.lit(reading.source if refers else None, pl.String),
            reference_kind=pl.lit(kind),
            reference=reading.object_id(column) if refers else pl.col(column),
            _n="_n",
        )
        .with_columns(part=pl.format(f"external_references/{kind}/{column}/{{}}", "_n"))
        .drop("_n"),
    )


def mentions(reading: Reading, path: str) -> pl.DataFrame:
    """Elements of a list beside what rows about their object begin with."""
    names = ("_id", "_gone", "event_at", "_sequence", "currency")
    return reading.of_root(reading.frames[path], **{name: name for name in names})
