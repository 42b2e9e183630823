"""Paddle Billing: notifications and entities to customers, prices, contracts, documents and cash.

Read are, as notifications (`{"event_id", "event_type", "occurred_at", "data"}`), as bare entities and as answers of the API
about one entity (`{"data": {...}, "meta": ...}`); what a bare entity is, its id says (`txn_...`). A list is not read: one
entity a record. Amounts are texts of whole minor units by ISO 4217 (https://developer.paddle.com/api-reference/currencies).

* transaction: the invoice with its lines, each try to pay it, and what Paddle kept of it (`transactions`, `receipts`);
* adjustment: credit notes, refunds and chargebacks (`adjustments`);
* subscription: the contract (`subscriptions`); customer, business, product, price (`parties`, `goods`); payout (`payouts`).

Paddle is the merchant of record (https://www.paddle.com/legal/terms): it collects the tax and remits it. A document states
what the buyer owes, tax included, and the tax that Paddle kept is cash of kind `tax_remitted`, so that
payment - tax_remitted - fee = `earnings`, what Paddle owes us.

Not read: addresses, discounts, saved payment methods, reports, simulations (unmapped); `unit_price_overrides` of a price;
previews and anything else without an id (rejected). Paddle Classic (`alert_name`) is another product with another format,
rejected as UNSUPPORTED_VERSION. https://developer.paddle.com/webhooks/overview
"""

from __future__ import annotations

from pipelines.systems.json_system import JsonSystem
from pipelines.systems.paddle.events import ENVELOPE
from pipelines.systems.paddle.types import KINDS

PADDLE = JsonSystem("paddle", KINDS, ENVELOPE)
