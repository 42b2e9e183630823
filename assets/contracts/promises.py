"""Performance obligations on the invoice basis: each line of a finalised invoice is one.

A charge that waits for its invoice is one too, from the day on which it was made (`assets.facts.pending_items`); the line
that bills it then takes its place and keeps that day.

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
_OF_ITEM = {"source_row_key": "row_key", "service_from": "served_from", "service_to": "served_to"}


def promises(observed: Observed) -> pl.DataFrame:
    """One row an obligation, amounts in minor units.

    Returns obligation_id, contract_id, document_id, legal_entity_id, customer_id, product_id, currency, line_number,
    amount, recognition_method, policy, rounding, catch_up, service_from, service_to, from_second, to_second, units,
    booked_on, billed_on, source_row_key. It enters the books on booked_on; billed_on is the day of its invoice, empty while
    it waits for one. For a point in time service_from = service_to = booked_on and there is one unit.
    """
    of_invoice = observed.invoices.select(
        *("document_id", "contract_id", "legal_entity_id", "customer_id", "currency", "issued_at"), billed_on="booked_on"
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
    since = observed.pending_items.billed.rename({"object_id": "obligation_id"})
    billed = (
        lines.join(of_invoice, on="document_id")
        .join(since, on="obligation_id", how="left", maintain_order="left")
        .with_columns(booked_on=pl.min_horizontal("billed_on", "since"))
        .drop("since")
    )
    every = pl.concat([billed, _waiting(observed, billed.schema)]) if observed.pending_items.items.height else billed
    chosen = with_recognition_method(every, observed.policies)
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


def _waiting(observed: Observed, schema: pl.Schema) -> pl.DataFrame:
    """Items without an invoice, in the shape of lines; those of contracts on the basis `contract` are billing alone."""
    return observed.pending_items.items.select(
        pl.lit(None, kind).alias(name) if name == "billed_on" else pl.col(_OF_ITEM.get(name, name)).cast(kind).alias(name)
        for name, kind in schema.items()
    )
