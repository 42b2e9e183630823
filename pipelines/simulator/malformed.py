"""Broken lines as real feeds have them. Each speaks of objects of its own, so nothing true is lost with it."""

from __future__ import annotations

from random import Random
from typing import Any

from pipelines.simulator.envelope import encode, envelope
from pipelines.simulator.identifiers import Identifiers
from pipelines.simulator.parameters import OLD_API

KINDS = (
    "truncated_json",
    "binary",
    "amount_is_text",
    "created_is_text",
    "missing_id",
    "unknown_currency",
    "absurd_date",
)
LAST_SECOND_OF_9999 = 253_402_300_799
FIRST_SECOND_OF_YEAR_1 = -62_135_596_800


def stray_charge(new_id: Identifiers, created: int) -> dict[str, Any]:
    """A sound event of a charge that exists nowhere else."""
    charge = {
        "id": new_id("ch"),
        "object": "charge",
        "amount": 4_200,
        "amount_captured": 4_200,
        "amount_refunded": 0,
        "captured": True,
        "created": created,
        "currency": "usd",
        "customer": new_id("cus"),
        "invoice": new_id("in"),
        "livemode": True,
        "metadata": {},
        "paid": True,
        "payment_intent": new_id("pi"),
        "refunded": False,
        "status": "succeeded",
    }
    event_id = new_id("evt")
    return envelope(event_id, created, OLD_API, "charge.succeeded", charge, request_id=f"req_{event_id[-14:]}")


def malformed_line(kind: str, random: Random, new_id: Identifiers, created: int) -> bytes:
    """One broken line of the given kind, without a line end."""
    event = stray_charge(new_id, created)
    charge = event["data"]["object"]
    if kind == "truncated_json":
        line = encode(event).encode()
        return line[: random.randrange(20, len(line) - 1)]
    if kind == "binary":
        # 0xFF begins no UTF-8 sequence; line ends would make two lines of one.
        return b"\xff\xfe" + random.randbytes(random.randint(40, 400)).replace(b"\n", b"\x00").replace(b"\r", b"\x00")
    if kind == "amount_is_text":
        charge["amount"] = "abc"
    elif kind == "created_is_text":
        event["created"] = "yesterday"
    elif kind == "missing_id":
        del event["id"]
    elif kind == "unknown_currency":
        charge["currency"] = "zzz"
    elif kind == "absurd_date":
        event["created"] = charge["created"] = random.choice((LAST_SECOND_OF_9999, FIRST_SECOND_OF_YEAR_1))
    return encode(event).encode()
