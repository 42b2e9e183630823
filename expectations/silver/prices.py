"""What a product costs."""

from __future__ import annotations

import polars as pl

from expectations.expectation import holds, of_whole_state, warns
from expectations.offered import BILLING_INTERVAL_IS_WHOLE
from expectations.suite import silver_suite
from lakehouse.tables import silver

SUITE = silver_suite(
    silver.PRICES,
    warns(
        of_whole_state(
            holds(
                "price_has_currency",
                "A price names its currency; where it does not, it is that of the entity.",
                pl.col("currency").is_not_null(),
                shows=("object_id",),
            )
        )
    ),
    holds("unit_amount_not_negative", "A price is nothing or more.", pl.col("unit_amount") >= 0, shows=("unit_amount",)),
    holds(
        "range_in_order",
        "The lower end of a price range is not above its upper end.",
        pl.col("low") <= pl.col("high"),
        shows=("low", "high"),
    ),
    holds(
        "bundle_has_products",
        "A bundle is of two products or more.",
        pl.col("bundle_of").str.contains(","),
        shows=("bundle_of",),
    ),
    holds(
        "from_quantity_not_negative",
        "A price holds from a quantity of nothing or more.",
        pl.col("from_quantity") >= 0,
        shows=("from_quantity",),
    ),
    holds(
        "validity_in_order",
        "A price ends to hold after it began.",
        pl.col("valid_to") > pl.col("valid_from"),
        shows=("valid_from", "valid_to"),
    ),
    BILLING_INTERVAL_IS_WHOLE,
)
