"""One sale in many systems: who is who, what is a copy of what, what follows from what, and where systems disagree."""

from __future__ import annotations

from lakehouse.table import Column, Layer, Table
from lakehouse.tables.gold.owners import FINANCE
from lakehouse.types import Kind

S, M, B = Kind.STRING, Kind.MONEY, Kind.BOOLEAN

LINKED_KINDS = ("customer", "product", "opportunity", "quote", "contract", "document", "cash", "ledger_entry")
CONFIDENCES = ("certain", "strong", "probable")
EXCEPTION_KINDS = ("amount", "currency", "date", "customer", "status", "ambiguous", "missing_counterpart")

TRANSACTION_LINKS = Table(
    layer=Layer.GOLD,
    name="transaction_links",
    description=(
        "Links between what systems hold: copy_of (the same fact twice; one counts) and derives_from (deal, quote, "
        "contract, invoice, cash, ledger entry: each counts as what it is)."
    ),
    owner=FINANCE,
    columns=(
        Column("from_object_id", S, "Object id of the copy, or of what follows.", required=True),
        Column("from_kind", S, "What kind of thing it is.", required=True, allowed=LINKED_KINDS),
        Column("from_system", S, "System that holds it.", required=True),
        Column("to_object_id", S, "Object id of what it is a copy of, or follows from.", required=True),
        Column("to_kind", S, "What kind of thing that is.", required=True, allowed=LINKED_KINDS),
        Column("to_system", S, "System that holds that.", required=True),
        Column("link_kind", S, "Copy or consequence.", required=True, allowed=("copy_of", "derives_from")),
        Column("rule", S, "Rule that found it; see assets/links/README.md.", required=True),
        Column("confidence", S, "How sure it is.", required=True, allowed=CONFIDENCES),
        Column("evidence", S, "What the rule saw, as JSON.", required=True),
        Column("from_row_key", S, "Silver row of the one.", required=True),
        Column("to_row_key", S, "Silver row of the other.", required=True),
    ),
    key=("link_kind", "from_kind", "from_object_id", "to_kind", "to_object_id"),
)

SALE_COPIES = Table(
    layer=Layer.GOLD,
    name="sale_copies",
    description="What several systems hold: every copy, and which one counts. What one system alone holds is not here.",
    owner=FINANCE,
    columns=(
        Column("object_kind", S, "What kind of thing it is.", required=True, allowed=LINKED_KINDS),
        Column("object_id", S, "Object id of the copy.", required=True),
        Column("system", S, "System that holds it.", required=True),
        Column("sale_id", S, "The same for all copies of one thing.", required=True),
        Column("counts", B, "Whether the books count this one.", required=True),
        Column("counted_system", S, "System whose copy counts.", required=True),
        Column(
            "counted_object_id", S, "Object id of the copy that counts; empty where it is several, such as instalments."
        ),
        Column("policy", S, "Policy that chose the system.", required=True),
        Column("row_key", S, "Silver row of the copy.", required=True),
    ),
    key=("object_kind", "object_id"),
)

CUSTOMER_LINKS = Table(
    layer=Layer.GOLD,
    name="customer_links",
    description="Customers whom several systems, or one system twice, know: each with the one that stands for all.",
    owner=FINANCE,
    columns=(
        Column("customer_id", S, "Object id of the customer.", required=True),
        Column("system", S, "System that knows it.", required=True),
        Column("canonical_customer_id", S, "Object id of the customer that stands for all.", required=True),
        Column("rule", S, "Strongest rule that ties it to another.", required=True),
        Column("confidence", S, "How sure that is.", required=True, allowed=CONFIDENCES),
        Column("evidence", S, "What it has in common with others, as JSON.", required=True),
        Column("row_key", S, "Silver row of the customer.", required=True),
    ),
    key=("customer_id",),
)

PRODUCT_LINKS = Table(
    layer=Layer.GOLD,
    name="product_links",
    description="Products that several systems sell under one stock-keeping unit: each with the one that stands for all.",
    owner=FINANCE,
    columns=(
        Column("product_id", S, "Object id of the product.", required=True),
        Column("system", S, "System that sells it.", required=True),
        Column("canonical_product_id", S, "Object id of the product that stands for all.", required=True),
        Column("rule", S, "Rule that ties it to another.", required=True),
        Column("confidence", S, "How sure that is.", required=True, allowed=CONFIDENCES),
        Column("evidence", S, "What it has in common with others, as JSON.", required=True),
        Column("row_key", S, "Silver row of the product.", required=True),
    ),
    key=("product_id",),
)

RECONCILIATION_EXCEPTIONS = Table(
    layer=Layer.GOLD,
    name="reconciliation_exceptions",
    description="Where systems disagree about one thing, or a match cannot be decided: both sides with their values.",
    owner=FINANCE,
    columns=(
        Column("exception_id", S, "The same as long as the same two things disagree about the same.", required=True),
        Column("kind", S, "What they disagree about.", required=True, allowed=EXCEPTION_KINDS),
        Column("severity", S, "How much it can move the books.", required=True, allowed=("high", "medium", "low")),
        Column("object_kind", S, "What kind of thing it is about.", required=True, allowed=LINKED_KINDS),
        Column("object_id", S, "Object id of the copy that counts, or of what has no sure counterpart.", required=True),
        Column("system", S, "System that holds it.", required=True),
        Column("value", S, "What it says."),
        Column("row_key", S, "Silver row of it.", required=True),
        Column(
            "other_object_id", S, "Object id of the other copy; empty where several come into question or none is there."
        ),
        Column("other_system", S, "System that holds the other."),
        Column("other_value", S, "What the other says; the candidates, where several come into question.", required=True),
        Column("other_row_key", S, "Silver row of the other."),
        Column("difference", M, "Amount that counts less the other's, where both are in one currency."),
        Column("currency", S, "ISO 4217 code of the difference."),
        Column("message", S, "What is wrong, and what to do.", required=True),
    ),
    key=("exception_id",),
)
