"""How a system says things: its records, ready to be written as JSON lines. One file a vendor stands in `vendors`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from pipelines.simulator.group.model import Buyer, Copy, Payment, Refund, Sale, Subscription

Record = dict[str, Any]
Told = Iterator[tuple[date, Record]]
"""Records with the day on which they are told."""
NINE = timedelta(hours=9)


class Shape:
    """What a system can be asked to say. A system of which something is no business says nothing of it."""

    feed: str
    """Name for `rtr ingest --system`."""

    def customer(self, buyer: Buyer, day: date) -> Told:
        """Who buys."""
        yield from ()

    def bill(self, copy: Copy, sale: Sale) -> Told:
        """What a customer owes, as this system holds it."""
        yield from ()

    def payment(self, payment: Payment) -> Told:
        """Money in; the bills that it settles have been told."""
        yield from ()

    def contract(self, subscription: Subscription) -> Told:
        """What was agreed."""
        yield from ()

    def refund(self, refund: Refund, copy: Copy) -> Told:
        """What was given back of a bill."""
        yield from ()

    def deal(self, subscription: Subscription) -> Told:
        """What came before the contract."""
        yield from ()

    def usage(self, subscription: Subscription, day: date, calls: int) -> Told:
        """What was used by the end of a day."""
        yield from ()


def major(amount: int) -> str:
    """Minor units of a currency with two decimals as a decimal string."""
    return f"{Decimal(amount).scaleb(-2):f}"


def moment(day: date, after: timedelta = NINE) -> datetime:
    """A moment of a day, in UTC."""
    return datetime.combine(day, time(), UTC) + after


def others_named(copy: Copy, sale: Sale) -> list[Copy]:
    """The copies of a sale that refer to this one, where it is the one that is believed first."""
    return [other for other in sale.copies.values() if other.named] if copy is sale.counted else []
