"""Recurly (API v3): resources to customers, prices, contracts, documents and cash.

Read are resources as the API returns them, told apart by `object`: account, plan, subscription, invoice (charge, credit and
legacy) with its lines, transactions and credit payments, transaction, credit_payment. A list is not read: one resource a
record. JSON webhooks name the resource and carry nothing of it, so they are unmapped: fetch what they name and ingest that
(https://docs.recurly.com/recurly-subscriptions/docs/webhook-payloads-json-vs-xml).

Amounts are decimals in major units; moments are ISO 8601. A resource holds from its last update, and is known by what it
says, so that the same resource fetched twice is a repeat.

Not read: add-ons and items of the catalogue, usage records (they do not say whose they are), pending line items, coupons,
gift cards before they are redeemed, external subscriptions, custom fields. https://recurly.com/developers/api/v2021-02-25
"""

from __future__ import annotations

from pipelines.systems.json_system import JsonSystem
from pipelines.systems.recurly.events import ENVELOPE
from pipelines.systems.recurly.types import KINDS

RECURLY = JsonSystem("recurly", KINDS, ENVELOPE)
