"""A small company for tests of the wiring: three gold assets in a row, from the documents that were let through."""

from decimal import Decimal

import dagster as dg
import polars as pl

from dagster_project.definitions import build
from dagster_project.policy import asset_key
from expectations.judged import JudgedLakehouse
from lakehouse.tables import gold, quarantine, silver
from tests.expectations import books

CHAIN = ("gold.obligations", "gold.contracts", "gold.pending_facts")


class RefreshConfig(dg.Config):
    """What the assets of gold are given."""

    as_of: str = "2025-01-01"


def company(*, off_by: str = "0") -> dg.Definitions:
    """Obligations, then contracts, then pending facts; `off_by` plants a defect in the price of the contracts."""

    @dg.asset(key=asset_key(gold.OBLIGATIONS), deps=[asset_key(silver.DOCUMENTS)])
    def obligations(config: RefreshConfig, lakehouse: dg.ResourceParam[JudgedLakehouse]) -> dg.MaterializeResult:
        rejected = lakehouse.scan(quarantine.REJECTED).filter(stage="gate").select("row_key")
        sound = lakehouse.scan(silver.DOCUMENTS).join(rejected, on="row_key", how="anti").collect()
        wanted = sound.select(document_id="object_id").unique()
        lakehouse.replace(gold.OBLIGATIONS, books.obligations().join(wanted, on="document_id", how="semi"))
        return dg.MaterializeResult(metadata={"as_of": config.as_of, "documents": sound.height})

    @dg.asset(key=asset_key(gold.CONTRACTS), deps=[asset_key(gold.OBLIGATIONS)])
    def contracts(lakehouse: dg.ResourceParam[JudgedLakehouse]) -> dg.MaterializeResult:
        promised = lakehouse.scan(gold.OBLIGATIONS).select(pl.col("allocated_amount") - pl.col("returned_amount"))
        price = promised.sum().collect().item() + Decimal(off_by)
        rows = books.contracts().with_columns(transaction_price=pl.lit(price))
        lakehouse.replace(gold.CONTRACTS, rows)
        return dg.MaterializeResult()

    @dg.asset(key=asset_key(gold.PENDING_FACTS), deps=[asset_key(gold.CONTRACTS)])
    def pending_facts(lakehouse: dg.ResourceParam[JudgedLakehouse]) -> dg.MaterializeResult:
        lakehouse.replace(gold.PENDING_FACTS, gold.PENDING_FACTS.empty())
        return dg.MaterializeResult()

    return build([obligations, contracts, pending_facts])
