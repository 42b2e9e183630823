"""Chargebee (API v2): events and API answers to customers, prices, contracts, documents, cash and usage.

Read are events (`{"id", "occurred_at", "event_type", "content": {...}}`), whose content holds one or several objects under
their names, answers of the API about one object (`{"invoice": {...}}`), and bare objects, told apart by `object`. A list is
not read: one element a record. Events without any of the objects below are unmapped.

* customer, item, item_price, plan (`parties`, `goods`); subscription (`subscriptions`); usage (`usage`);
* invoice and credit_note with their lines, and the credits applied (`invoices`, `credit_notes`, `lines`);
* transaction: payments, refunds, chargebacks, reversals (`transactions`).

Amounts are whole minor units by ISO 4217 (https://apidocs.chargebee.com/docs/api/currencies), or decimals where a field
says `_in_decimal`. Moments are seconds since 1970. An object's `resource_version` orders its states.

Not read: quotes, orders, gifts, coupons, unbilled charges, promotional credits (they are discounts of an invoice), advance
schedules, custom fields (`cf_...`). API v1 is another format, rejected as UNSUPPORTED_VERSION.
https://apidocs.chargebee.com/docs/api/events, https://apidocs.chargebee.com/docs/api/invoices
"""

from __future__ import annotations

from pipelines.systems.chargebee.events import ENVELOPE
from pipelines.systems.chargebee.types import KINDS
from pipelines.systems.json_system import JsonSystem

CHARGEBEE = JsonSystem("chargebee", KINDS, ENVELOPE)
