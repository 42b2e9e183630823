"""Every row of an event has a key of its own, whatever the event tells at once."""

from __future__ import annotations

import pytest

from tests.pipelines.systems import (
    chargebee_records,
    hubspot_records,
    netsuite_records,
    paddle_records,
    quickbooks_records,
    recurly_records,
    salesforce_records,
    shopify_records,
    stripe_events,
    woocommerce_records,
    xero_records,
)
from tests.pipelines.systems.normalising import Record, normalise

SOUND: dict[str, dict[str, Record]] = {
    "chargebee": chargebee_records.SOUND,
    "hubspot": hubspot_records.SOUND,
    "netsuite": netsuite_records.SOUND,
    "paddle": paddle_records.SOUND,
    "quickbooks": quickbooks_records.SOUND,
    "recurly": recurly_records.SOUND,
    "salesforce": salesforce_records.SOUND,
    "shopify": shopify_records.SOUND,
    "stripe": stripe_events.SOUND,
    "woocommerce": woocommerce_records.SOUND,
    "xero": xero_records.SOUND,
}


@pytest.mark.parametrize("source", SOUND)
def test_no_two_rows_of_an_event_share_a_key(source: str) -> None:
    for name, record in SOUND[source].items():
        for table, frame in normalise(record, source=source).facts.items():
            assert frame.get_column("row_key").is_unique().all(), (name, table)
