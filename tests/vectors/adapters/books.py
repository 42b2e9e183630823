"""Examples of the ledger: fees, exclusion, credit balances, tax, foreign currency, posting into closed books, waterfall.

Whatever is not said is told as it is usual: an invoice is finalised when its service begins, its entity keeps dollars.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import polars as pl

from tests.assets.revenue_facts import Row, after, cash, changes, fact, invoice
from tests.vectors.adapters.invoices import METHODS, end_of, policy
from tests.vectors.example import Adapter, Books, Example, Told, only

INVOICE, PAYMENT = "test:in_1", "test:ch_1"
EPOCH = "2000-01-01"


def dated(stated: Any) -> tuple[str, str | None]:
    """A day, or a day and an amount."""
    if isinstance(stated, list):
        return str(stated[0]), str(stated[1])
    return str(stated), None


def month(stated: str) -> str:
    """A day of a month that may be named without one."""
    return f"{stated}-01" if len(stated) == 7 else stated


# Fees, exclusion, credit balances


def tell_paid(example: Example) -> Told:
    """An invoice, its payment, and what else moved its money."""
    given = example.inputs
    only(
        given,
        *("amount", "service_start", "service_end_inclusive", "service_end_exclusive", "paid", "payment", "currency"),
        *("processing_fee", "excluded", "credit_balance_applied"),
    )
    settled = given.get("paid", given.get("payment"))
    day, sum_ = dated(settled) if settled else (given.get("service_start"), None)
    start = given.get("service_start")
    booked = str(start or day)
    amount = str(given.get("amount", sum_))
    rows = invoice(INVOICE, booked, [(amount, start, end_of(given) if start else None)])
    if given.get("credit_balance_applied"):
        applied = str(given["credit_balance_applied"])
        rows.append(cash("customer_balance", "test:b_1", booked, applied, document_id=INVOICE, direction="in"))
    if settled:
        rows.append(cash("payment", PAYMENT, str(day), sum_ or amount, document_id=INVOICE))
    if given.get("processing_fee"):
        rows.append(cash("fee", "test:fee_1", str(day), str(given["processing_fee"]), direction="out", payment_id=PAYMENT))
    if given.get("excluded"):
        told = {"document_id": INVOICE, "kind": "excluded", "reason": "as the source says"}
        rows.append(fact("document_events", "test:x_1", month(given["excluded"]), **told))
    return Told(rows)


def read_accounts(books: Books, example: Example) -> dict[str, Any]:
    """What each account moved by in each month, in its natural direction."""
    return {"account_changes": changes(books["journal"])}


# Tax


def tell_taxed(example: Example) -> Told:
    """A line that is fulfilled when it is invoiced and paid, with tax on top of it or within it."""
    given = example.inputs
    only(given, "amount", "tax_rate", "inclusive", "currency")
    gross_of = 1 + Decimal(str(given["tax_rate"]).rstrip("%")) / 100
    stated = Decimal(str(given["amount"]))
    net = (stated / gross_of).quantize(Decimal("0.01")) if given.get("inclusive") else stated
    total = stated if given.get("inclusive") else (stated * gross_of).quantize(Decimal("0.01"))
    rows = invoice(INVOICE, "2024-01-01", [(str(net), None, None)], total=str(total))
    return Told([*rows, cash("payment", PAYMENT, "2024-01-01", str(total), document_id=INVOICE)])


def read_first_month(books: Books, example: Example) -> dict[str, Any]:
    """Months of the source are counted: M1, M2 ..."""
    moved = changes(books["journal"])
    months = sorted({m for by_month in moved.values() for m in by_month})
    names = {m: f"M{number}" for number, m in enumerate(months, start=1)}
    return {"account_changes": {a: {names[m]: v for m, v in by.items()} for a, by in moved.items()}}


# Foreign currency

INVOICED, SETTLED, REFUNDED = "2019-01-01", "2019-02-01", "2019-03-01"


def entity(currency: str) -> Row:
    stated = {"name": "Acme", "time_zone": "UTC", "fiscal_calendar": "month", "functional_currency": currency}
    return fact("legal_entities", "default", EPOCH, **stated)


def rate(base: str, quote: str, day: str, value: str) -> Row:
    pair = {"base_currency": base, "quote_currency": quote, "day": date.fromisoformat(day), "rate": Decimal(value)}
    return fact("fx_rates", f"test:{base}{quote}:{day}", day, rate_source="source", kind="reference", **pair)


def tell_foreign(example: Example) -> Told:
    """An invoice in one currency, the books in another; sources of this kind do not restate what is open."""
    given = example.inputs
    only(
        given,
        *("invoice", "settlement", "rate_invoice", "rate_payment", "rate_refund", "paid", "refunded"),
        *("local_at_inception", "months", "invoiced"),
    )
    amount, currency = str(given["invoice"]).split()
    rows = [policy("fx_remeasurement", "none")]
    if given.get("local_at_inception"):
        local, kept = str(given["local_at_inception"]).split()
        months = int(given["months"])
        end = f"{2024 + months // 12}-{months % 12 + 1:02}-01"
        one = (Decimal(local) / Decimal(amount)).quantize(Decimal("1e-12"))
        line = (amount, "2024-01-01", end)
        rows += [
            policy("recognition_method", "straight_line_monthly"),
            entity(kept),
            rate(currency, kept, "2024-01-01", str(one)),
        ]
        return Told([*rows, *invoice(INVOICE, "2024-01-01", [line], currency=currency)])
    kept = str(given.get("settlement", "USD"))
    invoiced = str(given.get("invoiced", INVOICED))
    # Where the source names no day and the rate stands still, the invoice is paid at once; else in the month after.
    still = given["rate_invoice"] == given.get("rate_payment") and not given.get("rate_refund")
    paid = str(given.get("paid", invoiced if still else SETTLED))
    rows += [entity(kept), rate(currency, kept, invoiced, str(given["rate_invoice"]))]
    rows += invoice(INVOICE, invoiced, [(amount, None, None)], currency=currency)
    if given.get("rate_payment"):
        if paid != invoiced:
            rows.append(rate(currency, kept, paid, str(given["rate_payment"])))
        rows.append(cash("payment", PAYMENT, paid, amount, document_id=INVOICE, currency=currency))
    if given.get("rate_refund"):
        day = str(given.get("refunded", REFUNDED))
        rows.append(rate(currency, kept, day, str(given["rate_refund"])))
        rows.append(cash("refund", "test:re_1", day, amount, payment_id=PAYMENT, currency=currency))
    return Told(rows)


def read_functional(books: Books, example: Example) -> dict[str, Any]:
    """Accounts in the functional currency, and what one month releases in either."""
    journal = books["journal"]
    worth = changes(journal.with_columns(amount="functional_amount", currency=pl.lit("-")), "-")
    found: dict[str, Any] = {"account_changes": worth}
    released = journal.filter(account="Revenue").sort("accounting_period")
    if released.height:
        first = released.row(0, named=True)
        found["monthly_release"] = {
            first["currency"]: str(-first["amount"]),
            first["functional_currency"]: str(-first["functional_amount"]),
        }
    return found


# Posting into closed books


def tell_frozen(example: Example) -> Told:
    """An amount earned by a day, learned of after the books were closed up to that day."""
    given = example.inputs
    only(given, "amount_due_for", "accounts_frozen_upto")
    due = date.fromisoformat(given["amount_due_for"])
    start = due.replace(day=1)
    rows = invoice(INVOICE, start.isoformat(), [("100.00", start.isoformat(), after(due.isoformat()))])
    frozen = date.fromisoformat(given["accounts_frozen_upto"])
    return Told(rows, (frozen + timedelta(days=400)).isoformat(), (f"{frozen:%Y-%m}",))


def read_posting_date(books: Books, example: Example) -> dict[str, Any]:
    """The day on which the revenue is posted."""
    revenue = books["journal"].filter(account="Revenue")
    return {"posting_date": revenue.get_column("posted_on").max().isoformat()}


# The waterfall


def served(part: dict[str, Any]) -> tuple[str, str | None]:
    """First day and exclusive end of service; those that the printed numbers need, where the source says others."""
    if needed := part.get("days_needed_for_printed_numbers"):
        first, last = str(needed).split(" ", maxsplit=1)[0].split("..")
        return first, after(last)
    return str(part["service_start"]), end_of(part)


def tell_waterfall(example: Example) -> Told:
    """Lines as they were booked; an item that waits for its invoice is booked when it was created."""
    given = example.inputs
    only(
        given,
        *("amount", "line_total", "tax_inclusive", "finalized", "service_start", "service_end_inclusive", "as_of"),
        *("invoice_item", "invoice_line", "customer_balance_applied"),
    )
    rows: list[Row] = []
    parts = [given[name] for name in ("invoice_item", "invoice_line") if given.get(name)] or [given]
    for number, part in enumerate(parts, start=1):
        total = Decimal(str(part.get("line_total", part.get("amount"))))
        net = total - Decimal(str(part.get("tax_inclusive", "0")))
        booked = str(part.get("finalized", part.get("created")))
        line = (str(net), *served(part))
        rows += invoice(f"test:in_{number}", booked, [line], total=str(total))
    return Told(rows, given.get("as_of", "2029-12-31"))


def read_waterfall(books: Books, example: Example) -> dict[str, Any]:
    """Booked by month, recognised by month of booking and month, and what remains at the end."""
    cells = books["revenue_waterfall"].sort("booked_period", "recognised_period")
    booked: dict[str, str] = {}
    recognised: dict[str, dict[str, str]] = {}
    for row in cells.iter_rows(named=True):
        of, at = f"{row['booked_period']:%Y-%m}", f"{row['recognised_period']:%Y-%m}"
        if row["booked"]:
            booked[of] = str(row["booked"])
        recognised.setdefault(of, {})[at] = str(row["recognised"])
    last = cells.group_by("booked_period", maintain_order=True).agg(pl.col("remaining").last())
    left = last.get_column("remaining").sum()
    return {"booked": booked, "recognized": recognised, "remaining": str(left)}


# Deferrals at a period's end


def tell_deferrals(example: Example) -> Told:
    """Invoices of one day, some for service that begins after everything that is printed."""
    given = example.inputs
    only(given, "invoices", "method")
    starts = [stated[2] for stated in given["invoices"] if len(stated) > 3]
    booked = min(starts)
    later = date.fromisoformat(max(stated[3] for stated in given["invoices"] if len(stated) > 3)) + timedelta(days=1)
    rows = [policy("recognition_method", METHODS[str(given["method"]).lower()])]
    for name, amount, *service in given["invoices"]:
        first, last = service if len(service) > 1 else (later.isoformat(), later.replace(year=later.year + 1).isoformat())
        rows += invoice(f"test:{name}", booked, [(amount, first, after(last))])
    return Told(rows, later.isoformat())


def read_snapshots(books: Books, example: Example) -> dict[str, Any]:
    """Income cancelled, recognised and deferred to date at the end of each month. Deferrals are never reversed here."""
    balances = books["trial_balance"]
    cells = books["revenue_waterfall"]
    found: dict[str, Any] = {}
    for period in balances.get_column("accounting_period").unique():
        closing = dict(balances.filter(accounting_period=period).select("account", "closing").iter_rows())
        booked = cells.filter(pl.col("recognised_period") <= period).get_column("booked").sum()
        found[f"{pl.Series([period]).dt.month_end().item()}"] = {
            "income_cancelled": str(-booked),
            "income_recognised": str(-closing.get("Revenue", Decimal(0))),
            "deferred": str(-closing["DeferredRevenue"]),
        }
    return found


ADAPTERS = (
    Adapter(
        ("journal.deferral",),
        tell_deferrals,
        read_snapshots,
        not_in_gold={"reversed_on_first_of_next_month": "how Odoo books its snapshots; ours is a journal of movements"},
    ),
    Adapter(("fees", "exclusion", "customer_balance"), tell_paid, read_accounts),
    Adapter(("tax",), tell_taxed, read_first_month),
    Adapter(("fx",), tell_foreign, read_functional),
    Adapter(("close.late_posting",), tell_frozen, read_posting_date),
    Adapter(("report.waterfall",), tell_waterfall, read_waterfall),
)
