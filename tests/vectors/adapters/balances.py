"""Examples of contract balances and of what remains to be performed.

Years are printed as 20X7: which decade it is does not matter.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import polars as pl

from assets.ledger.accounts import Account
from tests.assets.revenue_facts import Row, cash, moment
from tests.vectors.contract_books import PREFIX
from tests.vectors.contract_facts import BASIS, billed, contract, estimate, line, number, performed
from tests.vectors.example import Adapter, Books, Example, Told, only

DECADE = ("X", "1")
# The ends of the months in which promises that are named by letters are performed.
DAYS = ("2021-03-31", "2021-06-30", "2021-09-30", "2021-12-31")
BALANCES = (Account.CASH, Account.ACCOUNTS_RECEIVABLE, Account.CONTRACT_ASSET, Account.CONTRACT_LIABILITY, Account.REVENUE)


def day_of(stated: str) -> str:
    return stated.replace(*DECADE)


def tell_rights(example: Example) -> Told:
    """A price that is due on a day, in a contract that may be cancelled or not; or due once all promises are performed."""
    given = example.inputs
    if "payment_due_only_after" in given:
        return _due_after(given)
    only(given, "consideration", "due", "paid", "transfer", "cancellable")
    due, paid, transfer = (day_of(str(given[name])) for name in ("due", "paid", "transfer"))
    firm = {"unconditional_at": moment(transfer)} if given["cancellable"] else {}
    # What is paid before it is due is asked for when it is paid.
    asked = min(due, paid)
    (table, head), *lines = billed(given["consideration"], asked)
    # Money that comes before an invoice is one is told with it: what is paid is no longer conditional.
    invoice = (table, head | firm | {"paid_at": moment(paid)})
    rows = [BASIS, contract(asked), line("good", given["consideration"], asked, promise_kind="good"), invoice, *lines]
    rows += [
        performed("all", "good", transfer, quantity=1),
        cash("payment", "test:ch_1", paid, str(given["consideration"]), document_id="test:in_1"),
    ]
    return Told(rows, max(due, paid, transfer))


def _promises(given: dict[str, Any]) -> dict[str, str]:
    """The day of each promise, in the order in which they are listed."""
    names = [name.removesuffix("_ssp") for name in given if name.endswith("_ssp")]
    return dict(zip(names, DAYS, strict=False))


def _due_after(given: dict[str, Any]) -> Told:
    days = _promises(given)
    only(given, "total", "payment_due_only_after", *(f"{name}_ssp" for name in days))
    last = max(days.values())
    rows: list[Row] = [BASIS, contract()]
    for name, day in days.items():
        ssp = given[f"{name}_ssp"]
        rows += [line(name, ssp, ssp=ssp, promise_kind="good"), performed(name, name, day, quantity=1)]
    return Told([*rows, *billed(given["total"], last)], last)


def read_journal(books: Books, example: Example) -> dict[str, Any]:
    """Lines of the journal by day, account and amount; a debit is positive."""
    labels = {day: f"on {name}" for name, day in _promises(example.inputs).items()}
    stated = [str(entry[0]) for entry in example.expected["journal"]]
    labels |= {day_of(day): day for day in stated if "X" in day}
    rows = books["journal"].filter(pl.col("account").is_in(list(BALANCES)))
    lines = rows.select("posted_on", "account", "amount").iter_rows()
    return {"journal": [[labels.get(str(day), str(day)), account, str(amount)] for day, account, amount in lines]}


def tell_remaining(example: Example) -> Told:
    """Services of so many months for a fee a month, some with an amount that is estimated; a company for each contract."""
    given = example.inputs
    stated = [name for name in given if name.startswith("contract_")]
    only(given, "as_of", *stated)
    as_of = date.fromisoformat(day_of(given["as_of"]))
    rows: list[Row] = [BASIS]
    for name in stated:
        told = given[name]
        terms = ("fee_per_month", "fee_per_year", "total_price", "months", "years", "remaining_months", "remaining_years")
        only(told, *terms, "start", "variable_estimate", "method")
        months, fee, fees = _months_and_fees(told)
        start = date.fromisoformat(day_of(told["start"])) if "start" in told else as_of + timedelta(days=1)
        end = pl.Series([start]).dt.offset_by(f"{months}mo").item()
        known, of = min(start, as_of).isoformat(), {"legal_entity_id": name}
        span = {"service_from": start.isoformat(), "service_to": end.isoformat(), "promise_kind": "service"}
        method = {"recognition_method": "straight_line_monthly"}
        rows.append(contract(known, f"{PREFIX}{name}", **of))
        rows.append(line(name, fee, known, of=f"{PREFIX}{name}", quantity=fees, **span, **method, **of))
        if "variable_estimate" in told:
            value = number(told["variable_estimate"])
            rows.append(estimate(name, name, "variable_consideration", value, known, money=True, **of))
    return Told(rows, as_of.isoformat())


def _months_and_fees(told: dict[str, Any]) -> tuple[int, Any, int]:
    """How many months a service lasts, and the fee of how many of its periods."""
    years = told.get("years", told.get("remaining_years"))
    months = int(told.get("months", told.get("remaining_months", 12 * int(years or 0))))
    if "total_price" in told:
        return months, told["total_price"], 1
    return (
        (months, told["fee_per_month"], months) if "fee_per_month" in told else (months, told["fee_per_year"], months // 12)
    )


def read_remaining(books: Books, example: Example) -> dict[str, Any]:
    """What remains by contract and year, and by bands of months."""
    found: dict[str, Any] = {}
    for row in books["remaining_obligations"].iter_rows(named=True):
        of = found.setdefault(row["legal_entity_id"], {"total": Decimal(0)})
        year = f"{row['year']}"
        for label in (year, f"{year[:2]}X{year[3:]}"):
            of[label] = of.get(label, Decimal(0)) + row["amount"]
        of["total"] += row["amount"]
        of[row["band"]] = of.get(row["band"], Decimal(0)) + row["amount"]
    return found


ADAPTERS = (
    Adapter(("contract_balances",), tell_rights, read_journal),
    Adapter(("rpo",), tell_remaining, read_remaining),
)
