"""FOCUS 1.0 to 1.3: what a cloud charges, as the FinOps Open Cost and Usage Specification has it, a row a charge.

A charge yields usage in the precision of rates (twelve decimals: a request costs less than a millionth of a dollar, which
no amount of money can say):
* what was consumed: meter `SkuMeter` (since 1.1), else `SkuId`, else `ServiceName`; ConsumedQuantity in ConsumedUnit, where
  given. Providers write more than twelve decimals: it is rounded half to even;
* what was billed: meter `billed_cost`, BilledCost in BillingCurrency, exactly or not at all;
* what it cost after payments in advance are spread: meter `effective_cost`, EffectiveCost, exactly or not at all.

A charge holds from ChargePeriodStart, in whichever period it is billed. It is known no earlier than its charge period
ended and its billing period began: a correction (ChargeClass Correction) of an invoiced billing period is a difference
that stands in the charge period which it corrects, and becomes known in the billing period in which it is billed. The
customer is SubAccountId, else BillingAccountId; the object is the resource. What else tells charges apart stands in
`dimensions`.

FOCUS gives charges no id: a charge is known by all that is read of it, and equal rows of one file are as many as there are.
A provider that exports an open month anew changes rows that it told before, and those would count again: take in months
that are closed, and their corrections.

Read of CSV, Parquet and JSON by the column ids of the specification; a column that a version lacks is empty, NULL as well.
Not read: list and contracted costs, unit prices, names beside ids, and what a provider adds (x_ ...).
https://focus.finops.org/focus-specification/ (columns ChargeClass, ChargePeriodStart, BillingPeriodStart, EffectiveCost)
"""

from __future__ import annotations

import polars as pl

from pipelines.systems.codes import Code
from pipelines.systems.faults import Faults
from pipelines.systems.interface import Batch
from pipelines.systems.mapped import Mapped, read_mapping
from pipelines.systems.mapped.values import CELL, ROW, cell

NAME = "focus"
# The later of two times; the specification has no column for it.
KNOWN = "KnownAt"
CLOSED_SETS = {
    "ChargeClass": ("Correction",),
    "ChargeCategory": ("Usage", "Purchase", "Tax", "Credit", "Adjustment"),
}

DIMENSIONS = """[ProviderName, ServiceProviderName, ServiceCategory, ServiceName, RegionId, ChargeCategory, ChargeClass,
                 ChargeDescription, ChargeFrequency, PricingCategory, SkuPriceId, CommitmentDiscountId,
                 CommitmentDiscountStatus, InvoiceId, BillingAccountId, BillingPeriodStart, ChargePeriodEnd, Tags]"""


def _usage(meter: str, quantity: str, unit: str, when: str = "") -> str:
    return f"""
      - table: usage{when}
        id: {{first_of: [ResourceId, SkuId, ServiceName, BillingAccountId]}}
        columns:
          meter: {meter}
          quantity: {quantity}
          unit: {unit}
          currency: BillingCurrency
          customer_id: {{first_of: [SubAccountId, BillingAccountId]}}
          product_id: SkuId
          dimensions: {{fields: {DIMENSIONS}}}"""


MAPPING = "".join(
    (
        f"""
name: focus
files: {{empty: ["NULL", "null"]}}
rows:
  charge:
    identity: {{by: content, equal_rows: count}}
    time: ChargePeriodStart
    known: {KNOWN}
    facts:""",
        _usage("{constant: billed_cost}", "BilledCost", "BillingCurrency"),
        _usage("{constant: effective_cost}", "EffectiveCost", "BillingCurrency"),
        _usage(
            "{first_of: [SkuMeter, SkuId, ServiceName]}",
            "{column: ConsumedQuantity, round: half_even}",
            "ConsumedUnit",
            "\n        when: {column: ConsumedQuantity, present: true}",
        ),
    )
)


class Focus(Mapped):
    """Charges, with the time at which they became known."""

    def cells(self, batch: Batch, faults: Faults) -> pl.DataFrame:
        cells = super().cells(batch, faults)
        for name, allowed in CLOSED_SETS.items():
            strange = cells.filter(~cell(name).is_in(list(allowed)))
            faults.add_rows(strange.get_column(ROW), Code.NOT_ALLOWED, name, strange.get_column(f"{CELL}{name}"))
        known = pl.max_horizontal(cell("ChargePeriodEnd"), cell("BillingPeriodStart"))
        return cells.with_columns(known.alias(f"{CELL}{KNOWN}"))


FOCUS = Focus(read_mapping(MAPPING, "focus"), NAME)
