"""Kinds of Paddle entities that carry revenue facts, where each may stand, and what else is told apart."""

from __future__ import annotations

from pipelines.systems.paddle.adjustments import ADJUSTMENT
from pipelines.systems.paddle.goods import PRICE, PRODUCT
from pipelines.systems.paddle.parties import BUSINESS, CUSTOMER
from pipelines.systems.paddle.payouts import PAYOUT
from pipelines.systems.paddle.subscriptions import SUBSCRIPTION
from pipelines.systems.paddle.transactions import TRANSACTION
from pipelines.systems.reading import Kind

SEPARATOR = "@"

ENTITIES: tuple[tuple[str, Kind], ...] = (
    ("ctm", CUSTOMER),
    ("biz", BUSINESS),
    ("pro", PRODUCT),
    ("pri", PRICE),
    ("sub", SUBSCRIPTION),
    ("txn", TRANSACTION),
    ("adj", ADJUSTMENT),
    ("pay", PAYOUT),
)

# By the prefix of an id: https://developer.paddle.com/api-reference/about/paddle-ids
ENTITY_OF_PREFIX = {prefix: kind.name for prefix, kind in ENTITIES}

# In a notification or an answer an entity stands under `data`, in an export it is the record.
KINDS: dict[str, Kind] = {
    f"{kind.name}{SEPARATOR}{place}": kind.at(place) for place in ("data", "") for _, kind in ENTITIES
}

# Types of events and actions of adjustments that move nothing. A reversed credit shows as the status of the credit itself.
NO_FACTS = ("credit_reverse", "chargeback_warning_reverse")
