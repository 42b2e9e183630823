"""Examples of charges that wait for an invoice: a change in mid-period, billed with the next invoice and given back.

A source that prints one entry a line on the day of its event is told with that choice: each line is earned on the day on
which it enters the books, and posted by the day.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from decimal import Decimal
from typing import Any

from tests.assets.revenue_facts import Row, cash, fact, invoice
from tests.vectors.adapters.invoices import policy
from tests.vectors.example import Adapter, Books, Example, Told, only
from tests.vectors.stated import movements

INVOICE, PAYMENT, SUBSCRIPTION = "test:in_1", "test:ch_1", "test:sub_1"


def pending_item(name: str, made: str, amount: str, start: str, end: str, **more: Any) -> list[Row]:
    """A proration that waits for the next invoice of the subscription."""
    shared = {"currency": "USD", "event": f"{name}@{made}", "contract_id": SUBSCRIPTION} | more
    told = {"kind": "pending_item", "status": "draft", "customer_id": "test:cus", "issued_at": made}
    line = {"line_number": 1, "service_from": start, "service_to": end, "proration": True}
    return [
        fact("documents", name, made, **told, total=Decimal(amount), **shared),
        fact("document_lines", name, made, document_id=name, amount=Decimal(amount), **line, **shared),
    ]


def bills(line: str, item: str, at: str) -> Row:
    """The line of an invoice that bills an item."""
    named = {"relation": "names", "reference_kind": "pending_item", "reference": item}
    return fact("external_references", line, at, object_kind="document_line", **named)


def tell(example: Example) -> Told:
    """Another price from a day on: the rest of the month at the new price and less the old, then a month at the new."""
    given = example.inputs
    only(given, "old_price", "new_price", "change", "invoice_and_pay", "full_refund", "refund")
    changed, billed = date.fromisoformat(given["change"]), date.fromisoformat(given["invoice_and_pay"])
    days = monthrange(changed.year, changed.month)[1]
    left = Decimal((billed - changed).days) / days
    new, old = Decimal(given["new_price"]), Decimal(given["old_price"])
    rest, unused = f"{new * left:.2f}", f"{-old * left:.2f}"
    following = f"{billed.replace(day=1, month=billed.month % 12 + 1, year=billed.year + billed.month // 12)}"
    over, month = (f"{changed}", f"{billed}"), (f"{billed}", following)
    lines = [(rest, *over), (unused, *over), (f"{new}", *month)]
    total = f"{sum(Decimal(amount) for amount, *_ in lines):.2f}"
    return Told(
        [
            policy("recognition_method", "point_in_time"),
            policy("posting_grain", "day"),
            *pending_item("test:ii_1", f"{changed}", rest, *over),
            *pending_item("test:ii_2", f"{changed}", unused, *over),
            *invoice(INVOICE, f"{billed}", lines, contract_id=SUBSCRIPTION),
            bills(f"{INVOICE}:il_1", "test:ii_1", f"{billed}"),
            bills(f"{INVOICE}:il_2", "test:ii_2", f"{billed}"),
            cash("payment", PAYMENT, f"{billed}", total, document_id=INVOICE),
            *(
                cash("refund", "test:re_1", day, amount, payment_id=PAYMENT)
                for day, amount in movements(given.get("full_refund", given.get("refund")), f"{billed}", total)
            ),
        ]
    )


def read(books: Books, example: Example) -> dict[str, Any]:
    """Every entry by day and account; what a line gave back is shown where the source shows it for that line."""
    shown = {
        (day, line): debit
        for day, debit, credit, _, line in example.expected["journal"]
        if debit == "Revenue" and credit == "Cash"
    }
    entries = []
    for row in books["journal"].iter_rows(named=True):
        day, line = f"{row['posted_on']}", row["obligation_id"].rsplit(":", 1)[-1]
        account = shown.get((day, line), "Refunds") if row["account"] == "Refunds" else row["account"]
        entries.append([day, account, f"{row['amount']}"])
    return {"journal": entries}


ADAPTERS = (Adapter(("journal.lifecycle",), tell, read),)
