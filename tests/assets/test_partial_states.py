"""Changes and whole states put together: the same state in whatever order they arrive."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from assets.facts.state import ORDER, latest, merged, whole_states
from tests.assets.revenue_facts import Row, fact, frames, run

COLUMNS = ("stage", "status", "amount", "owner")
Fields = dict[str, Any]


def deal(at: str, changed: str | None = None, **columns: Any) -> Row:
    return fact("opportunities", "test:deal", at, changed_columns=changed, **columns)


def state(*rows: Row) -> list[Fields]:
    return merged(frames(rows)["opportunities"]).select(*COLUMNS).to_dicts()


MADE = deal("2024-01-01", stage="Prospecting", status="open", amount=Decimal(500), owner="ann")


def test_a_change_leaves_alone_what_it_does_not_name() -> None:
    won = deal("2024-02-01", "stage,status", stage="Closed Won", status="won")
    assert state(MADE, won) == [{"stage": "Closed Won", "status": "won", "amount": Decimal(500), "owner": "ann"}]


def test_a_change_may_empty_a_column() -> None:
    assert state(MADE, deal("2024-02-01", "amount"))[0]["amount"] is None


def test_a_later_whole_state_may_empty_a_column_too() -> None:
    assert state(MADE, deal("2024-02-01", stage="Prospecting", status="open"))[0]["owner"] is None


def test_changes_of_different_columns_cross() -> None:
    """A change that was made earlier and comes later still counts for the columns that nothing later speaks of."""
    later = deal("2024-03-01", "stage", stage="Proposal", event="b")
    earlier = deal("2024-02-01", "stage,owner", stage="Qualified", owner="bob", event="a")
    assert state(MADE, later, earlier)[0] == {"stage": "Proposal", "status": "open", "amount": Decimal(500), "owner": "bob"}


def test_a_retracted_object_has_no_state_and_begins_anew() -> None:
    gone = deal("2024-02-01", operation="retract")
    back = deal("2024-03-01", stage="Proposal", status="open")
    change = deal("2024-04-01", "owner", owner="cy")
    assert state(MADE, gone) == []
    assert state(MADE, gone, back, change) == [{"stage": "Proposal", "status": "open", "amount": None, "owner": "cy"}]


def test_an_object_of_which_only_changes_are_known_waits() -> None:
    change = deal("2024-02-01", "owner", owner="bob")
    assert state(change) == []
    (told,) = whole_states(frames([change])["opportunities"]).to_dicts()
    assert (told["owner"], told["changed_columns"]) == ("bob", "owner")


def test_every_row_becomes_the_state_it_leaves_behind() -> None:
    rows = frames([deal("2024-02-01", "stage", stage="Proposal"), MADE])["opportunities"]
    history = whole_states(rows).sort("effective_at")
    assert history.get_column("stage").to_list() == ["Prospecting", "Proposal"]
    assert history.get_column("owner").to_list() == ["ann", "ann"]


def test_whole_states_alone_stay_as_they_are() -> None:
    rows = frames([MADE, deal("2024-02-01", stage="Proposal", status="open")])["opportunities"]
    assert whole_states(rows).equals(rows)
    assert merged(rows).equals(latest(rows))


def test_a_contract_of_which_only_a_change_is_known_waits() -> None:
    change = fact("contracts", "test:sub", "2024-02-01", changed_columns="status", status="active")
    (pending,) = run([change])["pending_facts"].to_dicts()
    assert (pending["table_name"], pending["waits_for"], pending["reason"]) == ("contracts", "test:sub", "missing")


def test_a_change_of_a_contract_counts_in_mrr_as_the_whole_state_would() -> None:
    line = fact(
        "contract_lines",
        "test:line",
        "2024-01-01",
        contract_id="test:sub",
        quantity=Decimal(1),
        unit_price=Decimal(30),
        currency="USD",
        billing_interval="month",
        billing_interval_count=1,
        usage_type="licensed",
    )
    whole = {"status": "active", "currency": "USD", "start_at": "2024-01-01", "customer_id": "test:cus"}
    contract = fact("contracts", "test:sub", "2024-01-01", **whole)
    told = fact("contracts", "test:sub", "2024-02-10", **(whole | {"status": "canceled", "end_at": "2024-02-10"}))
    change = fact(
        "contracts", "test:sub", "2024-02-10", changed_columns="end_at,status", status="canceled", end_at="2024-02-10"
    )
    by_whole, by_change = (run([contract, line, end], "2024-04-30")["mrr_movements"] for end in (told, change))
    assert by_whole.height > 0
    assert by_change.equals(by_whole)


# Few moments and few values, so that ties, repeats and crossings are frequent.
_telling = st.fixed_dictionaries(
    {
        "object_id": st.sampled_from(["test:a", "test:b"]),
        "at": st.integers(1, 4),
        "source_sequence": st.none() | st.integers(1, 2),
        "operation": st.sampled_from(["assert", "assert", "assert", "retract"]),
        "changed": st.none() | st.sets(st.sampled_from(COLUMNS), min_size=1),
        "values": st.tuples(*(st.none() | st.sampled_from("xyz") for _ in COLUMNS)),
    }
)


def rows_of(tellings: list[Fields]) -> pl.DataFrame:
    rows = []
    for number, told in enumerate(tellings):
        changed = None if told["operation"] == "retract" else told["changed"]
        values = {c: v for c, v in zip(COLUMNS, told["values"], strict=True) if changed is None or c in changed}
        rows.append(
            fact(
                "opportunities",
                told["object_id"],
                f"2024-01-0{told['at']}",
                event=f"e{number}",
                source_sequence=told["source_sequence"],
                operation=told["operation"],
                changed_columns=",".join(sorted(changed)) if changed else None,
                **(values | {"amount": None if values.get("amount") is None else Decimal("xyz".index(values["amount"]))}),
            )
        )
    return frames(rows)["opportunities"]


def replayed(rows: pl.DataFrame) -> dict[str, Fields]:
    """The states by applying one row after another, an object at a time."""
    states: dict[str, Fields | None] = {}
    for row in rows.sort(ORDER, nulls_last=False).to_dicts():
        before = states.get(row["object_id"])
        if row["operation"] == "retract":
            states[row["object_id"]] = None
        elif row["changed_columns"] is None:
            states[row["object_id"]] = {column: row[column] for column in COLUMNS}
        elif before is not None:
            states[row["object_id"]] = before | {column: row[column] for column in row["changed_columns"].split(",")}
    return {object_id: found for object_id, found in states.items() if found is not None}


@given(st.lists(_telling, min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_the_state_is_that_of_a_replay_in_order_whatever_the_order_of_arrival(tellings: list[Fields], rng: Any) -> None:
    rows = rows_of(tellings)
    places = list(range(rows.height))
    rng.shuffle(places)
    found = merged(rows[places])
    assert {row["object_id"]: {c: row[c] for c in COLUMNS} for row in found.to_dicts()} == replayed(rows)
