"""What a contract promises: quantity, price and term of each line can be turned into money."""

from __future__ import annotations

import polars as pl

from expectations.expectation import holds, of_whole_state, warns
from expectations.offered import BILLING_INTERVAL_IS_WHOLE
from expectations.silver.policies import RECOGNITION_METHODS
from expectations.silver.source_events import SAME_EVENT
from expectations.suite import Context, Read, silver_suite
from lakehouse.tables import silver


def with_contract_currency(lines: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Each line with `contract_currency`, as the contract has it in the same event; empty where it has not come."""
    contracts = (
        context[silver.CONTRACTS.qualified_name]
        .select("source", "source_event_id", contract_id="object_id", contract_currency="currency")
        .unique(subset=["source", "source_event_id", "contract_id"], keep="any")
    )
    return lines.join(contracts, on=["source", "source_event_id", "contract_id"], how="left", maintain_order="left")


SUITE = silver_suite(
    silver.CONTRACT_LINES,
    holds("quantity_not_negative", "A promise is of nothing or more.", pl.col("quantity") >= 0, shows=("quantity",)),
    warns(holds("unit_price_not_negative", "A promise costs 0 or more.", pl.col("unit_price") >= 0, shows=("unit_price",))),
    of_whole_state(
        holds(
            "price_has_currency",
            "A line with a price says in which currency it is.",
            pl.col("unit_price").is_null() | pl.col("currency").is_not_null(),
            shows=("unit_price",),
        )
    ),
    BILLING_INTERVAL_IS_WHOLE,
    holds(
        "service_in_order",
        "Service ends no earlier than it begins.",
        pl.col("service_to") >= pl.col("service_from"),
        shows=("service_from", "service_to"),
    ),
    # Stripe's prices in several currencies name only their first: https://docs.stripe.com/products-prices/pricing-models
    warns(
        holds(
            "line_in_currency_of_contract",
            "The lines of a contract are in its currency.",
            pl.col("currency") == pl.col("contract_currency"),
            shows=("contract_id", "currency", "contract_currency"),
        )
    ),
    holds(
        "recognition_method_is_known",
        "A line's recognition method is one that the rules can compute.",
        pl.col("recognition_method").is_in(RECOGNITION_METHODS),
        shows=("recognition_method",),
    ),
    prepare=with_contract_currency,
    reads=(Read(silver.CONTRACTS, ("source", "source_event_id", "object_id", "currency"), on=SAME_EVENT, settles=True),),
)
