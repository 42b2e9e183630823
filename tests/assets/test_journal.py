"""The journal: balanced entries, recompute and diff, identities."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np
import polars as pl

from lakehouse.digests import digests_of_text, digests_of_words, hexadecimal, mixed
from tests.assets.revenue_facts import Row, cash, changes, invoice, moment, run

EPOCH = date(1970, 1, 1)
QUARTER = ("2024-01-01", "2024-04-01")
BILLED = invoice("in_1", "2024-01-01", [("91.00", *QUARTER)], total="100.10")
PAID = cash("payment", "ch_1", "2024-01-02", "100.10", document_id="in_1")
REFUND = cash("refund", "re_1", "2024-02-01", "10.01", payment_id="ch_1")
STORY: list[Row] = [*BILLED, PAID, REFUND]


def lines(journal: pl.DataFrame, kind: str) -> list[tuple[str, str, str]]:
    rows = journal.filter(event_kind=kind).sort("account", "accounting_period")
    return [(f"{p:%Y-%m}", a, f"{m:.2f}") for p, a, m in rows.select("accounting_period", "account", "amount").iter_rows()]


def test_the_templates_of_an_invoice_that_is_paid_and_refunded() -> None:
    journal = run(STORY)["journal"]
    assert lines(journal, "invoice") == [
        ("2024-01", "AccountsReceivable", "100.10"),
        ("2024-01", "DeferredRevenue", "-91.00"),
        ("2024-01", "TaxLiability", "-9.10"),
    ]
    assert lines(journal, "payment") == [("2024-01", "AccountsReceivable", "-100.10"), ("2024-01", "Cash", "100.10")]
    # 10 % of 91: 31 of 91 days were recognised. Released (91 - 81.90) * 60/91 = 6.00, contra 3.10.
    assert lines(journal, "refund") == [
        ("2024-02", "Cash", "-10.01"),
        ("2024-02", "DeferredRevenue", "6.00"),
        ("2024-02", "Refunds", "3.10"),
        ("2024-02", "TaxLiability", "0.91"),
    ]
    revenue = [line for line in lines(journal, "recognition") if line[1] == "Revenue"]
    assert revenue == [("2024-01", "Revenue", "-31.00"), ("2024-02", "Revenue", "-26.10"), ("2024-03", "Revenue", "-27.90")]


def test_recognition_posts_for_months_that_ended_and_events_at_once() -> None:
    journal = run(STORY, "2024-02-28")["journal"]
    assert lines(journal, "recognition") == [("2024-01", "DeferredRevenue", "31.00"), ("2024-01", "Revenue", "-31.00")]
    assert len(lines(journal, "refund")) == 4
    assert len(lines(run(STORY, "2024-02-29")["journal"], "recognition")) == 4  # the month ends with its last day


def test_facts_after_as_of_do_not_count() -> None:
    journal = run(STORY, "2024-01-31")["journal"]
    assert lines(journal, "refund") == []
    assert run(STORY, "2023-12-31")["journal"].is_empty()


def test_every_entry_sums_to_zero_in_its_currency() -> None:
    sums = run(STORY)["journal"].group_by("entry_id", "currency").agg(pl.col("amount").sum(), pl.col("account").count())
    assert sums.get_column("amount").unique().to_list() == [Decimal(0)]
    assert sums.get_column("account").min() == 2


def test_a_second_run_adds_nothing() -> None:
    first = run(STORY)
    assert run(STORY, held=first["journal"])["added"].is_empty()


def test_the_same_computation_gives_the_same_lines() -> None:
    """Two refreshes at once, or one repeated after a lost reply, append nothing twice: the ids are the same."""
    one, two = (run(order)["journal"].sort("line_id") for order in (STORY, STORY[::-1]))
    assert one.equals(two)


def test_the_ids_are_those_of_every_version() -> None:
    """A journal that is held names its entries for good: these must never change."""
    journal = run(STORY)["journal"].filter(event_kind="refund").sort("line_id")
    [entry] = journal.get_column("entry_id").unique()
    words = digests_of_text(
        pl.Series(["\x1f".join(["us_gaap", "default", "in_1", "in_1", "refund", "re_1", "USD", "USD"])])
    )
    month, day = (np.array([(moment(at).date() - EPOCH).days]) for at in ("2024-02-01", "2024-02-01"))
    checksum = np.zeros(1, np.uint64)
    for position, (account, amount) in enumerate(journal.select("account", "amount").iter_rows(), start=1):
        parts = np.array([int(amount * 10_000) * 8 + position * 7], np.int64).view(np.uint64)
        checksum += mixed(parts + digests_of_text(pl.Series([account]))[0])
    place = (month << 32) | day
    assert hexadecimal(digests_of_words([*words, place, month, np.zeros(1, np.int64), checksum])).to_list() == [entry]
    assert journal.get_column("line_id").to_list() == [f"{entry}-{n}" for n in range(1, 5)]


def test_ids_are_unique_over_corrections_that_repeat_themselves() -> None:
    """A refund comes, is retracted, comes again: the third entry equals the first, and has an id of its own."""
    table, row = REFUND
    key = {
        "row_key": "test|gone|re_1",
        "source_event_id": "gone",
        "operation": "retract",
        "known_at": PAID[1]["ingested_at"],
    }
    retracted: Row = (table, row | key)
    back: Row = (table, row | key | {"row_key": "test|gone|re_2", "operation": "assert", "source_sequence": 1})
    journal = run([*BILLED, PAID])["journal"]
    for facts in (STORY, [*STORY, retracted], [*STORY, retracted, back]):
        journal = run(facts, held=journal)["journal"]
    assert changes(journal) == changes(run(STORY)["journal"])
    assert journal.get_column("line_id").n_unique() == journal.height
    refunds = journal.filter(event_kind="refund", account="Refunds").get_column("amount").to_list()
    assert refunds == [Decimal("3.10"), Decimal("-3.10"), Decimal("3.10")]


def test_a_change_to_what_was_posted_is_a_correction_and_a_new_event_is_none() -> None:
    first = run([*BILLED, PAID])
    added = run(STORY, held=first["journal"])["added"]
    flags = added.group_by("event_kind").agg(pl.col("is_correction").unique())
    assert dict(flags.iter_rows()) == {"refund": [False], "recognition": [True]}


def test_a_line_names_what_made_it() -> None:
    [line] = run(STORY)["journal"].filter(account="Refunds").to_dicts()
    assert (line["event_id"], line["document_id"], line["obligation_id"]) == ("re_1", "in_1", "in_1:il_1")
    assert (line["contract_id"], line["customer_id"]) == ("in_1", "test:cus")


def test_two_currencies_never_meet() -> None:
    yen = invoice("in_2", "2024-01-01", [("1000", *QUARTER)], currency="JPY")
    journal = run([*STORY, *yen])["journal"]
    assert changes(journal, "JPY")["Revenue"] == {"2024-01": "341.00", "2024-02": "318.00", "2024-03": "341.00"}
    assert journal.group_by("entry_id").agg(pl.col("currency").n_unique()).get_column("currency").max() == 1
