"""Dagster assets of the links: one sale in many systems."""

# No postponed annotations here: Dagster reads the type of `config` from the function itself.
from typing import Any

import dagster as dg

from assets.config import RefreshConfig, as_of_day
from assets.gold_asset import computation_of, gold_asset, replaced
from assets.links.linked import Links
from lakehouse.store import Lakehouse
from lakehouse.tables import gold, silver

_PARTIES = (silver.CUSTOMERS, silver.PRODUCTS, silver.EXTERNAL_REFERENCES, silver.POLICIES)
_SALES = (
    *(silver.OPPORTUNITIES, silver.QUOTES, silver.CONTRACTS, silver.CONTRACT_LINES, silver.DOCUMENTS),
    *(silver.CASH, silver.CASH_APPLICATIONS, silver.LEDGER_ENTRIES, silver.JUDGEMENTS),
)


def _links(context: dg.AssetExecutionContext, config: RefreshConfig, lake: Lakehouse) -> Links:
    return computation_of(context, config, lake).observed.links


@gold_asset(gold.CUSTOMER_LINKS, group="links", deps=_PARTIES)
def customer_links(
    context: dg.AssetExecutionContext, config: RefreshConfig, lakehouse: dg.ResourceParam[Lakehouse]
) -> dg.MaterializeResult[Any]:
    """Find the customers whom several systems know."""
    rows = _links(context, config, lakehouse).customers
    return replaced(lakehouse, gold.CUSTOMER_LINKS, rows, as_of=as_of_day(context, config))


@gold_asset(gold.PRODUCT_LINKS, group="links", deps=_PARTIES)
def product_links(
    context: dg.AssetExecutionContext, config: RefreshConfig, lakehouse: dg.ResourceParam[Lakehouse]
) -> dg.MaterializeResult[Any]:
    """Find the products that several systems sell."""
    rows = _links(context, config, lakehouse).products
    return replaced(lakehouse, gold.PRODUCT_LINKS, rows, as_of=as_of_day(context, config))


@gold_asset(gold.TRANSACTION_LINKS, group="links", deps=[gold.CUSTOMER_LINKS, *_SALES])
def transaction_links(
    context: dg.AssetExecutionContext, config: RefreshConfig, lakehouse: dg.ResourceParam[Lakehouse]
) -> dg.MaterializeResult[Any]:
    """Find copies and consequences between what systems hold."""
    rows = _links(context, config, lakehouse).transactions
    return replaced(lakehouse, gold.TRANSACTION_LINKS, rows, as_of=as_of_day(context, config))


@gold_asset(gold.SALE_COPIES, group="links", deps=[gold.TRANSACTION_LINKS, silver.POLICIES])
def sale_copies(
    context: dg.AssetExecutionContext, config: RefreshConfig, lakehouse: dg.ResourceParam[Lakehouse]
) -> dg.MaterializeResult[Any]:
    """Choose the copy that counts."""
    rows = _links(context, config, lakehouse).copies
    return replaced(lakehouse, gold.SALE_COPIES, rows, as_of=as_of_day(context, config))


@gold_asset(gold.RECONCILIATION_EXCEPTIONS, group="links", deps=[gold.SALE_COPIES])
def reconciliation_exceptions(
    context: dg.AssetExecutionContext, config: RefreshConfig, lakehouse: dg.ResourceParam[Lakehouse]
) -> dg.MaterializeResult[Any]:
    """List where systems disagree."""
    rows = _links(context, config, lakehouse).exceptions
    return replaced(lakehouse, gold.RECONCILIATION_EXCEPTIONS, rows, as_of=as_of_day(context, config))
