"""The envelope of a Stripe event, and the serialised events of the month being simulated."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from pipelines.simulator.identifiers import Identifiers
from pipelines.simulator.parameters import NEW_API, OLD_API

encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, check_circular=False).encode
# Types that a billing engine emits on its own: their events name no API request.
AUTOMATIC = frozenset(
    ("invoice.created", "invoice.finalized", "invoice.paid", "invoice_payment.paid", "invoice.payment_failed")
)


def envelope(
    event_id: str,
    created: int,
    api_version: str,
    kind: str,
    shape: dict[str, Any],
    *,
    previous: dict[str, Any] | None = None,
    request_id: str | None = None,
    pending_webhooks: int = 1,
) -> dict[str, Any]:
    """One event as Stripe delivers it."""
    data: dict[str, Any] = {"object": shape}
    if previous is not None:
        data["previous_attributes"] = previous
    return {
        "id": event_id,
        "object": "event",
        "api_version": api_version,
        "created": created,
        "data": data,
        "livemode": True,
        "pending_webhooks": pending_webhooks,
        "request": {"id": request_id, "idempotency_key": None if request_id is None else f"key-{request_id[4:]}"},
        "type": kind,
    }


class EventWriter:
    """Collects the events of one month as JSON lines; `take` hands them over in the order of their time."""

    def __init__(self, new_id: Identifiers, api_cut: int) -> None:
        self._new_id = new_id
        self._api_cut = api_cut
        self._lines: list[tuple[int, str, bytes]] = []
        self.by_type: Counter[str] = Counter()

    def write(self, created: int, kind: str, shape: dict[str, Any], previous: dict[str, Any] | None) -> None:
        """Serialise one event in the shape of its time."""
        event_id = self._new_id("evt")
        request_id = None if kind in AUTOMATIC else f"req_{event_id[-14:]}"
        version = NEW_API if created >= self._api_cut else OLD_API
        event = envelope(
            event_id,
            created,
            version,
            kind,
            shape,
            previous=previous,
            request_id=request_id,
            pending_webhooks=1 + len(self._lines) % 3,
        )
        self._lines.append((created, event_id, encode(event).encode()))
        self.by_type[kind] += 1

    def take(self) -> list[bytes]:
        """The events written since the last call, without line ends."""
        lines, self._lines = sorted(self._lines), []
        return [line for _, _, line in lines]
