"""Examples on the basis `invoice`: one invoice, what becomes of it, and what its lines earn.

Inputs are told as they come: a finalised invoice, its payment, refund, dispute, void, write-off and credit note. How a
source counts time and rounds is told as its policies.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import polars as pl

from tests.assets.revenue_facts import Row, after, cash, changes, credit_note, fact, invoice, moment
from tests.vectors.example import Adapter, Books, Example, Told, UnreadableExample, only

INVOICE, PAYMENT, SUBSCRIPTION = "test:in_1", "test:ch_1", "test:sub_1"
EPOCH = "2000-01-01"

METHODS = {
    "millisecond": "straight_line_exact",
    "day": "straight_line_daily",
    "month_even": "straight_line_monthly",
    "month_prorated": "straight_line_monthly_prorated",
    "monthly_prorata_temporis": "monthly_prorata_temporis",
    "months": "straight_line_30_360",
    "full_months": "straight_line_monthly",
    "full months": "straight_line_monthly",
    "30/360": "straight_line_30_360",
    "point_in_time": "point_in_time",
    "days": "straight_line_daily",
}
"""What sources call a granularity, and what we call it."""

GIVEN = (
    *("amount", "currency", "lines", "service_start", "service_end_inclusive", "service_end_exclusive"),
    *("invoice_finalized", "invoice_date", "finalized", "paid", "paid_at_start", "one_time_payment", "refund"),
    *("voided", "uncollectible", "disputed", "credit_note", "invoice_paid", "method", "catch_up", "book_on", "as_of"),
    *("tax_rate", "tax_rate_exclusive", "inclusive", "refund_total", "dispute_won"),
    *("balance_owed_added_to_invoice", "uncollectible_as_stated", "uncollectible_date_matching_numbers", "cancelled"),
)


def policy(name: str, value: str, scope: str = "*", since: str = EPOCH) -> Row:
    """A choice of treatment, in force since before the example."""
    stated = {"name": name, "value": value, "adoption": "new_contracts", "effective_from": moment(since), "approver": "bob"}
    return fact("policies", f"test:{name}:{scope}", since, scope=scope, **stated)


def chosen(example: Example) -> list[Row]:
    """How the source of the example counts time and where its odd cents go."""
    given, source = example.inputs, example.source
    named = str(given.get("method", "")).split("(", maxsplit=1)[0].strip().lower()
    rows = []
    method = METHODS.get(named)
    if "erpnext" in source:
        method = {"months": "monthly_to_a_tenth"}.get(named, "straight_line_daily")
        rows.append(policy("schedule_rounding", "last_month"))
    elif "OCA" in source:
        method = {"equal": "equal_months"}.get(named, "monthly_prorata_temporis")
        rows.append(policy("schedule_rounding", "first_month"))
    elif named.startswith("month") and "prorat" in str(given["method"]).lower() and "temporis" not in named:
        method = "straight_line_monthly_prorated"
        rows.append(policy("schedule_rounding", "last_full_month"))
    elif named and method is None:
        raise UnreadableExample(f"no recognition method is known as {given['method']!r}")
    if method:
        rows.append(policy("recognition_method", method))
    if given.get("catch_up") is False:
        rows.append(policy("catch_up", "off"))
    return rows


def end_of(given: dict[str, Any]) -> str | None:
    """The exclusive end of service."""
    if given.get("service_end_exclusive"):
        return str(given["service_end_exclusive"]).rstrip("Z")
    inclusive = given.get("service_end_inclusive")
    return after(inclusive[:10]) if inclusive else None


def issued(given: dict[str, Any]) -> str:
    """When the invoice was finalised; where the source is silent, when its service begins."""
    stated = (given.get(name) for name in ("invoice_finalized", "finalized", "invoice_date"))
    fallback = given.get("service_start") or _day(given.get("paid")) or "2024-01-01"
    return next((day for day in stated if day), str(fallback))[:10]


def _day(stated: Any) -> str | None:
    day = stated[0] if isinstance(stated, list) else stated
    if isinstance(day, dict):
        day = day.get("date")
    return None if not isinstance(day, str) else f"{day}-01" if len(day) == 7 else day


def _sum(stated: Any, otherwise: str) -> str:
    return str(stated[1]) if isinstance(stated, list) and len(stated) > 1 else otherwise


def tell(example: Example) -> Told:
    """The facts of one invoice and what became of it."""
    given = example.inputs
    only(given, *GIVEN)
    start = given.get("service_start")
    lines = given.get("lines") or [{"amount": given.get("amount", given.get("one_time_payment"))}]
    printed = []
    for line in lines:
        own = line if isinstance(line, dict) else {"amount": line}
        period = own if "service_start" in own else given
        begins = period.get("service_start", start)
        printed.append((str(own["amount"]), begins and str(begins).rstrip("Z"), end_of(period) if begins else None))
    tax = Decimal(str(given.get("tax_rate", given.get("tax_rate_exclusive", "0%"))).rstrip("%")) / 100
    net = sum((Decimal(amount) for amount, _, _ in printed), Decimal(0))
    total = str((net * (1 + tax)).normalize().quantize(Decimal("0.01")))
    booked = issued(given)
    rows = [*chosen(example), *_invoice(given, booked, printed, total)]
    paid = given.get("paid", (start or booked)[:10] if given.get("paid_at_start") or given.get("refund_total") else None)
    if paid or given.get("one_time_payment"):
        day = _day(paid) or booked
        rows.append(cash("payment", PAYMENT, day[:10], _sum(paid, total), document_id=INVOICE))
    for kind, name in (("refund", "refund"), ("dispute", "disputed"), ("dispute_reversal", "dispute_won")):
        if given.get(name) and not _is_nothing(given[name]):
            day = _day(given[name]) or booked
            rows.append(cash(kind, f"test:{name}", day, _sum(given[name], total), payment_id=PAYMENT))
    if given.get("refund_total"):
        rows.append(cash("refund", "test:refund", "2024-02-01", given["refund_total"], payment_id=PAYMENT))
    rows += _credit_note(given.get("credit_note"))
    if given.get("cancelled"):
        bound = {"customer_id": "test:cus", "currency": "USD", "start_at": booked}
        rows.append(fact("contracts", SUBSCRIPTION, booked, status="active", **bound))
        rows.append(
            fact("contracts", SUBSCRIPTION, given["cancelled"], status="canceled", end_at=given["cancelled"], **bound)
        )
    if given.get("balance_owed_added_to_invoice"):
        owed = str(given["balance_owed_added_to_invoice"])
        rows.append(cash("customer_balance", "test:owed", booked, owed, document_id=INVOICE, direction="out"))
    return Told(rows, given.get("as_of", "2040-12-31"))


def _is_nothing(stated: Any) -> bool:
    return isinstance(stated, str) and stated.replace(".", "").isdigit() and Decimal(stated) == 0


def _invoice(given: dict[str, Any], booked: str, lines: list[Any], total: str) -> list[Row]:
    """The invoice as it stood when issued, and as it stood after it was voided or given up."""
    bills = {"contract_id": SUBSCRIPTION} if given.get("cancelled") else {}
    told = [*invoice(INVOICE, booked, lines, total=total, **bills)]
    voided, given_up = (
        _day(given.get("voided")),
        _day(given.get("uncollectible", given.get("uncollectible_date_matching_numbers"))),
    )
    if voided or given_up:
        status = "void" if voided else "paid" if given.get("paid") else "uncollectible"
        last = max(day for day in (voided, given_up) if day)
        ended = {"status": status, "voided_at": voided, "uncollectible_at": given_up}
        told += invoice(INVOICE, booked, lines, total=total, at=last, **ended)
    return told


def _credit_note(stated: Any) -> list[Row]:
    if not stated:
        return []
    if isinstance(stated, list):
        return [credit_note("test:cn_1", stated[0], INVOICE, stated[1])]
    refunded = stated.get("refund")
    rows = [credit_note("test:cn_1", stated["date"], INVOICE, stated["total"], amount_paid=Decimal(refunded or 0))]
    if refunded:
        rows.append(cash("refund", "test:re_1", stated["date"], refunded, payment_id=PAYMENT))
    return rows


def read(books: Books, example: Example) -> dict[str, Any]:
    """Account changes by month, revenue by month, entries with their day, what is recognised and deferred."""
    schedule = books["recognition_schedule"].sort("accounting_period", "service_period")
    moved = changes(books["journal"])
    revenue = moved.get("Revenue", {})
    first = schedule.get_column("accounting_period").min()
    booked = schedule.filter(pl.col("accounting_period") == first)
    held = booked.sort("service_period").get_column("deferred_after")
    found: dict[str, Any] = {
        "account_changes": moved,
        "revenue": revenue,
        "deferred_at_invoice": str(held[-1]) if len(held) else "0",
        "recognized": _total(moved, "Revenue"),
        "deferred": _total(moved, "DeferredRevenue"),
        "days": books["obligations"].select((pl.col("service_to") - pl.col("service_from")).dt.total_days()).item()
        if books["obligations"].height == 1
        else None,
        "entries": _entries(books),
        "net_tax_refunded": str(-Decimal(moved.get("TaxLiability", {}).get("2024-02", "0"))),
        "by_line": _returned_by_line(books, example),
    }
    return found | revenue


def _total(moved: dict[str, dict[str, str]], account: str) -> str:
    return str(sum((Decimal(v) for v in moved.get(account, {}).values()), Decimal(0)))


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


def tell_snapshots(example: Example) -> Told:
    """Invoices deferred together; one of them for a service that has not begun."""
    given = example.inputs
    only(given, "invoices", "method")
    rows = [policy("recognition_method", METHODS[str(given["method"]).lower()])]
    begins = min(start for _, _, start, *_ in given["invoices"] if start != "future")
    year = int(begins[:4]) + 1
    for name, amount, start, *end in given["invoices"]:
        period = (f"{year}-01-01", f"{year + 1}-01-01") if start == "future" else (start, after(end[0]))
        rows += invoice(f"test:{name}", begins, [(amount, *period)])
    return Told(rows, f"{year + 1}-12-31")


ADAPTERS = (
    Adapter(
        (
            *("recognition.ratable_daily", "recognition.ratable_monthly", "recognition.granularity"),
            *(
                "recognition.point_in_time",
                "close.catch_up",
                "refund",
                "void",
                "bad_debt",
                "dispute",
                "billing.cancellation",
            ),
        ),
        tell,
        read,
    ),
    Adapter(("credit_note",), tell, read_split, tolerance={"Refunds": "0.07", "CreditNotes": "0.07"}),
)
