"""What a delivery of each system becomes: which media it may have, and the lines that are written of it.

Systems whose bodies say what they are (Stripe, Paddle, Chargebee and the like) keep their body; where topic and id stand in
headers, body and headers are kept together.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pipelines.receiver import cloud_events, lines
from pipelines.receiver.media import is_json, media_type

Headers = Mapping[str, str]


def _json(headers: Headers) -> bool:
    kind = media_type(headers)
    return not kind or is_json(kind)


def _never(headers: Headers, body: bytes) -> bool:
    return False


@dataclass(frozen=True)
class Dialect:
    """How a system delivers. `greets` tells the unsigned probe that some send when a webhook is saved."""

    accepts: Callable[[Headers], bool]
    to_lines: Callable[[Headers, bytes], list[bytes]]
    greets: Callable[[Headers, bytes], bool] = _never


def _shopify(headers: Headers, body: bytes) -> list[bytes]:
    delivery = {
        "topic": headers.get("x-shopify-topic"),
        "id": headers.get("x-shopify-webhook-id"),
        "at": headers.get("x-shopify-triggered-at"),
        "account": headers.get("x-shopify-shop-domain"),
    }
    return [lines.enveloped(delivery, body)]


def _woocommerce(headers: Headers, body: bytes) -> list[bytes]:
    # X-WC-Webhook-Delivery-ID is a hash of the webhook and the second: two orders of one second share it. It names no
    # event, so that none is given here.
    delivery = {
        "topic": headers.get("x-wc-webhook-topic"),
        "id": None,
        "at": None,
        "account": headers.get("x-wc-webhook-source"),
    }
    return [lines.enveloped(delivery, body)]


PING = re.compile(rb"webhook_id=\d{1,20}")
FORM = "application/x-www-form-urlencoded"


def _woocommerce_ping(headers: Headers, body: bytes) -> bool:
    """WooCommerce saves a webhook only if an unsigned form `webhook_id=1` is answered with 200 (`deliver_ping`)."""
    return media_type(headers) == FORM and PING.fullmatch(body) is not None


def _woocommerce_accepts(headers: Headers) -> bool:
    return _json(headers) or media_type(headers) == FORM


BARE = Dialect(_json, lambda headers, body: lines.bare(body))
DIALECTS: Mapping[str, Dialect] = {
    "shopify": Dialect(_json, _shopify),
    "woocommerce": Dialect(_woocommerce_accepts, _woocommerce, _woocommerce_ping),
    "cloudevents": Dialect(lambda headers: cloud_events.mode_of(headers) is not None, cloud_events.to_lines),
}


def dialect_of(system: str) -> Dialect:
    """How a system delivers; what is not named here sends bodies that say what they are."""
    return DIALECTS.get(system, BARE)
