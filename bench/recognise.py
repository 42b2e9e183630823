"""`rtr bench recognise`: facts to schedule to journal, in obligations and lines a second, beside the same rule row by row.

The facts are invoices of one line over twelve months, one in ten with a partial refund, in memory as silver frames. The
row-by-row way is the same definition with Python integers, one line and one month at a time, as most billing systems do.
After that, what a refresh takes when few contracts changed (`bench.changed`), among a tenth as many and a hundredth:
there everything is written to Delta tables, which takes longer than the rules.
"""

from __future__ import annotations

import resource
import time
from datetime import UTC, date, datetime
from itertools import pairwise

import polars as pl

from assets.facts.observed import observe
from assets.ledger.desired import desired_postings
from assets.ledger.journal import journal_additions
from assets.ledger.periods import first_open_periods
from assets.recognition.computed import recognise
from assets.recognition.service_months import service_months
from bench.changed import CHANGED, DAYS, seconds_of_changes, tell
from bench.machine import describe
from lakehouse.table import Table
from lakehouse.tables import gold, ops, silver

START, AS_OF = date(2024, 1, 1), date(2025, 6, 30)
MIB = 1024 * 1024
ONE_BY_ONE = 20_000


def run(obligations: int) -> None:
    """Measure once, warm, and print."""
    facts = generated(obligations)
    run_once(generated(1_000))  # imports, first use of the engine
    seconds, lines = run_once(facts)
    observed = observe(facts, AS_OF)
    recognised = recognise(observed)
    began = time.perf_counter()
    earned = service_months(recognised.obligations, recognised.unwound, recognised.recovered.lines)
    spread = time.perf_counter() - began
    slow = row_by_row(recognised.obligations.head(ONE_BY_ONE))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / MIB
    total = sum(seconds.values())
    print(f"\n{obligations:,} obligations, {lines:,} journal lines, on {describe()}\n")
    print("| step | s | obligations/s |")
    print("|---|---|---|")
    for step, took in (*seconds.items(), ("silver to journal", total)):
        print(f"| {step} | {took:.2f} | {obligations / took:,.0f} |")
    ours = earned.height / spread
    print(f"\nschedule: {earned.height:,} lines in {spread:.2f} s, {ours:,.0f} lines/s; row by row {slow:,.0f} lines/s,")
    print(f"which is {ours / slow:.1f} times as fast. Peak memory {peak:,.0f} MiB.")
    del facts, observed, recognised, earned
    tell_changes(obligations // 10)


def tell_changes(contracts: int) -> None:
    """What a refresh takes after few contracts changed, among so many and among a tenth of them."""
    took = {}
    for count in (max(contracts // 10, CHANGED), max(contracts, 2 * CHANGED)):
        changes = {kind: refunds(count, kind) for kind in ("recent", "spread")}
        # Two invoices a customer, of one day.
        facts = generated(count, max(count // 2 // DAYS, 1) * DAYS)
        took[count] = seconds_of_changes(facts, count, changes, AS_OF)
    tell(took)


def run_once(facts: dict[str, pl.DataFrame]) -> tuple[dict[str, float], int]:
    """Seconds of each step from facts to the lines of the journal, and how many lines there are."""
    marks = [time.perf_counter()]
    observed = observe(facts, AS_OF)
    marks.append(time.perf_counter())
    recognised = recognise(observed)
    marks.append(time.perf_counter())
    desired = desired_postings(observed, recognised)
    marks.append(time.perf_counter())
    opened = first_open_periods(ops.PERIOD_LOG.empty())
    added = journal_additions(desired.postings, gold.JOURNAL.empty(), opened, datetime.now(UTC))
    marks.append(time.perf_counter())
    steps = ("observe", "recognise", "postings", "journal")
    return dict(zip(steps, (b - a for a, b in pairwise(marks)), strict=True)), added.height


def refunds(count: int, kind: str) -> pl.DataFrame:
    """New facts: refunds of some of so many invoices, the most `recent` ones or evenly `spread`."""
    every = pl.int_range(count)
    latest = every.sort_by(every % DAYS, descending=True).head(CHANGED)
    number = latest if kind == "recent" else pl.int_range(CHANGED) * (count // CHANGED) + 1
    base = pl.select(number=number).with_columns(
        name=pl.concat_str(pl.lit("bench:"), "number"),
        day=pl.lit(date(2025, 6, 1)),
        at=pl.lit(datetime(2025, 6, 1, tzinfo=UTC)),
    )
    return _facts(
        silver.CASH,
        base,
        part=kind,
        kind=pl.lit("refund"),
        amount=pl.lit("1.00").cast(pl.Decimal(20, 4)),
        payment_id=pl.concat_str("name", pl.lit(":p")),
        status=pl.lit("succeeded"),
        direction=pl.lit("out"),
    )


def generated(count: int, customers: int = 50_000) -> dict[str, pl.DataFrame]:
    """Invoices of one line over twelve months with their payments, and refunds of one in ten."""
    number = pl.int_range(count)
    day = pl.lit(START).dt.offset_by("1d").cast(pl.Date) + pl.duration(days=number % 360)
    base = pl.select(number=number, day=day).with_columns(
        at=pl.col("day").cast(pl.Datetime("us")).dt.replace_time_zone("UTC"),
        amount=(pl.col("number") % 90_000 + 1_001).cast(pl.Decimal(20, 4)) / 100,
        name=pl.concat_str(pl.lit("bench:"), pl.col("number")),
    )
    refunded = base.filter(pl.col("number") % 10 == 0)
    return {
        "documents": _facts(
            silver.DOCUMENTS,
            base,
            kind=pl.lit("invoice"),
            status=pl.lit("paid"),
            issued_at="at",
            total="amount",
            customer_id=pl.concat_str(pl.lit("bench:c"), pl.col("number") % customers),
        ),
        "document_lines": _facts(
            silver.DOCUMENT_LINES,
            base,
            part="l",
            document_id="name",
            line_number=pl.lit(1),
            amount="amount",
            service_from="at",
            service_to=pl.col("at").dt.offset_by("1y"),
        ),
        "cash": pl.concat(
            [
                _facts(silver.CASH, base, part="p", kind=pl.lit("payment"), amount="amount", document_id="name", **_PAID),
                _facts(
                    silver.CASH,
                    refunded.with_columns(at=pl.col("at").dt.offset_by("100d")),
                    part="r",
                    kind=pl.lit("refund"),
                    amount=(pl.col("amount") / 4).round(2),
                    payment_id=pl.concat_str("name", pl.lit(":p")),
                    status=pl.lit("succeeded"),
                    direction=pl.lit("out"),
                ),
            ]
        ),
    }


_PAID = {"status": pl.lit("succeeded"), "direction": pl.lit("in")}


def _facts(table: Table, base: pl.DataFrame, *, part: str = "", **columns: pl.Expr | str) -> pl.DataFrame:
    """Rows of a silver table, one for each row of `base`."""
    suffix = f":{part}" if part else ""
    key = pl.concat_str("name", pl.lit(suffix))
    common = {
        "row_key": pl.concat_str(pl.lit("bench|"), key, pl.lit(f"|{table.name}")),
        "source": pl.lit("bench"),
        "source_event_id": key,
        "channel": pl.lit("file"),
        "legal_entity_id": pl.lit("default"),
        "object_id": key,
        "effective_at": pl.col("at"),
        "known_at": pl.col("at"),
        "ingested_at": pl.col("at"),
        "operation": pl.lit("assert"),
        "content_hash": pl.lit("0"),
        "event_month": pl.col("day").dt.month_start(),
        "currency": pl.lit("USD"),
    }
    return table.conform(base.select(**(common | columns)))


def row_by_row(obligations: pl.DataFrame) -> float:
    """Lines a second of the same schedule, one obligation and one month at a time."""
    rows = obligations.select("amount", "service_from", "service_to").rows()
    began, made = time.perf_counter(), 0
    for amount, start, end in rows:
        days, left, month = (end - start).days, amount, start.replace(day=1)
        while month < end:
            following = date(month.year + month.month // 12, month.month % 12 + 1, 1)
            to_come = max((end - following).days, 0)
            deferred = round(amount * to_come / days)
            left, made, month = deferred, made + (left != deferred), following
    return made / (time.perf_counter() - began)
