"""The ledger of the basis `contract`: what is billed and what is earned meet in one position a contract.

    invoice           Dr AccountsReceivable   Cr ContractLiability (net)   Cr TaxLiability
    recognition       Dr ContractLiability    Cr Revenue, by obligation; Cr DueToPrincipals for what an agent collects
    contract_position Dr ContractAsset        Cr ContractLiability: where more is earned than billed at the end of a period
                      Dr UnbilledAccountsReceivable instead, as far as it is metered: only time must pass before it is due
    financing         Dr InterestExpense      Cr ContractLiability where paid before the transfer
                      Dr ContractLiability    Cr InterestIncome where paid after it
    expected_return   Dr ContractLiability    Cr RefundLiability: what is expected to be given back
                      Dr ReturnAsset, Dr CostOfSales   Cr Inventory: the goods, those expected back apart
    financing         Dr ContractLiability    Cr RepurchaseLiability: what is to be paid for goods that are bought back
    return            Dr RefundLiability   Cr ContractLiability: what of it came back and is owed no more
    take-backs        Dr ContractLiability and TaxLiability   Cr AccountsReceivable, CustomerBalance or Cash
                      Dr BadDebt for what is given up

What an agent collects for a principal is no revenue (606-10-32-2, 55-38; IFRS 15.47, B36) and is owed once it is sold.
A contract is an asset or a liability, never both (ASC 606-10-45-1 to 45-4, IFRS 15.105 to 108; refund liabilities: 55-23,
B21). A take-back lowers what is billed; whether it lowers the price is said by the contract's lines or an estimate.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from assets.facts.calendars import Calendars
from assets.facts.observed import Observed
from assets.ledger.accounts import Account
from assets.ledger.contract_write_offs import void_after_write_off, write_off_postings
from assets.ledger.postings import BILLED, NONE, at_day, at_period_end, leg
from assets.money.products import as_integer, times, with_minor_unit
from assets.money.rounding import share
from assets.pricing.financing import interest_by_month
from assets.recognition.computed import Recognised
from assets.recognition.contract_basis import ContractBasis
from assets.recognition.take_backs import UNCOLLECTIBLE

POSITION, RETURN, GIVEN_BACK, FINANCING = "contract_position", "expected_return", "return", "financing"


def contract_postings(observed: Observed, recognised: Recognised) -> list[pl.DataFrame]:
    """Every leg of contracts on this basis; amounts debit positive, minor units."""
    basis = recognised.contract_basis
    if basis.contracts.is_empty():
        return []
    lead = basis.contracts.select("contract_id", "lead_id")
    invoices = observed.invoices.join(lead, on="contract_id").with_columns(contract_id="lead_id").drop("lead_id")
    net = observed.lines.group_by("document_id").agg(net=pl.col("amount").sum())
    billed = invoices.join(net, on="document_id", how="left").with_columns(pl.col("net").fill_null(0))
    taken = _taken(recognised.taken, billed)
    months = _stepped(_ended(basis, observed.as_of))
    calendars = observed.ledger.calendars
    taken = _with_price_of_buying_back(taken, months)
    on_bills = _interest(billed, basis, calendars, observed.as_of)
    interest = pl.concat([on_bills, _repurchase_interest(months)], how="diagonal")
    voided = void_after_write_off(taken, recognised.recovered)
    back = pl.concat([taken.filter(pl.col("kind") != UNCOLLECTIBLE), voided], how="diagonal")
    position = _position(billed, back, months, interest, basis, calendars, observed.as_of)
    return [
        *_billing(billed),
        *_take_backs(taken),
        *write_off_postings(voided, billed, recognised.recovered),
        *_recognition(months),
        *_netting(position),
        *_financing(interest),
        *_repurchases(months),
        *_returns(months, observed),
    ]


def _billing(billed: pl.DataFrame) -> list[pl.DataFrame]:
    rows = at_day(billed.with_columns(event_id="document_id"), "booked_on")
    return [
        leg(rows, Account.ACCOUNTS_RECEIVABLE, pl.col("total"), "invoice"),
        leg(rows, Account.CONTRACT_LIABILITY, -pl.col("net"), "invoice"),
        leg(rows, Account.TAX_LIABILITY, pl.col("net") - pl.col("total"), "invoice"),
    ]


def _taken(taken: pl.DataFrame, billed: pl.DataFrame) -> pl.DataFrame:
    """Take-backs of these invoices with `net`, the part of each that is no tax."""
    rows = taken.drop("total", "booked_on", strict=False).join(billed.select(*BILLED, "total", "net"), on="document_id")
    after, before = (share(pl.col("net"), pl.col(c), pl.col("whole")) for c in ("part", "part_before"))
    return rows.with_columns(net=after - before, billed="total", billed_net="net")


def _take_backs(taken: pl.DataFrame) -> list[pl.DataFrame]:
    rows = at_day(taken)
    gone, back = rows.filter(kind=UNCOLLECTIBLE), rows.filter(pl.col("kind") != UNCOLLECTIBLE)
    in_cash = pl.col("kind").is_in(["refund", "dispute"])
    beyond = pl.when(in_cash).then(pl.lit(Account.CASH.value)).otherwise(pl.lit(Account.CUSTOMER_BALANCE.value))
    tax = pl.col("reached") - pl.col("reached_before") + pl.col("bought_back") - pl.col("net")
    return [
        leg(gone, Account.BAD_DEBT, pl.col("gross")),
        leg(gone, Account.ACCOUNTS_RECEIVABLE, -pl.col("gross")),
        leg(back, Account.CONTRACT_LIABILITY, pl.col("net")),
        leg(back, Account.TAX_LIABILITY, tax),
        leg(back, Account.OTHER_LOSS, pl.col("excess")),
        leg(back, Account.ACCOUNTS_RECEIVABLE, -pl.col("receivable")),
        leg(back, beyond, pl.col("receivable") - pl.col("gross")),
    ]


def _ended(basis: ContractBasis, as_of: date) -> pl.DataFrame:
    """Periods that ended by `as_of`, with the identity of the obligation."""
    identity = basis.obligations.select(
        *("obligation_id", "legal_entity_id", "customer_id", "currency", "product_id", "line_id", "quantity"),
        contract_id="lead_id",
        event_id="line_id",
        document_id=pl.lit(NONE),
        metered="open_ended",
    )
    ended = basis.months.filter(pl.col("period_end") <= as_of)
    return ended.join(identity, on="obligation_id").with_columns(**at_period_end())


def _stepped(months: pl.DataFrame) -> pl.DataFrame:
    """`owed_now`: what an agent came to owe in the month; `to_buy_back` and `moved`: what is to be paid for goods that
    are bought back, and its interest, in the month."""

    def in_month(to_date: str) -> pl.Expr:
        return pl.col(to_date) - pl.col(to_date).shift(1).over("obligation_id").fill_null(0)

    return months.sort("obligation_id", "month").with_columns(
        owed_now=in_month("owed"), to_buy_back=in_month("bought_back"), moved=in_month("interest")
    )


def _repurchase_interest(months: pl.DataFrame) -> pl.DataFrame:
    return months.filter(pl.col("moved") != 0).select(
        *BILLED, "event_id", "moved", "posted_on", "service_period", "accounting_period"
    )


def _repurchases(months: pl.DataFrame) -> list[pl.DataFrame]:
    return [
        leg(months, Account.CONTRACT_LIABILITY, pl.col("to_buy_back"), FINANCING, "obligation_id"),
        leg(months, Account.REPURCHASE_LIABILITY, -pl.col("to_buy_back"), FINANCING, "obligation_id"),
    ]


def _with_price_of_buying_back(taken: pl.DataFrame, months: pl.DataFrame) -> pl.DataFrame:
    """What is paid beyond the invoice for goods that are bought back is the interest on it, and no loss."""
    interest = months.group_by("contract_id").agg(grown=pl.col("moved").sum().clip(0))
    joined = taken.join(interest, on="contract_id", how="left", maintain_order="left").sort("take_back")
    to_date = pl.min_horizontal(pl.col("excess").cum_sum().over("contract_id"), pl.col("grown").fill_null(0))
    ours = to_date - to_date.shift(1).over("contract_id").fill_null(0)
    return (
        joined.with_columns(ours=ours)
        .with_columns(
            excess=pl.col("excess") - pl.col("ours"), bought_back=pl.col("ours"), net=pl.col("net") + pl.col("ours")
        )
        .drop("ours", "grown")
    )


def _recognition(months: pl.DataFrame) -> list[pl.DataFrame]:
    return [
        leg(months, Account.CONTRACT_LIABILITY, pl.col("owed_now"), "recognition", "obligation_id"),
        leg(months, Account.DUE_TO_PRINCIPALS, -pl.col("owed_now"), "recognition", "obligation_id"),
        leg(months, Account.CONTRACT_LIABILITY, pl.col("revenue"), "recognition", "obligation_id"),
        leg(months, Account.REVENUE, -pl.col("revenue"), "recognition", "obligation_id"),
    ]


def _position(
    billed: pl.DataFrame,
    taken: pl.DataFrame,
    months: pl.DataFrame,
    interest: pl.DataFrame,
    basis: ContractBasis,
    calendars: Calendars,
    as_of: date,
) -> pl.DataFrame:
    """Contract asset and unbilled receivable of each contract at the end of each period, and what moved in it."""
    key = ["contract_id", "currency", "month"]
    refundable = pl.col("refundable") - pl.col("refundable").shift(1).over("obligation_id").fill_null(0)
    earned = months.sort("obligation_id", "month").with_columns(given_back=refundable)
    moved = pl.concat(
        [
            calendars.with_periods(billed, {"month": "booked_on"}).select(*key, billed="net"),
            calendars.with_periods(taken, {"month": "day"}).select(*key, billed=-pl.col("net")),
            interest.select("contract_id", "currency", month="service_period", billed="moved"),
            earned.select(
                *("contract_id", "currency", "month"),
                earned=pl.col("revenue") + pl.col("given_back") + pl.col("owed_now") + pl.col("to_buy_back"),
                metered=pl.when("metered").then(pl.col("revenue") + pl.col("owed_now")).otherwise(0),
            ),
        ],
        how="diagonal",
    )
    summed = moved.group_by(key).agg(pl.col("billed", "earned", "metered").fill_null(0).sum()).sort(key)
    running = summed.with_columns(pl.col("billed", "earned", "metered").cum_sum().over("contract_id", "currency"))
    ahead = (pl.col("earned") - pl.col("billed")).clip(0)
    split = running.with_columns(unbilled=pl.min_horizontal(ahead, pl.col("metered").clip(0))).with_columns(
        asset=ahead - pl.col("unbilled")
    )
    stepped = split.with_columns(
        pl.col(c) - pl.col(c).shift(1).over("contract_id", "currency").fill_null(0) for c in ("unbilled", "asset")
    )
    lead = basis.contracts.filter(pl.col("contract_id") == pl.col("lead_id"))
    named = stepped.join(lead.select("contract_id", "legal_entity_id", "customer_id"), on="contract_id")
    return (
        calendars.with_ends(named, "month", "period_end")
        .filter(pl.col("period_end") <= as_of)
        .with_columns(event_id="contract_id", document_id=pl.lit(NONE), **at_period_end())
    )


def _interest(billed: pl.DataFrame, basis: ContractBasis, calendars: Calendars, as_of: date) -> pl.DataFrame:
    """Interest by invoice and month, in the period in which the month ends, if that ended; an expense is positive."""
    months = interest_by_month(basis.interest).with_columns(until=pl.col("month").dt.month_end())
    rows = calendars.with_periods(months.join(billed.select(BILLED), on="document_id"), {"month": "until"})
    ended = calendars.with_ends(rows, "month", "period_end").filter(pl.col("period_end") <= as_of)
    return ended.with_columns(event_id="document_id", **at_period_end())


def _financing(interest: pl.DataFrame) -> list[pl.DataFrame]:
    return [
        leg(interest, Account.INTEREST_EXPENSE, pl.col("moved").clip(0), FINANCING),
        leg(interest, Account.INTEREST_INCOME, pl.col("moved").clip(upper_bound=0), FINANCING),
        leg(interest, Account.CONTRACT_LIABILITY, -pl.col("moved"), FINANCING),
    ]


def _netting(position: pl.DataFrame) -> list[pl.DataFrame]:
    return [
        leg(position, Account.CONTRACT_ASSET, pl.col("asset"), POSITION),
        leg(position, Account.UNBILLED_ACCOUNTS_RECEIVABLE, pl.col("unbilled"), POSITION),
        leg(position, Account.CONTRACT_LIABILITY, -(pl.col("asset") + pl.col("unbilled")), POSITION),
    ]


def _returns(months: pl.DataFrame, observed: Observed) -> list[pl.DataFrame]:
    """What is expected back: the refund, and the goods with their cost. What came back is in the inventory again."""
    with_returns = months.filter((pl.col("refundable") != 0) | (pl.col("came_back") != 0)).select("obligation_id").unique()
    rows = months.join(with_returns, on="obligation_id", how="semi").sort("obligation_id", "month")
    costs = observed.agreed.products.select(
        product_id="object_id", cost=as_integer(pl.col("unit_cost")), currency="cost_currency"
    )
    costed = with_minor_unit(rows.join(costs, on=["product_id", "currency"], how="left"))
    whole = times(pl.col("cost").fill_null(0), pl.col("quantity"))
    gone = share(whole, pl.col("performed"), pl.col("total").clip(1))
    part = gone - times(pl.col("cost").fill_null(0), pl.col("came_back"))
    sold = pl.col("to_date") + pl.col("refundable")
    kept_back = share(part, pl.col("refundable"), pl.when(sold == 0).then(1).otherwise(sold))
    valued = costed.with_columns(asset=kept_back, cost_of_sales=part - kept_back)
    stepped = valued.with_columns(
        pl.col(c) - pl.col(c).shift(1).over("obligation_id").fill_null(0)
        for c in ("refundable", "given_back", "asset", "cost_of_sales")
    )
    expected = pl.col("refundable") + pl.col("given_back")
    of = "obligation_id"
    return [
        leg(stepped, Account.CONTRACT_LIABILITY, expected, RETURN, of),
        leg(stepped, Account.REFUND_LIABILITY, -expected, RETURN, of),
        leg(stepped, Account.REFUND_LIABILITY, pl.col("given_back"), GIVEN_BACK, of),
        leg(stepped, Account.CONTRACT_LIABILITY, -pl.col("given_back"), GIVEN_BACK, of),
        leg(stepped, Account.RETURN_ASSET, pl.col("asset"), RETURN, of),
        leg(stepped, Account.COST_OF_SALES, pl.col("cost_of_sales"), RETURN, of),
        leg(stepped, Account.INVENTORY, -(pl.col("asset") + pl.col("cost_of_sales")), RETURN, of),
    ]
