"""Invoices: documents, what happened to them, and which cash settled them.

API versions differ by presence of fields: the subscription moved into `parent` and the tax into `total_taxes`
(2025-03-31), an invoice named its charge or payment intent until then, and before 2018 it had flags instead of a status.
"""

from __future__ import annotations

import polars as pl

from lakehouse.tables.silver import CASH, CASH_APPLICATIONS, DOCUMENT_EVENTS, DOCUMENTS
from pipelines.systems.codes import Code
from pipelines.systems.facts import Fact
from pipelines.systems.minor_units import major
from pipelines.systems.reading import Reading
from pipelines.systems.shape import Leaf, Shape
from pipelines.systems.stripe.balances import from_balance, out_of_band
from pipelines.systems.stripe.lines import INVOICE_LINE, LINES, document_lines, shipping_lines
from pipelines.systems.stripe.money import units
from pipelines.systems.stripe.reading import learnt, object_kind, operation, references

# Order of the states within one second; see `reading.LIFE`. An uncollectible invoice may still be paid or voided.
_STATE_ORDER = {"draft": 0, "open": 1, "uncollectible": 2, "paid": 3, "void": 4}

TAX_LISTS = ("total_taxes", "total_tax_amounts")

_EVENT_KINDS = {
    "invoice.finalized": "finalised",
    "invoice.voided": "voided",
    "invoice.marked_uncollectible": "uncollectible",
}


def invoices(reading: Reading) -> list[Fact]:
    """invoice.*: the document as it then stood, with its lines once it is final; a deleted draft is retracted."""
    reading.require("", "id", "total", "currency")
    reading.allow("", "status", _STATE_ORDER)
    status = _status()
    reading.require_any("", ["status", "paid"])
    root = reading.root.with_columns(status=status).with_columns(
        object_id=reading.object_id("id"),
        source_sequence=pl.col("status").replace_strict(_STATE_ORDER, default=None, return_dtype=pl.Int64),
        unit=units(pl.col("currency")),
        tax=_tax(reading),
        contract=pl.coalesce("subscription", "parent.subscription_details.subscription"),
    )
    final = reading.with_frame("", root)
    unread = root.filter(
        (pl.col("status") != "draft") & ~pl.col("_row").is_in(_with_lines(reading)) & (pl.col("total") != 0)
    )
    reading.faults.add_rows(unread.get_column("_row"), Code.MISSING_FIELD, reading.kind.path("", LINES))
    cut = pl.col("lines.has_more").fill_null(False) & (pl.col("status") != "draft")
    final.refuse("", "lines.has_more", cut, Code.INCOMPLETE_LIST)
    return [
        Fact(DOCUMENTS, _documents(reading, root)),
        *document_lines(final),
        *learnt(shipping_lines(final)),
        Fact(DOCUMENT_EVENTS, _document_events(root)),
        Fact(CASH_APPLICATIONS, _applications(reading, root)),
        *learnt(Fact(CASH, from_balance(reading, root)), Fact(CASH, out_of_band(reading, root))),
        *references(
            root.with_columns(effective_at="event_at"),
            "document",
            ("same_as", "invoice_number", "number"),
            ("names", "email", "customer_email"),
        ),
    ]


def _with_lines(reading: Reading) -> pl.Series:
    return reading.frames[LINES].get_column("_row").unique().implode()


def _status() -> pl.Expr:
    """The status; before 2018 an invoice was paid, forgiven, or tried once it was final."""
    return pl.coalesce(
        "status",
        pl.when(pl.col("paid"))
        .then(pl.lit("paid"))
        .when(pl.col("forgiven"))
        .then(pl.lit("uncollectible"))
        .when(pl.col("attempted") | pl.col("closed"))
        .then(pl.lit("open"))
        .otherwise(pl.lit("draft")),
    )


def _tax(reading: Reading) -> pl.Expr:
    """All tax, inclusive and exclusive, in minor units: the parts where they are listed, else the field `tax`.

    The lists are of the lines (https://docs.stripe.com/api/invoices/object): of an invoice with shipping the total says
    what is tax.
    """
    for path in TAX_LISTS:
        reading.require(path, "amount")
    places = reading.root.select("_row")
    sums = [
        places.join(
            reading.frames[path].group_by("_row").agg(pl.col("amount").sum()), on="_row", how="left", maintain_order="left"
        ).get_column("amount")
        for path in TAX_LISTS
        if reading.frames[path].height
    ]
    without = pl.when(pl.col("shipping_cost.amount_total") != 0).then(pl.col("total") - pl.col("total_excluding_tax"))
    return pl.coalesce(without, *sums, pl.col("tax"), pl.lit(0, pl.Int64))


def _documents(reading: Reading, root: pl.DataFrame) -> pl.DataFrame:
    """`total` is what the customer owes by the invoice; the subtotal is what is left without any tax."""
    unit, status, at = pl.col("unit"), pl.col("status"), pl.col("event_at")
    due = pl.coalesce("amount_due", "total")
    paid = pl.coalesce("amount_paid", pl.when(status == "paid").then(due).otherwise(0))
    remaining = pl.coalesce("amount_remaining", pl.when(status == "paid").then(0).otherwise(due))
    return root.select(
        "_row",
        "object_id",
        "source_sequence",
        "status",
        "number",
        "currency",
        "paid_out_of_band",
        part=pl.lit("documents"),
        effective_at=at,
        operation=operation(),
        kind=pl.lit("invoice"),
        customer_id=reading.object_id(pl.coalesce("customer", "customer_account")),
        contract_id=reading.object_id("contract"),
        issued_at=_issued_at(),
        due_at="due_date",
        paid_at=pl.coalesce("status_transitions.paid_at", pl.when(status == "paid").then(at)),
        voided_at=pl.coalesce("status_transitions.voided_at", pl.when(status == "void").then(at)),
        uncollectible_at=pl.coalesce(
            "status_transitions.marked_uncollectible_at", pl.when(status == "uncollectible").then(at)
        ),
        subtotal=major(pl.col("total") - pl.col("tax"), unit),
        tax=major(pl.col("tax"), unit),
        total=major(pl.col("total"), unit),
        amount_paid=major(paid, unit),
        amount_remaining=major(remaining, unit),
    )


def _issued_at() -> pl.Expr:
    """The date on it, which is when it was finalised unless another was chosen; before 2018, when it was made.

    Voided or written off before that date, it was in effect no longer.
    """
    over = (pl.col(f"status_transitions.{end}") for end in ("voided_at", "marked_uncollectible_at"))
    dated = pl.when(pl.col("effective_at").is_not_null()).then(pl.min_horizontal("effective_at", *over))
    finalised = pl.coalesce(dated, "status_transitions.finalized_at", "finalized_at", "date", "event_at")
    return pl.when(pl.col("status") != "draft").then(finalised)


def _document_events(root: pl.DataFrame) -> pl.DataFrame:
    return root.filter(pl.col("event_type").is_in(list(_EVENT_KINDS))).select(
        "_row",
        "object_id",
        "source_sequence",
        part=pl.lit("document_events"),
        effective_at="event_at",
        document_id="object_id",
        kind=pl.col("event_type").replace_strict(_EVENT_KINDS, default=None, return_dtype=pl.String),
    )


def _applications(reading: Reading, root: pl.DataFrame) -> pl.DataFrame:
    """Until 2025-03-31 a paid invoice named the charge, or the payment intent, that paid it; since then it is an event."""
    payment = pl.coalesce("charge", "payment_intent")
    paid = (pl.col("status") == "paid") & (pl.col("amount_paid") > 0) & payment.is_not_null()
    return root.filter(paid & ~pl.col("paid_out_of_band").fill_null(False)).select(
        "_row",
        "source_sequence",
        "currency",
        part=pl.lit("cash_applications"),
        object_id=pl.concat_str("object_id", pl.lit(":"), payment),
        effective_at=pl.coalesce("status_transitions.paid_at", "event_at"),
        cash_id=reading.object_id(payment),
        document_id="object_id",
        amount=major(pl.col("amount_paid"), pl.col("unit")),
    )


_SHAPE: Shape = {
    "status": Leaf.TEXT,
    "paid": Leaf.FLAG,
    "forgiven": Leaf.FLAG,
    "attempted": Leaf.FLAG,
    "closed": Leaf.FLAG,
    "paid_out_of_band": Leaf.FLAG,
    "number": Leaf.TEXT,
    "currency": Leaf.CURRENCY,
    "customer": Leaf.ID,
    "customer_account": Leaf.ID,
    "subscription": Leaf.ID,
    "parent": {"subscription_details": {"subscription": Leaf.ID}},
    "charge": Leaf.ID,
    "payment_intent": Leaf.ID,
    "date": Leaf.TIME,
    "due_date": Leaf.TIME,
    "effective_at": Leaf.TIME,
    "finalized_at": Leaf.TIME,
    "status_transitions": {
        "finalized_at": Leaf.TIME,
        "paid_at": Leaf.TIME,
        "voided_at": Leaf.TIME,
        "marked_uncollectible_at": Leaf.TIME,
    },
    "total": Leaf.MINOR,
    "total_excluding_tax": Leaf.MINOR,
    "tax": Leaf.MINOR,
    "shipping_cost": {"amount_tax": Leaf.MINOR, "amount_total": Leaf.MINOR},
    "amount_due": Leaf.MINOR,
    "amount_paid": Leaf.MINOR,
    "amount_remaining": Leaf.MINOR,
    "starting_balance": Leaf.MINOR,
    "ending_balance": Leaf.MINOR,
    "customer_email": Leaf.TEXT,
    "metadata": Leaf.JSON,
    "total_tax_amounts": [{"amount": Leaf.MINOR}],
    "total_taxes": [{"amount": Leaf.MINOR}],
    "lines": {"has_more": Leaf.FLAG, "data": [INVOICE_LINE]},
}

INVOICE = object_kind("invoice", _SHAPE, invoices)
