"""WooCommerce: orders, refunds, customers and products of its REST API, version 3 (wc/v3).

Read are webhooks in the delivery envelope of the receiver (`{"delivery": {"topic", "id", "at", "account"}, "body": ...}`)
and bare objects as the REST API answers them, one a line. Amounts are decimal texts (`money`), dates are those in UTC.
Order, payment and delivery come with the order (`orders`), returns with the refund (`refunds`).

Not read: coupons (what they took off stands in the lines of orders), the API's versions before 3, subscriptions and other
plugins' objects. Deleted orders stay in the books. https://developer.woocommerce.com/docs/apis/rest-api/v3/
"""

from __future__ import annotations

from pipelines.systems.json_system import JsonSystem
from pipelines.systems.woocommerce.records import ENVELOPE, KINDS

WOOCOMMERCE = JsonSystem("woocommerce", KINDS, ENVELOPE)
