"""The journal by recompute and diff: append the target less what it holds.

With first open period o, D the desired postings and F what is held (DESIGN section 7):

    a < o   the target is F: a closed period never changes
    a = o   the target is the sum of D over a <= o less the sum of F over a < o
    a > o   the target is D

So with every accounting period before o moved to o, what is to be appended is simply D less what is held. A late fact, a
correction, a reopened period need no case of their own. Corrections keep their service period.
"""

from __future__ import annotations

from datetime import datetime

import polars as pl

from assets.ledger.accounts import ACCOUNT_TYPE, KIND_TYPE
from assets.ledger.identity import identified
from assets.ledger.periods import DEFAULT_BOOK
from assets.ledger.postings import LEG
from assets.money.conversion import MONEY, to_major
from lakehouse.tables import gold

RULE_VERSION = "1"
COMPARED = (*LEG, "book", "entry_id", "customer_id", "amount")
"""Columns of the held journal that are needed."""


def journal_additions(
    desired: pl.DataFrame, held: pl.DataFrame, first_open: pl.DataFrame, booked_at: datetime, *, book: str = DEFAULT_BOOK
) -> pl.DataFrame:
    """The lines to append to gold.journal; none when it already says what the facts say.

    `desired`: postings in minor units. `held`: the journal. `first_open`: first open period by entity. Each appended entry
    sums to zero in its currency, because desired and held entries do.
    """
    ours = held.filter(pl.col("book") == book)
    changes = _changes(to_major(desired, "amount").select(*LEG, "customer_id", "amount"), _as_postings(ours), first_open)
    lines = identified(changes, ours, book)
    return gold.JOURNAL.conform(
        lines.select(
            *("line_id", "entry_id", *LEG, "customer_id", "amount", "is_correction"),
            book=pl.lit(book),
            rule_version=pl.lit(RULE_VERSION),
            booked_at=pl.lit(booked_at),
        )
    )


def _changes(desired: pl.DataFrame, held: pl.DataFrame, first_open: pl.DataFrame) -> pl.DataFrame:
    """Desired less held by leg, with closed periods moved to the first open one, where it is not zero."""
    told = held.with_columns(amount=-pl.col("amount")).rename({"customer_id": "held_customer"})
    both = pl.concat([desired.lazy(), told.lazy()], how="diagonal")
    opened = both.join(first_open.lazy(), on="legal_entity_id", how="left").with_columns(
        accounting_period=pl.max_horizontal("accounting_period", "first_open"),
        moved=(pl.col("accounting_period") < pl.col("first_open")).fill_null(False),
    )
    summed = opened.group_by(LEG).agg(
        pl.col("amount").sum(), pl.col("moved").any(), pl.col("customer_id", "held_customer").max()
    )
    changed = summed.filter(pl.col("amount") != 0)
    # Twice as fast here as the in-memory engine, which slows down once keys come from two frames.
    return changed.with_columns(customer_id=pl.coalesce("customer_id", "held_customer")).collect(engine="streaming")


def _as_postings(held: pl.DataFrame) -> pl.DataFrame:
    return held.select(
        *(c for c in LEG if c not in ("event_kind", "account")),
        "customer_id",
        pl.col("event_kind").cast(KIND_TYPE),
        pl.col("account").cast(ACCOUNT_TYPE),
        pl.col("amount").cast(MONEY),
    ).select(*LEG, "customer_id", "amount")
