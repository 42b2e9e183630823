"""The event files: valid, distinct, in order, in two API shapes, the same for the same seed."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipelines.simulator import SimulationResult, simulate

Events = list[dict[str, Any]]

REVENUE_TYPES = {
    "product.created",
    "price.created",
    "customer.created",
    "customer.subscription.created",
    "customer.subscription.updated",
    "customer.subscription.deleted",
    "invoice.created",
    "invoice.finalized",
    "invoice.paid",
    "invoice.payment_failed",
    "invoice.voided",
    "invoice.marked_uncollectible",
    "invoice_payment.paid",
    "charge.succeeded",
    "charge.failed",
    "charge.refunded",
    "charge.refund.updated",
    "refund.created",
    "refund.updated",
    "refund.failed",
    "charge.dispute.created",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.closed",
    "charge.dispute.funds_reinstated",
    "credit_note.created",
    "credit_note.voided",
}


def objects(events: Events, kind: str, api_year: str) -> list[dict[str, Any]]:
    return [e["data"]["object"] for e in events if e["type"] == kind and e["api_version"].startswith(api_year)]


def test_equal_parameters_give_equal_bytes(tmp_path: Path) -> None:
    first = simulate(tmp_path / "a", months=3, customers=20, seed=3, duplicates=0.1, late=0.1, shuffle=True, malformed=0.05)
    second = simulate(
        tmp_path / "b", months=3, customers=20, seed=3, duplicates=0.1, late=0.1, shuffle=True, malformed=0.05
    )
    assert [path.read_bytes() for path in first.files] == [path.read_bytes() for path in second.files]
    assert first.truth_path.read_bytes() == second.truth_path.read_bytes()


def test_another_seed_gives_another_company(tmp_path: Path) -> None:
    first = simulate(tmp_path / "a", months=2, customers=10, seed=1)
    second = simulate(tmp_path / "b", months=2, customers=10, seed=2)
    assert first.truth["currencies"] != second.truth["currencies"]


def test_a_shorter_run_leaves_no_file_of_a_longer_one(tmp_path: Path) -> None:
    simulate(tmp_path, months=4, customers=3)
    result = simulate(tmp_path, months=2, customers=3)
    assert sorted(path.name for path in (tmp_path / "events").iterdir()) == ["stripe-2025-01.jsonl", "stripe-2025-02.jsonl"]
    assert [path.name for path in result.files] == ["stripe-2025-01.jsonl", "stripe-2025-02.jsonl"]


def test_every_event_is_distinct_and_in_the_file_of_its_month(company: SimulationResult, events: Events) -> None:
    assert len({event["id"] for event in events}) == len(events) == company.truth["counts"]["events"]
    assert [event["created"] for event in events] == sorted(event["created"] for event in events)
    for path in company.files:
        first_line = path.read_bytes().splitlines()[0]
        created = next(e["created"] for e in events if e["id"].encode() in first_line)
        assert path.stem == f"stripe-{datetime.fromtimestamp(created, UTC):%Y-%m}"


def test_no_two_events_of_one_object_share_a_second(events: Events) -> None:
    seconds: dict[str, list[int]] = defaultdict(list)
    for event in events:
        seconds[event["data"]["object"]["id"]].append(event["created"])
    assert all(len(set(times)) == len(times) for times in seconds.values())


def test_the_life_of_a_company_is_complete(events: Events) -> None:
    assert {event["type"] for event in events} >= REVENUE_TYPES
    lines = [line for invoice in objects(events, "invoice.finalized", "20") for line in invoice["lines"]["data"]]
    assert any(line["amount"] < 0 for line in lines)
    assert any(line["period"]["start"] == line["period"]["end"] for line in lines)
    assert any(line["discount_amounts"] for line in lines)
    assert {event["data"]["object"].get("currency") for event in events} >= {"usd", "eur", "gbp", "jpy", "kwd"}
    statuses = {o["status"] for o in objects(events, "customer.subscription.updated", "20")}
    assert statuses >= {"active", "past_due", "unpaid", "incomplete_expired"}


def test_fields_move_at_the_cut(events: Events) -> None:
    old_sub, new_sub = (objects(events, "customer.subscription.created", year)[0] for year in ("2020", "2025"))
    assert "current_period_end" in old_sub
    assert "current_period_end" not in old_sub["items"]["data"][0]
    assert "current_period_end" not in new_sub
    assert "current_period_end" in new_sub["items"]["data"][0]
    old_invoice, new_invoice = (objects(events, "invoice.paid", year)[-1] for year in ("2020", "2025"))
    assert old_invoice["subscription"] == old_invoice["lines"]["data"][0]["subscription"]
    assert not {"subscription", "charge", "payment_intent", "tax"} & set(new_invoice)
    assert new_invoice["parent"]["subscription_details"]["subscription"]
    assert not {"price", "plan", "proration", "subscription", "tax_amounts"} & set(new_invoice["lines"]["data"][0])
    old_charge, new_charge = (objects(events, "charge.refunded", year)[0] for year in ("2020", "2025"))
    assert old_charge["invoice"]
    assert old_charge["refunds"]["data"]
    assert not {"invoice", "refunds"} & set(new_charge)


def test_totals_of_an_invoice_add_up(events: Events) -> None:
    for invoice in objects(events, "invoice.finalized", "20"):
        net = sum(line["amount"] - sum(d["amount"] for d in line["discount_amounts"]) for line in invoice["lines"]["data"])
        taxes = [tax for line in invoice["lines"]["data"] for tax in line.get("taxes", line.get("tax_amounts"))]
        on_top = sum(tax["amount"] for tax in taxes if not tax.get("inclusive", tax.get("tax_behavior") == "inclusive"))
        assert invoice["total"] == net + on_top
        # A negative balance is credit that the invoice uses up.
        applied = invoice["starting_balance"] - invoice["ending_balance"]
        assert invoice["amount_due"] == max(invoice["total"] + applied, 0)


@pytest.mark.parametrize("wrong", [{"months": 0}, {"late": 1.5}, {"malformed": -0.1}])
def test_parameters_out_of_range_are_refused(tmp_path: Path, wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"must be|is a share"):
        simulate(tmp_path, **wrong)
