"""What is expected alike of whatever has a price or a term: prices, lines of contracts, quotes and opportunities."""

from __future__ import annotations

import polars as pl

from expectations.expectation import Expectation, holds, of_whole_state, warns

BILLING_INTERVAL_IS_WHOLE: Expectation = of_whole_state(
    holds(
        "billing_interval_is_whole",
        "A billing period is one or more whole intervals: an unknown term is never taken for a month.",
        pl.when(pl.col("billing_interval").is_not_null())
        .then(pl.col("billing_interval_count").fill_null(0) >= 1)
        .otherwise(pl.col("billing_interval_count").is_null()),
        shows=("billing_interval", "billing_interval_count"),
    )
)

OFFERED_AMOUNT_HAS_CURRENCY: Expectation = warns(
    of_whole_state(
        holds(
            "amount_has_currency",
            "An amount names its currency; where it does not, it is that of the entity.",
            pl.all_horizontal(pl.col(c).is_null() for c in ("amount", "unit_price", "discount"))
            | pl.col("currency").is_not_null(),
            shows=("amount", "unit_price", "discount", "currency"),
        )
    )
)

DISCOUNT_NOT_NEGATIVE: Expectation = holds(
    "discount_not_negative", "A discount takes something off.", pl.col("discount") >= 0, shows=("discount",)
)

OFFERED_SERVICE_IN_ORDER: Expectation = holds(
    "service_in_order",
    "A service does not end before it begins.",
    pl.col("service_to") >= pl.col("service_from"),
    shows=("service_from", "service_to"),
)
