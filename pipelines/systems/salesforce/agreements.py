"""Contracts and orders: what was agreed. An order is a contract of its own within its contract's group.

The end of a contract or order is its last day; a fact's end is exclusive.
https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_contract.htm
https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_order.htm
"""

from __future__ import annotations

import polars as pl

from lakehouse.tables.silver import CONTRACT_LINES, CONTRACTS
from pipelines.systems.changes import STANDS, Reference, Said, refers, said
from pipelines.systems.reading import Reading
from pipelines.systems.salesforce.records import Entity
from pipelines.systems.shape import Leaf, Shape

# Status categories of contracts and orders; a status has the name of its category unless an administrator added it.
_STATUSES = {
    "draft": "draft",
    "inapproval": "draft",
    "inapprovalprocess": "draft",
    "negotiating": "draft",
    "awaitingsignature": "draft",
    "signed": "draft",
    "activated": "active",
    "rejected": "canceled",
    "signaturedeclined": "canceled",
    "terminated": "canceled",
    "canceled": "canceled",
    "cancelled": "canceled",
    "expired": "canceled",
    "contractexpired": "canceled",
}


def _code(name: str) -> pl.Expr:
    return pl.col(name).str.replace_all(r"[\s_]", "").str.to_lowercase()


def _status() -> pl.Expr:
    """The category says it. What is activated and has run out is no longer in force."""
    known = _code("_status").replace_strict(_STATUSES, default=None, return_dtype=pl.String)
    over = (known == "active") & (pl.col("event_at") >= pl.col("EndDate"))
    return pl.when(over).then(pl.lit("canceled")).otherwise(known)


_AGREEMENT: Shape = {
    "AccountId": Leaf.ID,
    "Status": Leaf.TEXT,
    "StatusCode": Leaf.TEXT,
    "CurrencyIsoCode": Leaf.CURRENCY,
    "ActivatedDate": Leaf.STAMP,
    "EndDate": Leaf.LAST_DAY,
}
_COLUMNS = {
    "customer_id": refers("AccountId"),
    "status": Said(_status(), ("Status", "StatusCode")),
    "currency": said("CurrencyIsoCode"),
    "approved_at": said("ActivatedDate"),
    "end_at": said("EndDate"),
}


def _judge(reading: Reading) -> Reading:
    reading.require_any("", ["StatusCode", "Status"], when=STANDS)
    judged = reading.with_frame("", reading.root.with_columns(_status=pl.coalesce("StatusCode", "Status")))
    unknown = pl.col("_status").is_not_null() & _status().is_null()
    for name in ("StatusCode", "Status"):
        judged.refuse("", name, unknown & (pl.col(name) == pl.col("_status")))
    return judged


CONTRACT = Entity(
    "Contract",
    CONTRACTS,
    {**_AGREEMENT, "StartDate": Leaf.CALENDAR_DAY, "ContractNumber": Leaf.TEXT},
    {**_COLUMNS, "start_at": said("StartDate"), "enforceable_until": said("EndDate")},
    references=(Reference("contract_number", "ContractNumber"),),
    object_kind="contract",
    prepare=_judge,
)

ORDER = Entity(
    "Order",
    CONTRACTS,
    {
        **_AGREEMENT,
        "ContractId": Leaf.ID,
        "QuoteId": Leaf.ID,
        "OpportunityId": Leaf.ID,
        "EffectiveDate": Leaf.CALENDAR_DAY,
        "OrderNumber": Leaf.TEXT,
        "OrderReferenceNumber": Leaf.TEXT,
        "PoNumber": Leaf.TEXT,
    },
    {**_COLUMNS, "start_at": said("EffectiveDate"), "contract_group": refers("ContractId")},
    references=(
        Reference("order_number", "OrderNumber"),
        Reference("order_number", "OrderReferenceNumber"),
        Reference("po_number", "PoNumber"),
        Reference("object_id", "QuoteId", "derives_from", refers=True),
        Reference("object_id", "OpportunityId", "derives_from", refers=True),
    ),
    object_kind="contract",
    prepare=_judge,
)


def _judge_line(reading: Reading) -> Reading:
    reading.require("", "OrderId", when=STANDS)
    return reading


ORDER_LINE = Entity(
    "OrderItem",
    CONTRACT_LINES,
    {
        "OrderId": Leaf.ID,
        "Product2Id": Leaf.ID,
        "PricebookEntryId": Leaf.ID,
        "QuoteLineItemId": Leaf.ID,
        "Quantity": Leaf.DECIMAL,
        "UnitPrice": Leaf.DECIMAL,
        "CurrencyIsoCode": Leaf.CURRENCY,
        "ServiceDate": Leaf.CALENDAR_DAY,
        "EndDate": Leaf.LAST_DAY,
    },
    {
        "contract_id": refers("OrderId"),
        "product_id": refers("Product2Id"),
        "price_id": refers("PricebookEntryId"),
        "quantity": said("Quantity"),
        "unit_price": said("UnitPrice"),
        "currency": said("CurrencyIsoCode"),
        "service_from": said("ServiceDate"),
        "service_to": said("EndDate"),
    },
    references=(Reference("object_id", "QuoteLineItemId", "derives_from", refers=True),),
    object_kind="contract_line",
    prepare=_judge_line,
)
