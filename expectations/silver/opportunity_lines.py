"""What a deal sells."""

from __future__ import annotations

from expectations.offered import (
    BILLING_INTERVAL_IS_WHOLE,
    DISCOUNT_NOT_NEGATIVE,
    OFFERED_AMOUNT_HAS_CURRENCY,
    OFFERED_SERVICE_IN_ORDER,
)
from expectations.suite import silver_suite
from lakehouse.tables import silver

SUITE = silver_suite(
    silver.OPPORTUNITY_LINES,
    OFFERED_AMOUNT_HAS_CURRENCY,
    BILLING_INTERVAL_IS_WHOLE,
    DISCOUNT_NOT_NEGATIVE,
    OFFERED_SERVICE_IN_ORDER,
)
