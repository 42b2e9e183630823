"""Performance obligations on the invoice basis: each line of a finalised invoice is one.

The unit of account is the line with its net amount, tax excluded, which may be negative (a proration credit books the
mirror image of every entry: https://docs.stripe.com/revenue-recognition/methodology). A line without a service period is
fulfilled when it is booked.
"""

from __future__ import annotations

import polars as pl

from assets.contracts.policies import with_recognition_method
from assets.facts.observed import Observed
from assets.recognition.calendar_methods import total_units
from assets.recognition.methods import RecognitionMethod

NO_SERVICE_PERIOD = "no_service_period"


def promises(observed: Observed) -> pl.DataFrame:
    """One row an obligation, amounts in minor units.

    Returns obligation_id, contract_id, document_id, legal_entity_id, customer_id, product_id, currency, line_number,
    amount, recognition_method, policy, rounding, catch_up, service_from, service_to, from_second, to_second, units,
    booked_on, source_row_key. For a point in time service_from = service_to = booked_on and there is one unit.
    """
    of_invoice = observed.invoices.select(
        "document_id", "contract_id", "legal_entity_id", "customer_id", "currency", "issued_at", "booked_on"
    )
    lines = observed.lines.select(
        "document_id",
        "product_id",
        "line_number",
        "amount",
        obligation_id="object_id",
        source_row_key="row_key",
        service_from="served_from",
        service_to="served_to",
        from_second="from_second",
        to_second="to_second",
    )
    chosen = with_recognition_method(lines.join(of_invoice, on="document_id"), observed.policies)
    lasts = (pl.col("service_to") > pl.col("service_from")) | (
        (pl.col("service_to") == pl.col("service_from"))
        & (pl.col("to_second") > pl.col("from_second"))
        & (pl.col("recognition_method") == RecognitionMethod.STRAIGHT_LINE_EXACT.value)
    )
    served = lasts.fill_null(False)
    over_time = served & (pl.col("recognition_method") != RecognitionMethod.POINT_IN_TIME.value)
    return chosen.with_columns(
        policy=pl.when(served).then("policy").otherwise(pl.lit(NO_SERVICE_PERIOD)),
        recognition_method=pl.when(over_time)
        .then("recognition_method")
        .otherwise(pl.lit(RecognitionMethod.POINT_IN_TIME.value)),
        service_from=pl.when(over_time).then("service_from").otherwise("booked_on"),
        service_to=pl.when(over_time).then("service_to").otherwise("booked_on"),
        from_second=pl.when(over_time).then("from_second").otherwise(0),
        to_second=pl.when(over_time).then("to_second").otherwise(0),
    ).with_columns(units=total_units())
