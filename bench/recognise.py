"""`rtr bench recognise`: facts to schedule to journal, in obligations and lines a second, beside the same rule row by row.

The facts are invoices of one line over twelve months, one in ten with a partial refund, in Delta tables; they are read,
recognised, posted and written as a refresh does it. The row-by-row way is the same definition with
Python integers, one line and one month at a time, as most billing systems do. After that, what a refresh takes when few
contracts changed (`bench.changed`), among a tenth as many and a hundredth: there everything is written to Delta tables.
"""

from __future__ import annotations

import multiprocessing
import resource
import tempfile
import time
from datetime import UTC, date, datetime
from itertools import pairwise

import polars as pl

from assets.cut import current_cut, facts_at
from assets.facts.observed import observe
from assets.ledger.desired import desired_postings
from assets.pipeline import Computation, new_journal_parts
from assets.recognition.computed import Recognised, recognise
from assets.recognition.service_months import service_months
from bench.changed import CHANGED, DAYS, seconds_of_changes, tell
from bench.machine import describe
from lakehouse.store import Lakehouse
from lakehouse.table import Table
from lakehouse.tables import gold, ops, silver

START, AS_OF = date(2024, 1, 1), date(2025, 6, 30)
MIB = 1024 * 1024
ONE_BY_ONE = 20_000
REPEATS = 3


def run(obligations: int) -> None:
    """Measure once, warm, and print."""
    with tempfile.TemporaryDirectory() as folder:
        for name, count in (("few", 1_000), ("many", obligations)):
            # In a process of its own: what it takes to make facts up is no part of the memory told.
            maker = multiprocessing.get_context("spawn").Process(target=place, args=(f"{folder}/{name}", count))
            maker.start()
            maker.join()
        run_once(Lakehouse(f"{folder}/few"))  # imports, first use of the engine
        seconds, lines, recognised = run_once(Lakehouse(f"{folder}/many"))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / MIB
    spread, months = min(_spread(recognised) for _ in range(REPEATS))
    slow = row_by_row(recognised.obligations.head(ONE_BY_ONE))
    print(f"\n{obligations:,} obligations, {lines:,} journal lines, on {describe()}\n")
    print("| step | s | obligations/s |")
    print("|---|---|---|")
    for step, took in (*seconds.items(), ("silver to journal", sum(seconds.values()))):
        print(f"| {step} | {took:.2f} | {obligations / took:,.0f} |")
    ours = months / spread
    print(f"\nschedule: {months:,} lines in {spread:.2f} s, {ours:,.0f} lines/s; row by row {slow:,.0f} lines/s,")
    print(f"which is {ours / slow:.1f} times as fast. Peak memory {peak:,.0f} MiB.", flush=True)
    del recognised
    tell_changes(obligations)


def _spread(recognised: Recognised) -> tuple[float, int]:
    """Seconds of the expansion of every obligation into its months, and how many rows the frame has."""
    began = time.perf_counter()
    earned = service_months(recognised.obligations, recognised.unwound, recognised.recovered.lines)
    return time.perf_counter() - began, earned.height


def tell_changes(contracts: int) -> None:
    """What a refresh takes after few contracts changed, among so many and among a tenth of them."""
    took = {}
    for count in (max(contracts // 10, CHANGED), max(contracts, 2 * CHANGED)):
        changes = {kind: refunds(count, kind) for kind in ("recent", "spread")}
        # Two invoices a customer, of one day.
        facts = generated(count, max(count // 2 // DAYS, 1) * DAYS)
        took[count] = seconds_of_changes(facts, count, changes, AS_OF)
    tell(took)


def run_once(lake: Lakehouse) -> tuple[dict[str, float], int, Recognised]:
    """Seconds of each step from facts to the lines in the journal, how many lines there are, and what was recognised."""
    marks = [time.perf_counter()]
    observed = observe(facts_at(lake, current_cut(lake)), AS_OF)
    marks.append(time.perf_counter())
    recognised = recognise(observed)
    marks.append(time.perf_counter())
    computation = Computation(observed, recognised, desired_postings(observed, recognised))
    parts = new_journal_parts(computation, ops.PERIOD_LOG.empty(), gold.JOURNAL.empty(), datetime.now(UTC))
    lines = lake.append_parts(gold.JOURNAL, parts).appended
    marks.append(time.perf_counter())
    took = [b - a for a, b in pairwise(marks)]
    return dict(zip(("observe", "recognise", "journal, written to Delta"), took, strict=True)), lines, recognised


def place(root: str, count: int) -> None:
    """A lakehouse with the facts of so many invoices."""
    lake, tables = Lakehouse(root), {table.name: table for table in silver.TABLES}
    for name, frame in generated(count).items():
        lake.replace(tables[name], frame)


def refunds(count: int, kind: str) -> pl.DataFrame:
    """New facts: refunds of some of so many invoices, the most `recent` ones or evenly `spread`."""
    every = pl.int_range(count)
    latest_first = every.sort_by(every % DAYS, descending=True)
    number = latest_first.head(CHANGED) if kind == "recent" else latest_first.gather_every(count // CHANGED).head(CHANGED)
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
