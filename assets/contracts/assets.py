"""Dagster assets of contracts and their performance obligations."""

# No postponed annotations here: Dagster reads the type of `config` from the function itself.
from typing import Any

import dagster as dg

from assets.config import RefreshConfig, as_of_day
from assets.contracts.contracts import contracts as contracts_of
from assets.contracts.obligations import obligations as obligations_of
from assets.gold_asset import computation_of, gold_asset, replaced
from lakehouse.store import Lakehouse
from lakehouse.tables import gold, silver

_BILLING = (silver.DOCUMENTS, silver.DOCUMENT_LINES, silver.CASH, silver.CASH_APPLICATIONS)


@gold_asset(gold.OBLIGATIONS, group="contracts", deps=[gold.SALE_COPIES, *_BILLING, silver.POLICIES, silver.LEGAL_ENTITIES])
def obligations(
    context: dg.AssetExecutionContext, config: RefreshConfig, lakehouse: dg.ResourceParam[Lakehouse]
) -> dg.MaterializeResult[Any]:
    """Find the obligations in the lines of finalised invoices."""
    rows = obligations_of(computation_of(context, config, lakehouse).recognised)
    return replaced(
        lakehouse, gold.OBLIGATIONS, rows, "allocated_amount", "returned_amount", as_of=as_of_day(context, config)
    )


@gold_asset(gold.CONTRACTS, group="contracts", deps=[silver.CONTRACTS, gold.SALE_COPIES, gold.OBLIGATIONS])
def contracts(
    context: dg.AssetExecutionContext, config: RefreshConfig, lakehouse: dg.ResourceParam[Lakehouse]
) -> dg.MaterializeResult[Any]:
    """State every contract with its transaction price."""
    computation = computation_of(context, config, lakehouse)
    rows = contracts_of(computation.observed, computation.recognised)
    return replaced(lakehouse, gold.CONTRACTS, rows, "transaction_price", as_of=as_of_day(context, config))
