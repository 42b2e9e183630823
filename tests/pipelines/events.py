"""Native events for tests of the engine: small, valid, many."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any


def cash_event(number: int, **changes: Any) -> dict[str, Any]:
    """A payment of 10.00 USD in January 2025, as a native fact."""
    event = {
        "table": "cash",
        "source_event_id": f"e{number}",
        "object_id": f"payment-{number}",
        "effective_at": f"2025-01-{1 + number % 28:02d}T12:00:00Z",
        "direction": "in",
        "kind": "payment",
        "status": "succeeded",
        "amount": "10.00",
        "currency": "USD",
    }
    return event | changes


def write_lines(path: Path, events: Iterable[Any]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = (event if isinstance(event, bytes) else json.dumps(event).encode() for event in events)
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    return path
