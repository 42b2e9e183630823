"""Checkout sessions and payment intents: by which names a shop knows what was bought. They move no money themselves.

https://docs.stripe.com/api/checkout/sessions/object, https://docs.stripe.com/api/payment_intents/object
"""

from __future__ import annotations

import polars as pl

from pipelines.systems.facts import Fact
from pipelines.systems.reading import Reading
from pipelines.systems.references import metadata_references, reference
from pipelines.systems.shape import Leaf
from pipelines.systems.stripe.reading import object_kind

# What a session leads to; the most telling is what its names are given to.
RESULTS = (("invoice", "document"), ("subscription", "contract"), ("payment_intent", "cash"))


def sessions(reading: Reading) -> list[Fact]:
    """checkout.session.*: the session's id, the shop's own (`client_reference_id`), its metadata: for what came of it."""
    reading.require("", "id")
    facts: list[Fact] = []
    left = reading.root
    for leaf, kind in RESULTS:
        named = left.filter(pl.col(leaf).is_not_null()).with_columns(
            object_id=reading.object_id(leaf), effective_at="event_at"
        )
        left = left.filter(pl.col(leaf).is_null())
        facts += [
            reference(named, kind, "derives_from", "checkout_session", "id", "stripe"),
            reference(named, kind, "names", "client_reference_id", "client_reference_id"),
            *metadata_references(named, kind),
        ]
    buyers = reading.root.filter(pl.col("customer").is_not_null()).with_columns(
        object_id=reading.object_id("customer"),
        effective_at="event_at",
        buyer=pl.coalesce("customer_details.email", "customer_email"),
    )
    return [*facts, reference(buyers, "customer", "names", "email", "buyer")]


CHECKOUT_SESSION = object_kind(
    "checkout.session",
    {
        "client_reference_id": Leaf.TEXT,
        "customer": Leaf.ID,
        "customer_email": Leaf.TEXT,
        "customer_details": {"email": Leaf.TEXT},
        "invoice": Leaf.ID,
        "subscription": Leaf.ID,
        "payment_intent": Leaf.ID,
        "metadata": Leaf.JSON,
    },
    sessions,
    by_record=True,
)


def payment_intents(reading: Reading) -> list[Fact]:
    """payment_intent.*: the names that the charges of the intent go by. One without any is unmapped."""
    reading.require("", "id")
    rows = reading.root.with_columns(object_id=reading.object_id("id"), effective_at="event_at")
    return [
        reference(rows, "cash", "names", "email", "receipt_email"),
        *metadata_references(rows, "cash"),
    ]


PAYMENT_INTENT = object_kind(
    "payment_intent",
    {"receipt_email": Leaf.TEXT, "metadata": Leaf.JSON},
    payment_intents,
    by_record=True,
)
