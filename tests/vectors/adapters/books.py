"""Examples of the ledger: foreign currency, posting into closed books, the waterfall, deferrals at a period's end.

Whatever is not said is told as it is usual: an invoice is finalised when its service begins, its entity keeps dollars.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import polars as pl

from tests.assets.revenue_facts import Row, after, cash, fact, invoice
from tests.vectors.adapters.invoices import method_named, policy
from tests.vectors.example import Adapter, Books, Example, Told, only
from tests.vectors.invoice_facts import GIVEN, SERVICE, invoice_facts, served
from tests.vectors.journal_moves import moves

INVOICE, PAYMENT = "test:in_1", "test:ch_1"
EPOCH = "2000-01-01"


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
        *("local_at_inception", "months", "invoiced", "rate_dispute", "disputed", *SERVICE),
    )
    amount, currency = str(given["invoice"]).split()
    rows = [policy("fx_remeasurement", "none")]
    if given.get("local_at_inception"):
        local, kept = str(given["local_at_inception"]).split()
        months = int(given["months"])
        end = pl.Series([date(2024, 1, 1)]).dt.offset_by(f"{months}mo").item().isoformat()
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
    later = given.get("rate_refund") or given.get("rate_dispute")
    still = given["rate_invoice"] == given.get("rate_payment") and not later
    paid = str(given.get("paid", invoiced if still else SETTLED))
    rows += [entity(kept), rate(currency, kept, invoiced, str(given["rate_invoice"]))]
    rows += invoice(INVOICE, invoiced, [(amount, *served(given))], currency=currency)
    if given.get("rate_payment"):
        if paid != invoiced:
            rows.append(rate(currency, kept, paid, str(given["rate_payment"])))
        rows.append(cash("payment", PAYMENT, paid, amount, document_id=INVOICE, currency=currency))
    for kind, done in (("refund", "refunded"), ("dispute", "disputed")):
        if value := given.get(f"rate_{kind}"):
            day = str(given.get(done, REFUNDED))
            rows.append(rate(currency, kept, day, str(value)))
            rows.append(cash(kind, f"test:{kind}", day, amount, payment_id=PAYMENT, currency=currency))
    return Told(rows)


def read_functional(books: Books, example: Example) -> dict[str, Any]:
    """Accounts in the functional currency, and what one month releases in either."""
    journal = books["journal"]
    found: dict[str, Any] = {"account_changes": moves(journal, "functional_amount")}
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
    months = pl.date_range(min(start, frozen.replace(day=1)), frozen, "1mo", eager=True)
    return Told(rows, (max(due, frozen) + timedelta(days=400)).isoformat(), tuple(f"{m:%Y-%m}" for m in months))


def read_posting_date(books: Books, example: Example) -> dict[str, Any]:
    """The day on which the revenue is posted."""
    revenue = books["journal"].filter(account="Revenue")
    return {"posting_date": revenue.get_column("posted_on").max().isoformat()}


# The waterfall


def tell_waterfall(example: Example) -> Told:
    """Invoices as they were booked; an item that waits for its invoice is booked when it was created."""
    given = example.inputs
    named = ("invoice_item", "invoice_line", "invoices")
    only(given, *GIVEN, *named)
    several = [part for name in named for part in _parts(given.get(name))] or [given]
    rows: list[Row] = []
    for number, part in enumerate(several, start=1):
        only(part, *GIVEN)
        rows += invoice_facts(part, f"test:in_{number}")
    return Told(rows, given.get("as_of", "2029-12-31"))


def _parts(stated: Any) -> list[dict[str, Any]]:
    return stated if isinstance(stated, list) else [stated] if stated else []


def read_waterfall(books: Books, example: Example) -> dict[str, Any]:
    """Booked by month, recognised by month of booking and month, and what remains at the end.

    What is taken back is booked, negative, in its own month (a source's table has no other place for it).
    """
    cells = books["revenue_waterfall"].sort("booked_period", "recognised_period")
    booked: dict[str, Decimal] = {}
    recognised: dict[str, dict[str, Decimal]] = {}
    for row in cells.iter_rows(named=True):
        of, at = f"{row['booked_period']:%Y-%m}", f"{row['recognised_period']:%Y-%m}"
        if row["booked"]:
            booked[of] = booked.get(of, Decimal(0)) + row["booked"]
        if back := row["taken_back"] + row["released"]:
            booked[at] = booked.get(at, Decimal(0)) + back
            own = recognised.setdefault(at, {})
            own[at] = own.get(at, Decimal(0)) + row["taken_back"]
        own = recognised.setdefault(of, {})
        own[at] = own.get(at, Decimal(0)) + row["recognised"]
    last = cells.group_by("booked_period", maintain_order=True).agg(pl.col("remaining").last())
    return {"booked": booked, "recognized": recognised, "remaining": str(last.get_column("remaining").sum())}


# Deferrals at a period's end


def tell_deferrals(example: Example) -> Told:
    """Invoices of one day, some for service that begins after everything that is printed."""
    given = example.inputs
    only(given, "invoices", "method")
    starts = [stated[2] for stated in given["invoices"] if len(stated) > 3]
    booked = min(starts)
    later = date.fromisoformat(max(stated[3] for stated in given["invoices"] if len(stated) > 3)) + timedelta(days=1)
    rows = [policy("recognition_method", str(method_named(given["method"])))]
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
    Adapter(("fx",), tell_foreign, read_functional),
    Adapter(("close.late_posting",), tell_frozen, read_posting_date),
    Adapter(("report.waterfall",), tell_waterfall, read_waterfall),
)
