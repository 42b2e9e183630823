"""Stripe: event envelopes to customers, prices, contracts, documents and cash.

Every API version since 2013 is read by the presence of fields, never by its number. Amounts are Stripe's minor units
(`money`). The state of an object holds from the event that shows it; cash holds from when it was made.
"""

from __future__ import annotations

import polars as pl

from pipelines.systems.envelope import open_records
from pipelines.systems.facts import Fact, complete
from pipelines.systems.faults import Faults
from pipelines.systems.interface import Batch, Normalised
from pipelines.systems.stripe.events import PATHS, read_events, unmapped_hashes
from pipelines.systems.stripe.reading import Kind, Reading
from pipelines.systems.stripe.types import KIND_OF_TYPE

ORDERED_KINDS = tuple(dict.fromkeys(KIND_OF_TYPE.values()))
_KIND = pl.col("event_type").replace_strict(
    {name: ORDERED_KINDS.index(kind) for name, kind in KIND_OF_TYPE.items()}, default=None, return_dtype=pl.Int64
)


class Stripe:
    """Event envelopes as Stripe delivers them to a webhook, exports them, or lists them."""

    name = "stripe"

    def normalise(self, batch: Batch) -> Normalised:
        """Facts and dispositions of a block of event envelopes, one a record."""
        faults = Faults()
        texts, found = open_records(batch.records.get_column("payload"), PATHS, faults)
        events = read_events(batch, found, faults)
        wrong = faults.first().get_column("row")
        sound = events.select("event_type", "disposition", event_at="effective_at").with_row_index("row")
        sound = sound.filter((pl.col("disposition") == "mapped") & ~pl.col("row").is_in(wrong.implode()))
        facts: list[Fact] = []
        for rows in sound.with_columns(kind=_KIND).partition_by("kind", maintain_order=True):
            facts += _facts(batch.source, ORDERED_KINDS[rows.get_column("kind")[0]], rows, texts, faults)
        return complete(batch, events, facts, faults, unmapped_hashes(events, texts))


def _facts(source: str, kind: Kind, events: pl.DataFrame, texts: pl.Series, faults: Faults) -> list[Fact]:
    """Facts of the events of one kind; what is wrong goes to `faults`."""
    frames, found = kind.shredder.shred(texts, events.get_column("row"))
    frames[""] = frames[""].hstack(events.select("event_type", "event_at"))
    facts = kind.facts(Reading(source, frames, found))
    if found:
        faults.add(kind.shredder.refine(found, texts).first())
    return facts
