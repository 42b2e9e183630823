"""Small silver frames for tests."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime

import polars as pl

from lakehouse.tables import silver

TABLE = silver.CUSTOMERS


def customers(ids: Iterable[int], *, content: str = "00", month: int = 1) -> pl.DataFrame:
    """One customer fact for each id, in a month of 2025; `content` is repeated to a content hash."""
    numbers = list(ids)
    moment = datetime(2025, month, 3, tzinfo=UTC)
    return TABLE.conform(
        pl.DataFrame({"source_event_id": [str(n) for n in numbers]}).with_columns(
            row_key=pl.format("t|{}|customer", "source_event_id"),
            object_id=pl.format("t:{}", "source_event_id"),
            source=pl.lit("t"),
            channel=pl.lit("file"),
            legal_entity_id=pl.lit("default"),
            effective_at=pl.lit(moment),
            known_at=pl.lit(moment),
            ingested_at=pl.lit(moment),
            operation=pl.lit("assert"),
            content_hash=pl.lit(content * 16),
            event_month=pl.lit(date(2025, month, 1)),
        )
    )
