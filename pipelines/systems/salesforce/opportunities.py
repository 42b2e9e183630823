"""Opportunities and their products: deals as the CRM sees them.

https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_opportunity.htm
"""

from __future__ import annotations

import polars as pl

from lakehouse.tables.silver import OPPORTUNITIES, OPPORTUNITY_LINES
from pipelines.systems.changes import STANDS, Reference, Said, refers, said
from pipelines.systems.reading import Reading
from pipelines.systems.salesforce.product_lines import product_line
from pipelines.systems.salesforce.records import Entity
from pipelines.systems.shape import Leaf

PERCENT = pl.Decimal(38, 12)
_DECIDED = ("IsClosed", "IsWon", "ForecastCategory", "ForecastCategoryName")


def _status() -> pl.Expr:
    """Won, lost or open: by the flags, else by the forecast category, which its stage gives a deal.

    Of a deal that is closed either flag may be left out of a change. A deal that its owner keeps out of the forecast is
    Omitted too; what was lost has no probability left.
    """
    category = pl.coalesce("ForecastCategory", "ForecastCategoryName")
    return (
        pl.when(pl.col("IsWon") | (category == "Closed") & pl.col("IsClosed").fill_null(True) & pl.col("IsWon").is_null())
        .then(pl.lit("won"))
        .when(~pl.col("IsClosed"))
        .then(pl.lit("open"))
        .when(pl.col("IsClosed") | ~pl.col("IsWon") | (category == "Omitted") & (pl.col("Probability") == 0))
        .then(pl.lit("lost"))
        .when(category.is_not_null())
        .then(pl.lit("open"))
    )


def _judge(reading: Reading) -> Reading:
    whole = STANDS
    reading.require("", "StageName", when=whole)
    reading.require_any("", _DECIDED, when=whole)
    return reading


OPPORTUNITY = Entity(
    "Opportunity",
    OPPORTUNITIES,
    {
        "AccountId": Leaf.ID,
        "ContractId": Leaf.ID,
        "Name": Leaf.TEXT,
        "OwnerId": Leaf.ID,
        "StageName": Leaf.TEXT,
        "IsClosed": Leaf.FLAG,
        "IsWon": Leaf.FLAG,
        "ForecastCategory": Leaf.TEXT,
        "ForecastCategoryName": Leaf.TEXT,
        "Probability": Leaf.DECIMAL,
        "Amount": Leaf.MONEY,
        "CurrencyIsoCode": Leaf.CURRENCY,
        "CloseDate": Leaf.STAMP_DAY,
        "LeadSource": Leaf.TEXT,
    },
    {
        "customer_id": refers("AccountId"),
        "name": said("Name"),
        "owner": said("OwnerId"),
        "stage": said("StageName"),
        "status": Said(_status(), _DECIDED),
        "probability": Said(pl.col("Probability").cast(PERCENT) / pl.lit(100, PERCENT), ("Probability",)),
        "amount": said("Amount"),
        "currency": said("CurrencyIsoCode"),
        "close_date": said("CloseDate"),
        "origin": said("LeadSource"),
    },
    references=(Reference("object_id", "ContractId", refers=True),),
    object_kind="opportunity",
    prepare=_judge,
)

OPPORTUNITY_LINE = product_line("OpportunityLineItem", OPPORTUNITY_LINES, "OpportunityId", "opportunity_id", "opportunity")
