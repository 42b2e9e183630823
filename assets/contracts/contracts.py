"""gold.contracts: subscriptions as they stand, and a contract for each invoice that belongs to none.

A contract of which only invoices are known, because the invoice belongs to no subscription, or the subscription has not
arrived or is in conflict, is `invoiced`: its invoices say what is known of it.
"""

from __future__ import annotations

import polars as pl

from assets.contracts.basis import CONTRACT, INVOICE
from assets.contracts.obligations import with_returned
from assets.facts.entities import with_accounting_days
from assets.facts.observed import Observed
from assets.facts.state import latest
from assets.money.conversion import to_major
from assets.recognition.computed import Recognised
from lakehouse.tables import gold

INVOICED = "invoiced"
_NEVER = pl.lit(None, pl.Datetime("us", "UTC"))
_OF_BILL = ("contract_id", "document_id", "legal_entity_id", "customer_id", "currency", "issued_at", "row_key")
_COLUMNS = ("contract_id", "legal_entity_id", "customer_id", "currency", "status", "start_at", "end_at", "source_row_key")


def contracts(observed: Observed, recognised: Recognised) -> pl.DataFrame:
    """gold.contracts; the transaction price is what its obligations were allocated, less what was returned of them."""
    billed = pl.concat([rows.select(_OF_BILL) for rows in (observed.invoices, observed.pending_items.items)])
    by_invoice = (
        billed.sort("issued_at", "document_id")
        .group_by("contract_id", maintain_order=True)
        .first()
        .with_columns(
            status=pl.lit(INVOICED),
            start_at="issued_at",
            end_at=_NEVER,
            source_row_key="row_key",
        )
    )
    agreed = _agreed(observed)
    currency = by_invoice.select("contract_id", billed_in="currency")
    stated = agreed.join(currency, on="contract_id", how="left").with_columns(currency=pl.coalesce("currency", "billed_in"))
    only_billed = by_invoice.join(agreed, on="contract_id", how="anti")
    every = pl.concat([stated.select(_COLUMNS), only_billed.select(_COLUMNS)])
    basis = recognised.contract_basis
    invoiced = with_returned(recognised).select("contract_id", "currency", price=pl.col("amount") - pl.col("returned"))
    promised = basis.obligations.select("currency", contract_id="lead_id", price="allocated")
    net = (
        pl.concat([invoiced, promised.select(invoiced.columns)])
        .group_by("contract_id", "currency")
        .agg(transaction_price=pl.col("price").sum())
    )
    on_contract = pl.col("contract_id").is_in(basis.contracts.get_column("contract_id").implode())
    priced = every.join(net, on=["contract_id", "currency"], how="left").with_columns(
        pl.col("transaction_price").fill_null(0),
        basis=pl.when(on_contract).then(pl.lit(CONTRACT)).otherwise(pl.lit(INVOICE)),
    )
    return gold.CONTRACTS.conform(to_major(priced, "transaction_price"))


def _agreed(observed: Observed) -> pl.DataFrame:
    """Contracts that a source told of, in the state that holds at the end of as_of."""
    days = with_accounting_days(observed.contracts, observed.zones, {"day": "effective_at"})
    state = latest(days.filter(pl.col("day") <= observed.as_of))
    return state.rename({"object_id": "contract_id", "row_key": "source_row_key"})
