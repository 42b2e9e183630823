"""A credit note in one system and a refund in another that give back the same money of the same invoice.

Each lowers revenue, so only one may: the refund counts, being the money, and the credit note is its evidence. A credit
note and a refund of one system are not compared: that system says itself how much of the note was paid out.
"""

from __future__ import annotations

import polars as pl

from assets.links.evidence import as_json
from assets.links.pairing import pair
from assets.links.references import LINK

RULE = "credit_note_of_refund"
DAYS = 10


def notes_of_refunds(notes: pl.DataFrame, refunds: pl.DataFrame) -> pl.DataFrame:
    """Links in the shape of LINK from credit notes to refunds.

    Both count, and have `invoice`: the counted invoice they are of; a note has nothing paid out.
    """
    key = ["invoice", "amount", "currency"]
    shared = notes.select(key).drop_nulls().unique().join(refunds.select(key).unique(), on=key).with_row_index("block")
    left, right = (side.join(shared, on=key) for side in (refunds, notes))
    systems = [side.select("system", object_id="object_id") for side in (left, right)]
    pairs = (
        pair(left, right, DAYS)
        .join(systems[0].rename({"object_id": "left"}), on="left")
        .join(systems[1].rename({"object_id": "right", "system": "other_system"}), on="right")
        .filter(pl.col("system") != pl.col("other_system"))
        .join(notes.select(*key, right="object_id"), on="right")
    )
    return pairs.select(
        a="right",
        a_kind=pl.lit("document"),
        b="left",
        b_kind=pl.lit("cash"),
        rule=pl.lit(RULE),
        confidence=pl.lit("strong"),
        evidence=as_json(*key, "days"),
    ).select(LINK)
