"""Whoever reads only the event files arrives at the truth: a small reader that knows nothing of the simulator.

It follows the accounting specification by its journal (elapsed days, releases and contras by take-back), where the truth
counts days still to serve and takes differences of balances.
"""

from __future__ import annotations

import json
from calendar import monthrange
from collections import defaultdict
from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from pipelines.simulator import SimulationResult

Object = dict[str, Any]
Amounts = dict[tuple[str, str], int]
TOO_LATE = 4_000_000_000


def day(moment: int) -> date:
    return datetime.fromtimestamp(moment, UTC).date()


def month(moment: int) -> str:
    return f"{day(moment):%Y-%m}"


def read_events(files: tuple[Path, ...]) -> list[Object]:
    """Sound events, once each, in the order of their own time."""
    events: dict[str, Object] = {}
    for line in (line for path in files for line in path.read_bytes().split(b"\n")):
        try:
            event = json.loads(line)
            shape = event["data"]["object"]
            sound = 0 < event["created"] < TOO_LATE and shape.get("currency") != "zzz" and shape.get("amount") != "abc"
        except (ValueError, TypeError):
            continue
        if sound and "id" in event:
            events[event["id"]] = event
    return sorted(events.values(), key=lambda event: (event["created"], event["id"]))


def latest_objects(events: list[Object]) -> tuple[dict[str, dict[str, Object]], dict[str, str]]:
    """The last state of every object by kind, and which invoice a charge or payment intent settles."""
    latest: dict[str, dict[str, Object]] = defaultdict(dict)
    settles: dict[str, str] = {}
    for event in events:
        shape = event["data"]["object"]
        latest[shape["object"]][shape["id"]] = shape
        if shape["object"] == "charge":
            latest["refund"] |= {refund["id"]: refund for refund in shape.get("refunds", {}).get("data", [])}
            if shape.get("invoice"):
                settles[shape["id"]] = shape["invoice"]
        elif shape["object"] == "invoice_payment":
            settles[shape["payment"]["payment_intent"]] = shape["invoice"]
    return latest, settles


def net(line: Object) -> int:
    taxes = line["taxes"] if "taxes" in line else line["tax_amounts"]
    inside = sum(tax["amount"] for tax in taxes if tax.get("inclusive", tax.get("tax_behavior") == "inclusive"))
    return int(line["amount"] - sum(discount["amount"] for discount in line["discount_amounts"]) - inside)


def take_backs(
    invoice: Object, latest: dict[str, dict[str, Object]], charges: list[Object]
) -> list[tuple[int, str, int, bool]]:
    own = {charge["id"] for charge in charges}
    refunds = {r["id"]: r for r in latest["refund"].values() if r["charge"] in own}
    found = [(r["created"], r["id"], r["amount"], False) for r in refunds.values() if r["status"] == "succeeded"]
    for dispute in latest["dispute"].values():
        if dispute["charge"] in own and not dispute["status"].startswith("warning_"):
            found.append((dispute["created"], dispute["id"], dispute["amount"], False))
    notes = [n for n in latest["credit_note"].values() if n["invoice"] == invoice["id"] and n["status"] == "issued"]
    for note in notes:
        in_cash = sum(part["amount_refunded"] for part in note.get("refunds", []))
        if note.get("refund"):
            in_cash = refunds[note["refund"]]["amount"]
        found.append((note["created"], note["id"], note["total"] - in_cash, False))
    for name, bad_debt in (("voided_at", False), ("marked_uncollectible_at", True)):
        moment = invoice["status_transitions"][name]
        if moment is not None:
            paid = sum(charge["amount"] for charge in charges if charge["created"] < moment)
            credited = sum(note["total"] for note in notes if note["created"] < moment)
            found.append((moment, invoice["id"], invoice["total"] - paid - credited, bad_debt))
    return sorted(found)


def post_invoice(
    invoice: Object,
    taken: list[tuple[int, str, int, bool]],
    charges: list[Object],
    ends: dict[str, date],
    items: dict[str, Object],
) -> Amounts:
    """Net revenue of the invoice by (currency, month), from the journal of each line. A proration that was told as a
    pending item (`items`) is earned from the day on which it was made."""
    posted: Amounts = defaultdict(int)
    currency, total = invoice["currency"].upper(), invoice["total"]
    booked = day(invoice["status_transitions"]["finalized_at"])
    upto = 0
    for line in invoice["lines"]["data"]:
        amount, before, upto = net(line), upto, upto + net(line)
        first, last = day(line["period"]["start"]), day(line["period"]["end"])
        length = max((last - first).days, 0)
        since = min(booked, day(items[item_of(line)]["date"])) if item_of(line) in items else booked

        def rest(left: int, elapsed: int, length: int = length) -> int:
            """Still deferred after that many days: nothing for a point in time."""
            return round(Fraction(left * (length - min(max(elapsed, 0), length)), length)) if length else 0

        gross, share, released = 0, 0, []
        for moment, _, part, bad_debt in taken:
            when = max(day(moment), booked)
            gross_after = min(gross + part, total)
            share_after = round(Fraction(gross_after * upto, total)) - round(Fraction(gross_after * before, total))
            elapsed = (when - first).days
            release = rest(amount - share, elapsed) - rest(amount - share_after, elapsed)
            contra = share_after - share - release
            released.append((when, release, share_after))
            posted[currency, f"{when:%Y-%m}"] -= contra
            for charge in charges:
                if bad_debt and charge["created"] > moment:
                    posted[currency, month(charge["created"])] += contra
            gross, share = gross_after, share_after
        earned = 0
        for name, end in ends.items():
            if end >= since:
                to_date = next((taken_share for when, _, taken_share in reversed(released) if when <= end), 0)
                gross_revenue = amount - sum(release for when, release, _ in released if when <= end)
                gross_revenue -= rest(amount - to_date, (end - first).days + 1)
                posted[currency, name] += gross_revenue - earned
                earned = gross_revenue
    return posted


def item_of(line: Object) -> str | None:
    """The invoice item that a line bills."""
    parent = line.get("parent") or {}
    details = parent.get("invoice_item_details") or parent.get("subscription_item_details") or {}
    found: str | None = line.get("invoice_item") or details.get("invoice_item")
    return found


def never_billed(item: Object, ends: dict[str, date]) -> Amounts:
    """What a proration earned that no invoice has billed."""
    first, last = (day(item["period"][name]) for name in ("start", "end"))
    posted: Amounts = defaultdict(int)
    earned = 0
    for name, end in ends.items():
        if end >= day(item["date"]):
            length = (last - first).days
            left = length - min((end - first).days + 1, length)
            to_date = item["amount"] - (round(Fraction(item["amount"] * left, length)) if length else 0)
            posted[item["currency"].upper(), name] += to_date - earned
            earned = to_date
    return posted


def recognised(events: list[Object], ends: dict[str, date]) -> Amounts:
    latest, settles = latest_objects(events)
    payments: dict[str, list[Object]] = defaultdict(list)
    for charge in latest["charge"].values():
        invoice_id = settles.get(charge["id"]) or settles.get(charge["payment_intent"])
        if charge["status"] == "succeeded" and invoice_id:
            payments[invoice_id].append(charge)
    result: Amounts = defaultdict(int)
    items = {name: item for name, item in latest["invoiceitem"].items() if item["proration"]}
    final = [i for i in latest["invoice"].values() if i["status_transitions"]["finalized_at"] is not None]
    billed = {item_of(line) for invoice in final for line in invoice["lines"]["data"]}
    for invoice in final:
        charges = payments[invoice["id"]]
        taken = take_backs(invoice, latest, charges)
        for key, amount in post_invoice(invoice, taken, charges, ends, items).items():
            result[key] += amount
    for name, item in items.items():
        if name not in billed:
            for key, amount in never_billed(item, ends).items():
                result[key] += amount
    return result


def closing_mrr(events: list[Object], ends: dict[str, date]) -> Amounts:
    result: Amounts = defaultdict(int)
    for name, end in ends.items():
        state = {
            event["data"]["object"]["id"]: event["data"]["object"]
            for event in events
            if event["data"]["object"]["object"] == "subscription" and day(event["created"]) <= end
        }
        for subscription in state.values():
            if subscription["status"] not in ("active", "past_due") or subscription["ended_at"] is not None:
                continue
            for item in subscription["items"]["data"]:
                recurring = item["price"]["recurring"]
                if recurring["usage_type"] == "licensed":
                    months = {"month": 1, "year": 12}[recurring["interval"]]
                    value = round(Fraction(item["quantity"] * item["price"]["unit_amount"], months))
                    result[item["price"]["currency"].upper(), name] += value
    return result


def truth_in_minor_units(result: SimulationResult, name: str) -> Amounts:
    return {
        (currency, month): int(amounts[name].replace(".", ""))
        for currency, months in result.truth["currencies"].items()
        for month, amounts in months.items()
    }


@pytest.mark.parametrize("delivery", ["company", "disorderly"])
def test_events_tell_the_truth(delivery: str, request: pytest.FixtureRequest) -> None:
    result: SimulationResult = request.getfixturevalue(delivery)
    events = read_events(result.files)
    months = [tuple(int(part) for part in name.split("-")) for name in result.truth["months"]]
    ends = {f"{y:04d}-{m:02d}": date(y, m, monthrange(y, m)[1]) for y, m in months}
    read = recognised(events, ends)
    assert {key: read[key] for key in truth_in_minor_units(result, "recognised")} == truth_in_minor_units(
        result, "recognised"
    )
    mrr = closing_mrr(events, ends)
    assert {key: mrr[key] for key in truth_in_minor_units(result, "mrr")} == truth_in_minor_units(result, "mrr")
