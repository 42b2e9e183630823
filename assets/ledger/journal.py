"""The journal by recompute and diff: append the target less what it holds.

With first open period o, D the desired postings and F what is held (DESIGN section 7):

    a < o   the target is F: a closed period never changes
    a = o   the target is the sum of D over a <= o less the sum of F over a < o
    a > o   the target is D

So with every accounting period before o moved to o, what is to be appended is simply D less what is held. A late fact, a
correction, a reopened period need no case of their own. Corrections keep their service period. What is moved is posted on
the first day of o, and time alone on its last.
"""

from __future__ import annotations

from datetime import datetime

import polars as pl

from assets.facts.calendars import MONTHS, Calendars
from assets.facts.choices import Choices
from assets.ledger.accounts import ACCOUNT_TYPE, KIND_TYPE, module_of
from assets.ledger.identity import identified, summed_legs
from assets.ledger.periods import DEFAULT_BOOK
from assets.ledger.postings import LEG
from assets.ledger.rule_version import rule_version
from assets.money.conversion import MONEY, from_parts, in_parts, to_major
from lakehouse.tables import gold

AMOUNTS = ("amount", "functional_amount")
COMPARED = (*LEG, "book", "entry_id", "booked_at", "customer_id", *AMOUNTS)
"""Columns of the held journal that are needed."""


def journal_additions(
    desired: pl.DataFrame,
    held: pl.DataFrame,
    first_open: pl.DataFrame,
    booked_at: datetime,
    *,
    book: str = DEFAULT_BOOK,
    calendars: Calendars = MONTHS,
    choices: Choices | None = None,
) -> pl.DataFrame:
    """The lines to append to gold.journal; none when it already says what the facts say.

    `desired`: translated postings in minor units. `held`: the journal. `first_open`: first open period by entity and
    module. Each appended entry sums to zero in both its currencies, because desired and held entries do.
    """
    ours = held.filter(pl.col("book") == book)
    told = in_parts(in_parts(desired, "amount", "currency"), "functional_amount", "functional_currency")
    last_days = calendars.with_ends(first_open, "first_open", "last_open_day")
    lines = identified(_changes(told, _as_postings(ours), last_days), ours, book)
    chosen = choices.told() if choices is not None else pl.lit("")
    return gold.JOURNAL.conform(
        lines.select(
            *("line_id", "entry_id", "corrects_entry_id", *LEG, "customer_id", "is_correction"),
            *(from_parts(lines.get_column(name)) for name in AMOUNTS),
            book=pl.lit(book),
            policies=chosen,
            rule_version=pl.lit(rule_version()),
            booked_at=pl.lit(booked_at),
        )
    )


def functional_to_major(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with its functional amounts in major units of the functional currency."""
    turned = frame.rename({"currency": "transaction_currency", "functional_currency": "currency"})
    major = to_major(turned, "functional_amount")
    return major.rename({"currency": "functional_currency", "transaction_currency": "currency"})


def _changes(desired: pl.DataFrame, held: pl.DataFrame, first_open: pl.DataFrame) -> pl.DataFrame:
    """Desired less held by leg, with closed periods moved to the first open one, where it is not zero."""
    columns = (*LEG, "customer_id", *AMOUNTS)
    frames = [desired.lazy().select(*columns, held=pl.lit(False))]
    if held.height:
        frames.append(held.lazy().with_columns(-pl.col(AMOUNTS)).select(*columns, held=pl.lit(True)))
    return summed_legs(_opened(pl.concat(frames), first_open).collect())


def _opened(postings: pl.LazyFrame, first_open: pl.DataFrame) -> pl.LazyFrame:
    """Postings with what belongs to a closed period moved to the first open one, and `moved`."""
    if first_open.is_empty():
        return postings.with_columns(moved=pl.lit(False))
    beside = postings.with_columns(module=module_of()).join(first_open.lazy(), on=["legal_entity_id", "module"], how="left")
    moved = (pl.col("accounting_period") < pl.col("first_open")).fill_null(False)
    by_time = pl.col("event_kind").cast(pl.String) == "recognition"
    return beside.with_columns(
        moved=moved,
        posted_on=pl.when(~moved).then("posted_on").when(by_time).then("last_open_day").otherwise("first_open"),
        accounting_period=pl.when(moved).then("first_open").otherwise("accounting_period"),
    ).drop("module", "first_open", "last_open_day")


def _as_postings(held: pl.DataFrame) -> pl.DataFrame:
    return held.with_columns(
        pl.col("event_kind").cast(KIND_TYPE),
        pl.col("account").cast(ACCOUNT_TYPE),
        pl.col(AMOUNTS).cast(MONEY).to_physical().cast(pl.Int64),
    )
