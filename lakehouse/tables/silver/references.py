"""How systems call the same thing: the evidence on which one sale in many systems is recognised."""

from __future__ import annotations

from lakehouse.table import Column
from lakehouse.tables.silver.fact import fact_table
from lakehouse.types import Kind

S = Kind.STRING

OBJECT_KINDS = (
    "customer",
    "product",
    "price",
    "opportunity",
    "quote",
    "contract",
    "contract_line",
    "document",
    "document_line",
    "cash",
    "ledger_entry",
)

EXTERNAL_REFERENCES = fact_table(
    "external_references",
    "What a system says of an object's identity elsewhere: an id in another system, an order or invoice number, an e-mail.",
    Column("object_kind", S, "What kind of thing object_id is.", required=True, allowed=OBJECT_KINDS),
    Column(
        "relation",
        S,
        "same_as: the same thing; derives_from: this one follows from the other; names: the source only names it.",
        required=True,
        allowed=("same_as", "derives_from", "names"),
    ),
    Column("reference_system", S, "System that gave the reference, such as shopify; empty where the source does not say."),
    Column(
        "reference_kind",
        S,
        "What the reference is: object_id, order_number, invoice_number, email, tax_id ...",
        required=True,
    ),
    Column("reference", S, "The reference as the source has it.", required=True),
)
