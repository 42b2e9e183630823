"""gold.obligations: what each obligation was allocated, what was taken back of it, and the policy that applies."""

from __future__ import annotations

import polars as pl

from assets.money.conversion import to_major
from assets.recognition.computed import Recognised
from assets.recognition.contract_basis import ContractBasis
from lakehouse.tables import gold

NO_DOCUMENT = "-"
_AMOUNTS = ("allocated_amount", "returned_amount", "unscheduled_amount")


def with_returned(recognised: Recognised) -> pl.DataFrame:
    """Obligations with `returned`: shares of take-backs, less bad debt that was paid after all. Minor units."""
    taken = recognised.unwound.group_by("obligation_id").agg(taken=pl.col("share").sum())
    back = recognised.recovered.lines.group_by("obligation_id").agg(given_back=pl.col("amount").sum())
    joined = recognised.obligations.join(taken, on="obligation_id", how="left").join(back, on="obligation_id", how="left")
    return joined.with_columns(returned=pl.col("taken").fill_null(0) - pl.col("given_back").fill_null(0))


def obligations(recognised: Recognised) -> pl.DataFrame:
    """gold.obligations, one row an invoice line or an obligation of a contract."""
    rows = with_returned(recognised).select(
        *("obligation_id", "contract_id", "legal_entity_id", "customer_id", "product_id", "currency"),
        *("recognition_method", "service_from", "service_to", "policy", "source_row_key"),
        document_id=pl.when(pl.col("billed_on").is_null()).then(pl.lit(NO_DOCUMENT)).otherwise("document_id"),
        booked_on=pl.coalesce("billed_on", "booked_on"),
        allocated_amount="amount",
        returned_amount="returned",
        unscheduled_amount=pl.lit(0, pl.Int64),
    )
    every = pl.concat([rows, _of_contracts(recognised.contract_basis).select(rows.columns)])
    return gold.OBLIGATIONS.conform(to_major(every, *_AMOUNTS))


def _of_contracts(basis: ContractBasis) -> pl.DataFrame:
    return basis.obligations.select(
        *("obligation_id", "legal_entity_id", "customer_id", "product_id", "currency"),
        *("service_from", "service_to", "policy", "source_row_key"),
        contract_id="lead_id",
        document_id=pl.lit(NO_DOCUMENT),
        recognition_method="method",
        booked_on="inception",
        allocated_amount="allocated",
        returned_amount=pl.lit(0, pl.Int64),
        unscheduled_amount="unscheduled",
    )
