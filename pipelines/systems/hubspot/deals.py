"""Deals and their line items.

https://developers.hubspot.com/docs/guides/api/crm/objects/deals
"""

from __future__ import annotations

import polars as pl

from lakehouse.tables.silver import OPPORTUNITIES, OPPORTUNITY_LINES
from pipelines.systems.changes import Said, said
from pipelines.systems.hubspot.objects import HubObject, Told, associated, told_of
from pipelines.systems.hubspot.terms import end_of_term, interval, interval_count
from pipelines.systems.shape import Leaf

# Stages of the pipeline that every account begins with; those of other pipelines have numbers for names.
_STAGES = {
    "appointmentscheduled": "open",
    "qualifiedtobuy": "open",
    "presentationscheduled": "open",
    "decisionmakerboughtin": "open",
    "contractsent": "open",
    "closedwon": "won",
    "closedlost": "lost",
}
_DECIDED = ("hs_is_closed_won", "hs_is_closed", "dealstage", "hs_deal_stage_probability")


def _status() -> pl.Expr:
    """Won, lost or open, where it can be told: by the flags, by a stage everyone has, by the probability of the stage."""
    won, closed, probability = pl.col("hs_is_closed_won"), pl.col("hs_is_closed"), pl.col("hs_deal_stage_probability")
    known = pl.col("dealstage").replace_strict(_STAGES, default=None, return_dtype=pl.String)
    whole = pl.col("_changed").is_null()
    return (
        pl.when(won)
        .then(pl.lit("won"))
        .when(~closed)
        .then(pl.lit("open"))
        .when(closed & ~won)
        .then(pl.lit("lost"))
        .when(known.is_not_null())
        .then(known)
        .when(whole & (probability == 1))
        .then(pl.lit("won"))
        .when(whole & ((probability == 0) | closed))
        .then(pl.lit("lost"))
        .when(whole)
        .then(pl.lit("open"))
    )


DEAL = HubObject(
    "deal",
    {
        "dealname": Leaf.TEXT,
        "dealstage": Leaf.TEXT,
        "hs_is_closed": Leaf.FLAG,
        "hs_is_closed_won": Leaf.FLAG,
        "hs_deal_stage_probability": Leaf.DECIMAL,
        "amount": Leaf.MONEY,
        "deal_currency_code": Leaf.CURRENCY,
        "closedate": Leaf.STAMP_DAY,
        "hubspot_owner_id": Leaf.TEXT,
        "hs_analytics_source": Leaf.TEXT,
    },
    (
        Told(
            OPPORTUNITIES,
            {
                "customer_id": associated("company", "contact"),
                "name": said("dealname"),
                "owner": said("hubspot_owner_id"),
                "stage": said("dealstage"),
                "status": Said(_status(), _DECIDED, known=True),
                "probability": said("hs_deal_stage_probability"),
                "amount": said("amount"),
                "currency": said("deal_currency_code"),
                "close_date": said("closedate"),
                "origin": said("hs_analytics_source"),
            },
        ),
    ),
    associations={"company": "companies", "contact": "contacts"},
    object_kind="opportunity",
    needs=("dealstage",),
)

LINE_ITEM = HubObject(
    "line_item",
    {
        "name": Leaf.TEXT,
        "hs_product_id": Leaf.TEXT,
        "quantity": Leaf.DECIMAL,
        "price": Leaf.DECIMAL,
        "amount": Leaf.MONEY,
        "hs_total_discount": Leaf.MONEY,
        "hs_line_item_currency_code": Leaf.CURRENCY,
        "recurringbillingfrequency": Leaf.TEXT,
        "hs_recurring_billing_start_date": Leaf.STAMP,
        "hs_recurring_billing_period": Leaf.TEXT,
    },
    (
        Told(
            OPPORTUNITY_LINES,
            {
                "opportunity_id": associated("deal"),
                "product_id": told_of("product", "hs_product_id"),
                "description": said("name"),
                "quantity": said("quantity"),
                "unit_price": said("price"),
                "discount": said("hs_total_discount"),
                "amount": said("amount"),
                "currency": said("hs_line_item_currency_code"),
                "billing_interval": Said(interval("recurringbillingfrequency"), ("recurringbillingfrequency",)),
                "billing_interval_count": Said(interval_count("recurringbillingfrequency"), ("recurringbillingfrequency",)),
                "service_from": said("hs_recurring_billing_start_date"),
                # A change of one of the two does not say the other: the end is not known then.
                "service_to": Said(
                    end_of_term("hs_recurring_billing_start_date", "hs_recurring_billing_period"),
                    ("hs_recurring_billing_start_date", "hs_recurring_billing_period"),
                ),
            },
            # A line of a quote is a copy of the deal's.
            when=pl.col("_deal").is_not_null() | pl.col("_changed").is_not_null() | pl.col("_deleted"),
        ),
    ),
    associations={"deal": "deals", "quote": "quotes"},
    object_kind="opportunity",
    belongs=("deal", "quote"),
)
