"""What was sold, given back and used, minute by minute: from silver as it stands, before any gate, and each sale once.

* A sale is a line in force of an invoice that is final and not void: its net amount, in the minute of its issue.
* A refund is money given back that has succeeded, in the minute that the source says.
* Of a sale or refund that several systems hold, one copy counts (`assets.live.copies`).
* Usage adds up row by row: an event is told once, a correction comes as an event with a negative quantity, and a
  retracted event takes away what it had told.

Facts of any number of objects may be counted apart and added up, as long as all facts of an object are together, and of
those whose ids it states or that state its own.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from assets.facts.lines import lines_in_force
from assets.facts.state import latest
from assets.links.objects import short_id
from assets.live.copies import giving_way
from lakehouse.table import Table
from lakehouse.tables import gold, silver

READS: tuple[Table, ...] = (
    *(silver.DOCUMENTS, silver.DOCUMENT_LINES, silver.CASH, silver.USAGE, silver.EXTERNAL_REFERENCES, silver.POLICIES),
    gold.SALE_COPIES,
)
"""Every table that the figures rest on."""
KEY = list(gold.LIVE_SALES.key)
VALUES = [name for name in gold.LIVE_SALES.column_names if name not in (*KEY, "day")]
NONE = "-"
SOLD = ("open", "paid", "uncollectible")
_STATE = ("row_key", "source", "source_event_id", "source_sequence", "effective_at", "known_at", "operation", "object_id")
_MINUTE = "1m"

Rows = Mapping[Table, pl.DataFrame]
"""Rows of the silver tables of READS without usage; refunds alone of cash, and of policies those of precedence."""


def columns_read(table: Table) -> list[str]:
    """The columns that the figures need of a silver table."""
    own = {
        silver.DOCUMENTS: (*_STATE, "legal_entity_id", "kind", "status", "issued_at"),
        silver.DOCUMENT_LINES: (*_STATE, "document_id", "product_id", "currency", "amount"),
        silver.CASH: (*_STATE, "legal_entity_id", "kind", "status", "currency", "amount"),
        silver.USAGE: ("effective_at", "operation", "legal_entity_id", "currency", "product_id", "meter", "quantity"),
        silver.EXTERNAL_REFERENCES: (
            *(*_STATE, "object_kind", "relation", "reference_system", "reference_kind", "reference"),
        ),
        silver.POLICIES: (*_STATE, "scope", "name", "value", "effective_from"),
    }
    return list(own[table])


def figures(rows: Rows, left_out: pl.DataFrame, of: pl.Series | None = None) -> pl.DataFrame:
    """Sales and refunds of these facts in the shape of gold.live_sales, without minutes in which nothing is left.

    `left_out`: kind and object_id of copies that the last refresh found not to count. `of`: object ids to be counted,
    without their families, where other facts are there for what they say of these.
    """
    documents, cash = rows[silver.DOCUMENTS], rows[silver.CASH]
    stated = giving_way(documents, cash, rows[silver.EXTERNAL_REFERENCES], rows[silver.POLICIES])
    idle = pl.concat([left_out, stated])
    if of is not None:
        documents, cash = (table.filter(short_id("object_id").is_in(of.implode())) for table in (documents, cash))
    return added(
        sold(_without(documents, idle, "document"), rows[silver.DOCUMENT_LINES]),
        given_back(_without(cash, idle, "cash")),
    )


def _without(rows: pl.DataFrame, idle: pl.DataFrame, kind: str) -> pl.DataFrame:
    return rows.join(idle.filter(kind=kind), on="object_id", how="anti")


def added(*parts: pl.DataFrame) -> pl.DataFrame:
    """The sum of figures; a part may be negative."""
    empty = gold.LIVE_SALES.empty().select(*KEY, *VALUES)
    told = pl.concat(
        [empty, *(part.select(*KEY, *(name for name in VALUES if name in part.columns)) for part in parts)], how="diagonal"
    )
    sums = told.group_by(KEY).agg(pl.col(VALUES).sum()).filter(pl.any_horizontal(pl.col(VALUES) != 0))
    return gold.LIVE_SALES.conform(sums.with_columns(day=pl.col("minute").dt.date()))


def less(figures: pl.DataFrame) -> pl.DataFrame:
    """The same figures with the other sign."""
    return figures.with_columns(-pl.col(VALUES))


def sold(documents: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Sales of some invoices, given every row of them and of their lines."""
    final = latest(documents).filter((pl.col("kind") == "invoice") & pl.col("status").is_in(SOLD))
    issued = final.select(
        "legal_entity_id", document_id="object_id", minute=pl.coalesce("issued_at", "effective_at").dt.truncate(_MINUTE)
    )
    in_force = lines_in_force(documents, lines, "document_id").select("document_id", "product_id", "currency", "amount")
    return (
        in_force.join(issued, on="document_id")
        .group_by("minute", "legal_entity_id", "currency", pl.col("product_id").fill_null(NONE), meter=pl.lit(NONE))
        .agg(sales=pl.col("amount").sum(), sale_lines=pl.len().cast(pl.Int64))
    )


def given_back(cash: pl.DataFrame) -> pl.DataFrame:
    """Refunds, given every row of them."""
    refunds = latest(cash).filter(status="succeeded")
    return refunds.group_by(
        "legal_entity_id",
        "currency",
        minute=pl.col("effective_at").dt.truncate(_MINUTE),
        product_id=pl.lit(NONE),
        meter=pl.lit(NONE),
    ).agg(refunds=pl.col("amount").sum(), refund_count=pl.len().cast(pl.Int64))


def used(usage: pl.LazyFrame) -> pl.DataFrame:
    """Usage of any rows."""
    sign = pl.when(operation="assert").then(1).otherwise(-1)
    return (
        usage.group_by(
            "legal_entity_id",
            "currency",
            "meter",
            pl.col("product_id").fill_null(NONE),
            minute=pl.col("effective_at").dt.truncate(_MINUTE),
        )
        .agg(usage=(pl.col("quantity") * sign).sum(), usage_events=sign.sum().cast(pl.Int64))
        .collect(engine="streaming")
    )
