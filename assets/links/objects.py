"""What systems hold, in one shape for all kinds, so that one rule can compare a bill, a payment and a contract.

A draft is nothing yet, and money that did not move is none: neither can be a copy. What is in conflict is left out as well,
since which of its contents holds is in doubt; its copies stand for themselves meanwhile.
"""

from __future__ import annotations

import polars as pl

from assets.facts.admission import Admitted
from assets.facts.lines import lines_in_force
from assets.links.systems import system_of
from assets.metrics.monthly_value import with_monthly_value
from assets.money.conversion import to_minor
from lakehouse.tables import silver

OBJECT = pl.Schema(
    {
        "kind": pl.String(),
        "object_id": pl.String(),
        "system": pl.String(),
        "type": pl.String(),
        "live": pl.Boolean(),
        "legal_entity_id": pl.String(),
        "customer_id": pl.String(),
        "amount": pl.Int64(),
        "currency": pl.String(),
        "at": pl.Datetime("us", "UTC"),
        "day": pl.Date(),
        "number": pl.String(),
        "row_key": pl.String(),
    }
)
"""`type` tells invoices from credit notes and payments from refunds; `live`: not void. `amount` in minor units."""

TABLE_OF = {
    "customer": silver.CUSTOMERS,
    "product": silver.PRODUCTS,
    "opportunity": silver.OPPORTUNITIES,
    "quote": silver.QUOTES,
    "contract": silver.CONTRACTS,
    "document": silver.DOCUMENTS,
    "cash": silver.CASH,
    "ledger_entry": silver.LEDGER_ENTRIES,
}
# Where a system counts the ids of its records by family, silver says which: netsuite:transaction/1234.
_FAMILY = r"^([a-z][a-z0-9_-]*:)[A-Za-z_]+/"
NOT_AGREED = ("draft", "incomplete", "incomplete_expired")
WITHDRAWN = ("void", "declined", "lost")


def objects(admitted: Admitted) -> pl.DataFrame:
    """Everything that systems hold and that a link may name."""
    states = {kind: admitted.states(table) for kind, table in TABLE_OF.items()}
    entries = states["ledger_entry"].with_columns(object_id="entry_id")
    entries = entries.sort("row_key").unique("object_id", keep="first")
    shaped = [
        _shaped(states["customer"], "customer", customer="object_id", at="effective_at"),
        _shaped(states["product"], "product", at="effective_at"),
        _shaped(states["opportunity"], "opportunity", customer="customer_id", money="amount", at="close_date"),
        _shaped(states["quote"], "quote", customer="customer_id", money="total", at="effective_at", number="number"),
        _contracts(admitted, states["contract"]),
        _documents(states["document"]),
        _cash(states["cash"]),
        _shaped(entries, "ledger_entry", at="posted_on"),
    ]
    return pl.concat(shaped)


def short_id(name: str | pl.Expr) -> pl.Expr:
    """An object id as other systems write it, who know a record by its number and not by its family: netsuite:1234."""
    return (pl.col(name) if isinstance(name, str) else name).str.replace(_FAMILY, "${1}")


def plain_number(number: pl.Expr) -> pl.Expr:
    """A number as people compare it: #1001, 1001 and inv-1001 by their capitals and digits alone."""
    plain = number.str.to_uppercase().str.replace_all(r"[^\p{L}\p{N}]", "")
    return pl.when(plain != "").then(plain)


def _shaped(
    rows: pl.DataFrame,
    kind: str,
    *,
    at: str,
    customer: str | None = None,
    money: str | None = None,
    number: str | None = None,
    of_type: pl.Expr | None = None,
) -> pl.DataFrame:
    """Rows of one kind in the shape of OBJECT."""
    counted = to_minor(rows, money) if money else rows
    nothing = pl.lit(None, pl.String)
    standing = ~pl.col("status").is_in(WITHDRAWN) if "status" in rows.columns else pl.lit(True)
    moment = (
        pl.col(at).cast(OBJECT["at"])
        if rows.schema[at] != pl.Date
        else pl.col(at).cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
    )
    shaped = counted.select(
        "object_id",
        "legal_entity_id",
        "row_key",
        kind=pl.lit(kind),
        system=system_of(),
        type=pl.lit(kind) if of_type is None else of_type,
        live=standing,
        customer_id=pl.col(customer) if customer else nothing,
        amount=pl.col(money) if money else pl.lit(None, pl.Int64),
        currency=pl.col("currency") if money else nothing,
        at=moment,
        number=plain_number(pl.col(number)) if number else nothing,
    )
    return shaped.with_columns(day=pl.col("at").dt.date()).select(
        pl.col(name).cast(dtype) for name, dtype in OBJECT.items()
    )


def _documents(state: pl.DataFrame) -> pl.DataFrame:
    issued = state.filter(pl.col("status") != "draft").with_columns(issued_at=pl.coalesce("issued_at", "effective_at"))
    return _shaped(
        issued, "document", customer="customer_id", money="total", at="issued_at", number="number", of_type=pl.col("kind")
    )


def _cash(state: pl.DataFrame) -> pl.DataFrame:
    moved = state.filter(status="succeeded")
    return _shaped(moved, "cash", customer="customer_id", money="amount", at="effective_at", of_type=pl.col("kind"))


def _contracts(admitted: Admitted, state: pl.DataFrame) -> pl.DataFrame:
    """Contracts with what their lines come to in a month; a contract without priced lines has no amount."""
    rows = admitted.free(silver.CONTRACTS)
    agreed = state.filter(~pl.col("status").is_in(NOT_AGREED))
    first_told = rows.group_by("object_id").agg(first_told=pl.col("effective_at").min())
    dated = agreed.join(first_told, on="object_id", how="left").with_columns(start=pl.coalesce("start_at", "first_told"))
    lines = lines_in_force(rows, admitted.free(silver.CONTRACT_LINES), "contract_id")
    stated = lines.join(agreed.select(contract_id="object_id", stated="currency"), on="contract_id")
    valued = with_monthly_value(stated.with_columns(currency=pl.coalesce("currency", "stated")))
    worth = valued.group_by(object_id="contract_id").agg(
        monthly=pl.col("mrr").sum(), priced_in=pl.col("currency").unique().sort().str.join(",")
    )
    priced = dated.join(worth, on="object_id", how="left").with_columns(currency=pl.coalesce("priced_in", "currency"))
    shaped = _shaped(priced, "contract", customer="customer_id", at="start")
    money = priced.select("object_id", worth="monthly", priced="currency")
    joined = shaped.join(money, on="object_id", how="left", maintain_order="left")
    return joined.with_columns(amount="worth", currency="priced").select(list(OBJECT))
