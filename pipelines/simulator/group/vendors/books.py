"""What no record of the ERP carries, in the shape of the tables (`pipelines.systems.native`).

NetSuite's REST web services show neither what an invoice posts (a saved search does) nor a monthly price of a contract.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from pipelines.simulator.group.ids import local
from pipelines.simulator.group.model import ERP, Copy, Sale, Subscription
from pipelines.simulator.group.shape import Record, Shape, Told, major


class Books(Shape):
    """Contracts of the ERP, and what its invoices posted."""

    feed = "native"

    def __init__(self) -> None:
        self._told = 0

    def _fact(self, table: str, object_id: str, day: date, **columns: Any) -> tuple[date, Record]:
        """One line, an event of its own; empty columns are left out."""
        self._told += 1
        stated = {name: value for name, value in columns.items() if value is not None}
        line = {"table": table, "source_event_id": f"books-{self._told}", "object_id": object_id}
        return day, line | {"effective_at": f"{day}T09:00:00Z"} | stated

    def bill(self, copy: Copy, sale: Sale) -> Told:
        """What the invoice posted: receivables on one side, sales and tax on the other."""
        entry = f"{ERP}:posting-{local(copy.id)}"
        amounts = (("1200 Receivables", copy.amount), ("4000 Sales", sale.tax - copy.amount), ("2200 Tax", -sale.tax))
        stated = {"entry_id": entry, "posted_on": str(copy.day), "currency": copy.currency, "document_id": copy.id}
        for number, (account, amount) in enumerate(amounts, start=1):
            if amount:
                line = {"account": account, "amount": major(amount), "line_number": number}
                yield self._fact("ledger_entries", f"{entry}-{number}", copy.day, **line, **stated)

    def contract(self, subscription: Subscription) -> Told:
        """The contract that the ERP bills from."""
        name, start, buyer = subscription.ids[ERP], subscription.starts[ERP], subscription.buyer
        stated = {"status": "active", "currency": buyer.currency, "start_at": f"{start}T09:00:00Z"}
        yield self._fact("contracts", name, start, customer_id=buyer.id_in(ERP), **stated)
        line = {"contract_id": name, "quantity": "1", "unit_price": major(subscription.price), "currency": buyer.currency}
        terms = {"billing_interval": "month", "billing_interval_count": 1, "usage_type": "licensed"}
        yield self._fact("contract_lines", f"{name}-1", start, **line, **terms)
