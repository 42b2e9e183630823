"""Sales orders: what a customer agreed to buy, as a contract with its lines."""

from __future__ import annotations

import polars as pl

from lakehouse.tables.silver import CONTRACT_LINES, CONTRACTS
from pipelines.systems.bookkeeping import common, reference
from pipelines.systems.facts import Fact
from pipelines.systems.netsuite import lines
from pipelines.systems.netsuite.records import ENTITY, ITEM, PENDING, REFERENCE, TRANSACTION, id_of, kinds, ref, state
from pipelines.systems.reading import Kind, Reading
from pipelines.systems.shape import Leaf

_OVER = r"cancel|closed|void"


def orders(reading: Reading) -> list[Fact]:
    """salesOrder: in force once it is approved, until it is closed or cancelled; a billed one is."""
    reading.require("", "tranDate", "status.refName")
    end = pl.col("endDate")
    over = state().str.contains(_OVER) | (end <= pl.col("event_at")).fill_null(False)
    status = (
        pl.when(state().str.contains(PENDING))
        .then(pl.lit("draft"))
        .when(over)
        .then(pl.lit("canceled"))
        .otherwise(pl.lit("active"))
    )
    contracts = reading.root.select(
        *common(reading, "contracts"),
        customer_id=ref(reading, ENTITY, "entity"),
        status=status,
        currency=pl.col("currency"),
        approved_at=pl.when(~state().str.contains(PENDING)).then("tranDate"),
        start_at=pl.coalesce("startDate", "tranDate"),
        # What is closed early ends when that was seen.
        end_at=pl.min_horizontal(end, pl.when(over).then("event_at")),
    )
    promised = lines.lines(reading).filter(pl.col("item.id").is_not_null())
    rows = promised.select(
        "_row",
        "currency",
        "quantity",
        part=pl.format("contract_lines/{}", "number"),
        object_id=reading.object_id(pl.concat_str("_id", pl.lit(":"), "key")),
        effective_at="event_at",
        contract_id=reading.object_id("_id"),
        product_id=ref(reading, ITEM, "item"),
        unit_price="rate",
        service_from="revRecStartDate",
        service_to="revRecEndDate",
    )
    told = reading.with_frame("", reading.root.with_columns(quote=id_of(TRANSACTION, "createdFrom.id")))
    return [
        Fact(CONTRACTS, contracts),
        Fact(CONTRACT_LINES, rows),
        reference(told, "tranId", "order_number", object_kind="contract"),
        reference(told, "otherRefNum", "po_number", object_kind="contract"),
        reference(told, "externalId", "external_id", "same_as", object_kind="contract"),
        reference(told, "email", "email", object_kind="contract"),
        reference(told, "quote", "object_id", "derives_from", object_kind="contract"),
    ]


KINDS: dict[str, Kind] = kinds(
    "salesOrder",
    TRANSACTION,
    {
        "tranId": Leaf.TEXT,
        "tranDate": Leaf.CALENDAR_DAY,
        "startDate": Leaf.CALENDAR_DAY,
        "endDate": Leaf.LAST_DAY,
        "status": REFERENCE,
        "entity": REFERENCE,
        "createdFrom": REFERENCE,
        "otherRefNum": Leaf.TEXT,
        "email": Leaf.TEXT,
        **lines.TOTALS,
        "item": {"items": [lines.SHAPE]},
    },
    orders,
)
