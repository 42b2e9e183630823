"""Which invoices a payment settles when nobody says so: the open ones that come to its amount, if there is one way only.

Tried in the order in which an accountant does: one invoice of the amount; two or three that sum to it; all that are open;
two payments that sum to one invoice. Invoices of the same customer, entity and currency count, issued up to `OPEN_DAYS`
before the payment or `AHEAD_DAYS` after it. Where two ways are found nothing is linked and the match is ambiguous.

This is evidence beside the books: what no source states stays unapplied cash, until somebody states it.
"""

from __future__ import annotations

import polars as pl

from assets.links.evidence import as_json
from assets.links.references import LINK

RULE = "open_invoices"
OPEN_DAYS, AHEAD_DAYS = 120, 3
MOST_OPEN = 12
"""A customer with more open invoices or payments than this has too many ways for one to mean anything."""
_BY = ("party", "legal_entity_id", "currency")


def settled_by_amount(payments: pl.DataFrame, invoices: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Links in the shape of LINK, and payments that could be of several: object_id with `candidates`.

    `payments` of which nothing is applied and `invoices` of which `open` (minor units) is still due; both with party.
    """
    cash = _few(payments.filter(pl.col("amount") > 0)).select(*_BY, "day", "amount", payment="object_id")
    due = _few(invoices.filter(pl.col("open") > 0)).select(*_BY, "day", "open", document="object_id")
    cash, due = (side.join(other, on=_BY, how="semi") for side, other in ((cash, due), (due, cash)))
    links, unclear = [_NO_WAYS], [_NO_CANDIDATES]
    for ways_of in (_one, _two, _three, _all, _two_payments):
        ways = ways_of(cash, due).with_row_index("way")
        chosen, doubtful = _only_way(ways)
        links.append(chosen)
        unclear.append(doubtful)
        spent = pl.concat([chosen.select("payment"), doubtful.select(payment="object_id")])
        cash = cash.join(spent, on="payment", how="anti")
        due = due.join(chosen, on="document", how="anti")
    return _as_links(pl.concat(links)), pl.concat(unclear).sort("object_id")


_WAY = {"payment": pl.String, "document": pl.String, "sum": pl.Int64}
_NO_WAYS = pl.DataFrame(schema=_WAY)
_NO_CANDIDATES = pl.DataFrame(schema={"object_id": pl.String, "candidates": pl.String})


def _few(side: pl.DataFrame) -> pl.DataFrame:
    return side.drop_nulls(_BY).filter(pl.len().over(_BY) <= MOST_OPEN)


def _in_time(joined: pl.DataFrame, day: str = "day_right") -> pl.DataFrame:
    late = (pl.col("day") - pl.col(day)).dt.total_days()
    return joined.filter(late.is_between(-AHEAD_DAYS, OPEN_DAYS))


def _one(cash: pl.DataFrame, due: pl.DataFrame) -> pl.DataFrame:
    found = _in_time(cash.join(due, left_on=[*_BY, "amount"], right_on=[*_BY, "open"]))
    return found.select("payment", documents=pl.concat_list("document"), payments=pl.concat_list("payment"), sum="amount")


def _sums(due: pl.DataFrame, count: int) -> pl.DataFrame:
    """Every `count` invoices of a customer: their sum, the first and the last day."""
    sums = due.select(*_BY, "day", last="day", sum="open", documents=pl.concat_list("document"), end="document")
    for _ in range(count - 1):
        more = due.select(*_BY, "open", "document", other="day")
        grown = sums.join(more, on=_BY).filter(pl.col("document") > pl.col("end"))
        sums = grown.select(
            *_BY,
            day=pl.min_horizontal("day", "other"),
            last=pl.max_horizontal("last", "other"),
            sum=pl.col("sum") + pl.col("open"),
            documents=pl.col("documents").list.concat(pl.concat_list("document")),
            end="document",
        )
    return sums


def _of_sums(cash: pl.DataFrame, sums: pl.DataFrame) -> pl.DataFrame:
    met = cash.join(sums, left_on=[*_BY, "amount"], right_on=[*_BY, "sum"])
    found = _in_time(_in_time(met), "last")
    return found.select("payment", "documents", payments=pl.concat_list("payment"), sum="amount")


def _two(cash: pl.DataFrame, due: pl.DataFrame) -> pl.DataFrame:
    return _of_sums(cash, _sums(due, 2))


def _three(cash: pl.DataFrame, due: pl.DataFrame) -> pl.DataFrame:
    return _of_sums(cash, _sums(due, 3))


def _all(cash: pl.DataFrame, due: pl.DataFrame) -> pl.DataFrame:
    """All invoices open on the day of the payment, where they are more than three."""
    met = _in_time(cash.join(due, on=_BY))
    every = met.group_by("payment", "amount").agg(documents=pl.col("document").sort(), total=pl.col("open").sum())
    fits = (pl.col("total") == pl.col("amount")) & (pl.col("documents").list.len() > 3)
    return every.filter(fits).select("payment", "documents", payments=pl.concat_list("payment"), sum="amount")


def _two_payments(cash: pl.DataFrame, due: pl.DataFrame) -> pl.DataFrame:
    other = cash.select(*_BY, second="payment", second_amount="amount", second_day="day")
    both = cash.join(other, on=_BY).filter(pl.col("second") > pl.col("payment"))
    summed = both.with_columns(sum=pl.col("amount") + pl.col("second_amount"))
    found = _in_time(summed.join(due, left_on=[*_BY, "sum"], right_on=[*_BY, "open"]))
    late = (pl.col("second_day") - pl.col("day_right")).dt.total_days()
    return found.filter(late.is_between(-AHEAD_DAYS, OPEN_DAYS)).select(
        "payment", documents=pl.concat_list("document"), payments=pl.concat_list("payment", "second"), sum="sum"
    )


def _only_way(ways: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Ways that share neither payment nor invoice with another; and payments of the others with all their candidates."""
    of_payment = ways.select("way", "payments").explode("payments")
    of_document = ways.select("way", "documents").explode("documents")
    shared = pl.concat(
        [
            of_payment.filter(pl.len().over("payments") > 1).select("way"),
            of_document.filter(pl.len().over("documents") > 1).select("way"),
        ]
    ).unique()
    clear = ways.join(shared, on="way", how="anti")
    chosen = clear.select("payments", "documents", "sum").explode("payments").explode("documents")
    doubtful = ways.join(shared, on="way", how="semi").select("documents", object_id="payments")
    spread = doubtful.explode("object_id").explode("documents")
    candidates = spread.group_by("object_id").agg(candidates=pl.col("documents").unique().sort().str.join(","))
    return chosen.select(payment="payments", document="documents", sum="sum"), candidates


def _as_links(ways: pl.DataFrame) -> pl.DataFrame:
    return ways.select(
        a="payment",
        a_kind=pl.lit("cash"),
        b="document",
        b_kind=pl.lit("document"),
        rule=pl.lit(RULE),
        confidence=pl.lit("probable"),
        evidence=as_json(sum_in_minor_units=pl.col("sum")),
    ).select(LINK)
