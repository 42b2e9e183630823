"""Real Stripe envelopes of 2013 to 2022, published by others: each is mapped or of a type that carries no revenue."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from pipelines.systems.interface import Batch, register
from pipelines.systems.stripe.types import KIND_OF_TYPE
from tests.pipelines.systems.normalising import block, normalise, normalise_bytes, rows

# Rows by table that the 50 events of mapped types yield, counted by hand from the files.
EXPECTED = {
    "silver.customers": 3,
    "silver.products": 3,
    "silver.prices": 6,  # 3 price.*, 3 plan.*
    "silver.quotes": 4,
    "silver.contracts": 8,  # 4 subscriptions, 4 schedules
    "silver.contract_lines": 13,  # the trial has two items: 5; each schedule has two phases of an item: 8
    "silver.contract_events": 2,  # created, deleted
    "silver.documents": 10,  # 7 invoices, 3 items that wait for one
    "silver.document_lines": 8,  # created and updated are drafts: 5; 3 of the items
    "silver.document_events": 1,  # finalized
    "silver.cash_applications": 3,  # finalized (already paid), paid, payment_succeeded
    # 5 charge events, 1 refund listed in one of them, 1 refund event, 5 disputes, 2 reversals and 2 fees of them, 3 payouts
    "silver.cash": 19,
    # 2 payment intents of charges, an order id of a refund, 2 sessions with the e-mail of their buyers, 5 invoice numbers,
    # the invoice and the subscription of a quote, 4 subscriptions of schedules, 5 items that lines bill and 2 invoices
    "silver.external_references": 2 + 1 + 4 + 5 + 2 + 4 + 5 + 2,
}


def envelopes(shared: Path) -> list[bytes]:
    return (shared / "data/stripe/events_unique_ids.jsonl").read_bytes().splitlines()


def test_each_of_the_88_real_events_is_accounted_for(shared: Path) -> None:
    normalised = normalise_bytes(envelopes(shared))
    dispositions = Counter(normalised.events.get_column("disposition"))
    assert dispositions == {"mapped": 50, "unmapped": 38}
    mapped = normalised.events.filter(normalised.events.get_column("disposition") == "mapped")
    assert set(mapped.get_column("event_type")) <= set(KIND_OF_TYPE)
    assert {name: frame.height for name, frame in normalised.facts.items()} == EXPECTED


def test_the_register_holds_every_event_once(shared: Path) -> None:
    payloads = envelopes(shared)
    batch: Batch = block(payloads, "stripe")
    registered = register(batch, normalise_bytes(payloads))
    assert registered.height == 88
    assert registered.get_column("row_key").n_unique() == 88


def test_published_files_give_the_same_facts_as_lines(shared: Path) -> None:
    """The files are indented over many lines and share two ids; content hashes do not depend on either."""
    files = sorted((shared / "data/stripe/events").glob("*.json"))
    published = normalise_bytes([path.read_bytes() for path in files])
    lines = normalise_bytes(envelopes(shared))
    assert published.events.get_column("source_event_id").n_unique() == 2
    assert sorted(published.events.get_column("content_hash")) == sorted(lines.events.get_column("content_hash"))


def test_newest_published_objects_are_read(shared: Path) -> None:
    """Objects of Stripe's current API fixtures, in an envelope of our own."""
    resources = json.loads((shared / "data/stripe/objects/fixtures3.json").read_text())["resources"]
    types = {"customer": "customer.created", "product": "product.created", "price": "price.created", "plan": "plan.created"}
    types |= {"invoice": "invoice.created", "credit_note": "credit_note.created", "charge": "charge.updated"}
    types |= {"refund": "refund.created", "dispute": "charge.dispute.created"}
    events = [
        {
            "id": f"evt_{name}",
            "object": "event",
            "created": 1_750_000_000,
            "type": kind,
            "data": {"object": resources[name]},
        }
        for name, kind in types.items()
    ]
    normalised = normalise(*events)
    assert normalised.events.get_column("message").to_list() == [None] * len(events)
    (authorised,) = [cash for cash in rows(normalised, "cash") if cash["kind"] == "payment"]
    assert authorised["status"] == "pending"
