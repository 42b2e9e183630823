"""Shopify: orders, refunds, transactions, fulfilments, payouts, disputes and what goes with them.

Read are webhooks in the delivery envelope of the receiver (`{"delivery": {"topic", "id", "at", "account"}, "body": ...}`),
REST answers under their name (`{"order": {...}}`) and bare objects, one a line. API versions are told apart by the presence
of fields, never by number. Order money is in the currency that the customer was charged (`money`), one return is taken
back once (`refunds`), gift cards are a liability (`orders`, `gift_cards`).

Not read: abandoned checkouts, carts, fulfilment orders and returns that were only requested (nothing is owed or delivered
by them), app charges, cash rounding, summaries of payouts and what Shopify's GraphQL API answers in its own shapes.
https://shopify.dev/docs/api/admin-rest, https://shopify.dev/docs/api/webhooks
"""

from __future__ import annotations

from pipelines.systems.json_system import JsonSystem
from pipelines.systems.shopify.records import ENVELOPE
from pipelines.systems.shopify.types import KINDS

SHOPIFY = JsonSystem("shopify", KINDS, ENVELOPE)
