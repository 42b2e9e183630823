"""Examples on the basis `invoice`: one invoice, what becomes of it, and what its lines earn.

Inputs are told as they come: a finalised invoice, its payment, refund, dispute, void, write-off, credit note, fee, tax. How
a source counts time and rounds is told as its policies.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import polars as pl

from tests.assets.revenue_facts import Row, fact, moment
from tests.vectors.example import Adapter, Books, Example, Told, UnreadableExample, only
from tests.vectors.invoice_facts import GIVEN, invoice_facts
from tests.vectors.journal_moves import labelled, moves, total

EPOCH = "2000-01-01"

METHODS = {
    "millisecond": "straight_line_exact",
    "day": "straight_line_daily",
    "days": "straight_line_daily",
    "daily": "straight_line_daily",
    "exact days": "straight_line_daily",
    "month even": "straight_line_monthly",
    "month evenly": "straight_line_monthly",
    "even periods": "straight_line_monthly",
    "full months": "straight_line_monthly",
    "month prorated": "straight_line_monthly_prorated",
    "monthly prorata temporis": "monthly_prorata_temporis",
    "prorata temporis": "monthly_prorata_temporis",
    "months": "straight_line_30_360",
    "30/360": "straight_line_30_360",
    "360 day year": "straight_line_30_360",
    "equal": "equal_months",
    "point in time": "point_in_time",
}
"""What sources call a granularity, and what we call it."""


def policy(name: str, value: str, scope: str = "*", since: str = EPOCH) -> Row:
    """A choice of treatment, in force since before the example."""
    stated = {"name": name, "value": value, "adoption": "new_contracts", "effective_from": moment(since), "approver": "bob"}
    return fact("policies", f"test:{name}:{scope}", since, scope=scope, **stated)


def method_named(stated: Any) -> str | None:
    """Our method by a source's name of it, whatever it adds to the name: "by day", "straight-line, using exact days"."""
    name = str(stated).split("(", maxsplit=1)[0].strip().lower().replace("_", " ").replace("-", " ")
    for added in ("straight line", "by ", "using ", ","):
        name = name.replace(added, "")
    if name.strip() and name.strip() not in METHODS:
        raise UnreadableExample(f"no recognition method is known as {stated!r}")
    return METHODS.get(name.strip())


def chosen(example: Example) -> list[Row]:
    """How the source of the example counts time and where its odd cents go."""
    given, source = example.inputs, example.source
    stated = str(given.get("method", ""))
    rows = []
    if "erpnext" in source:
        method: str | None = "monthly_to_a_tenth" if stated.lower() == "months" else "straight_line_daily"
        rows.append(policy("schedule_rounding", "last_month"))
    elif "OCA" in source:
        method = method_named(stated) or "monthly_prorata_temporis"
        rows.append(policy("schedule_rounding", "first_month"))
    elif stated.lower().startswith(("month", "by month")) and "prorat" in stated.lower() and "temporis" not in stated:
        method = "straight_line_monthly_prorated"
        rows.append(policy("schedule_rounding", "last_full_month"))
    else:
        method = method_named(stated)
    if method:
        rows.append(policy("recognition_method", method))
    if given.get("catch_up") is False:
        rows.append(policy("catch_up", "off"))
    return rows


def tell(example: Example) -> Told:
    """The facts of one invoice and what became of it."""
    given = example.inputs
    only(given, *GIVEN, "method", "catch_up", "book_on")
    rows = [*chosen(example), *invoice_facts(given, paid_at_once=example.topic == "tax")]
    return Told(rows, given.get("as_of", "2040-12-31"))


def read(books: Books, example: Example) -> dict[str, Any]:
    """Account changes by month, revenue by month, entries with their day, what is recognised and deferred."""
    schedule = books["recognition_schedule"].sort("accounting_period", "service_period")
    moved = moves(books["journal"])
    revenue = moved.get("Revenue", {})
    first = schedule.get_column("accounting_period").min()
    booked = schedule.filter(pl.col("accounting_period") == first)
    held = booked.sort("service_period").get_column("deferred_after")
    found: dict[str, Any] = {
        "account_changes": labelled(moved, example.expected.get("account_changes", {})),
        "revenue": revenue,
        "deferred_at_invoice": str(held[-1]) if len(held) else "0",
        "recognized": total(moved, "Revenue"),
        "deferred": total(moved, "DeferredRevenue"),
        "days": books["obligations"].select((pl.col("service_to") - pl.col("service_from")).dt.total_days()).item()
        if books["obligations"].height == 1
        else None,
        "entries": _entries(books),
        "net_tax_refunded": str(-Decimal(moved.get("TaxLiability", {}).get("2024-02", "0"))),
        "by_line": _returned_by_line(books, example),
    }
    return found | revenue


def _entries(books: Books) -> list[list[str]]:
    """What is earned month by month, dated on the last day of the month or of the service."""
    ends = books["obligations"].select("obligation_id", last=pl.col("service_to").dt.offset_by("-1d"))
    rows = books["recognition_schedule"].join(ends, on="obligation_id").sort("service_period")
    dated = rows.select(day=pl.min_horizontal(pl.col("service_period").dt.month_end(), "last"), amount="amount")
    return [[f"{day}", f"{amount:.2f}"] for day, amount in dated.iter_rows()]


def _returned_by_line(books: Books, example: Example) -> list[dict[str, str]]:
    """What each line gave back, net; the tax beside it is the rate of the invoice."""
    returned = books["obligations"].sort("obligation_id").get_column("returned_amount").to_list()
    rate = Decimal(str(example.inputs.get("tax_rate_exclusive", "0%")).rstrip("%")) / 100
    return [{"refund": str(net * (1 + rate)), "tax": str(net * rate)} for net in returned]


def read_split(books: Books, example: Example) -> dict[str, Any]:
    """Credit notes: balances of customers stand in one account here, theirs and external ones together."""
    found = read(books, example)
    printed = example.expected.get("account_changes", {})
    balances = found["account_changes"].get("CustomerBalance", {})
    external = printed.get("ExternalCustomerBalance", {})
    if external:
        found["account_changes"] = found["account_changes"] | {
            "CustomerBalance": {m: str(Decimal(v) - Decimal(external.get(m, "0"))) for m, v in balances.items()},
            "ExternalCustomerBalance": external,
        }
    return found


TOPICS = (
    *("recognition.ratable_daily", "recognition.ratable_monthly", "recognition.granularity", "recognition.point_in_time"),
    *("close.catch_up", "refund", "void", "bad_debt", "dispute", "billing.cancellation"),
    *("fees", "exclusion", "customer_balance", "tax"),
)

ADAPTERS = (
    Adapter(TOPICS, tell, read),
    Adapter(("credit_note",), tell, read_split, tolerance={"Refunds": "0.07", "CreditNotes": "0.07"}),
)
