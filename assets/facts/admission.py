"""What is admitted: rows that failed a gate are left out, objects in conflict are held.

Two contents under one event id are a conflict whichever came first (law 3). Until someone resolves it, every object that
the accepted rows of that event, or the rejected variant, speak of is held: it is left out of gold and listed as pending.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from assets.facts.state import latest, whole_states
from lakehouse.table import Table
from lakehouse.tables import quarantine, silver

Facts = Mapping[str, pl.DataFrame | pl.LazyFrame]
"""Frames by name of table without its layer: `documents`, `cash`, ..., and `rejected` and `resolutions`."""

CONFLICT_CODE = "EVENT_CONFLICT"

_KEYS = ("row_key", "source", "source_event_id", "source_sequence", "legal_entity_id", "object_id")
_TIMES = ("effective_at", "known_at", "operation")
_READ: dict[Table, tuple[str, ...]] = {
    silver.LEGAL_ENTITIES: ("time_zone", "functional_currency", "fiscal_calendar", "fiscal_year_start", "books"),
    silver.POLICIES: ("scope", "name", "value", "effective_from", "book"),
    silver.CONTRACTS: (
        *("customer_id", "status", "currency", "contract_group", "approved_at", "start_at", "end_at"),
        "enforceable_until",
    ),
    silver.CONTRACT_LINES: (
        *("contract_id", "product_id", "promise_kind", "quantity", "unit_price", "currency"),
        *("billing_interval", "billing_interval_count", "usage_type", "service_from", "service_to"),
        *("distinct", "principal", "ssp", "recognition_method"),
    ),
    silver.PERFORMANCE: ("kind", "contract_id", "contract_line_id", "quantity", "amount", "currency"),
    silver.USAGE: ("meter", "quantity", "customer_id", "contract_id", "contract_line_id"),
    silver.CREDIT_GRANTS: (*("customer_id", "contract_id", "amount", "currency", "quantity", "priority", "expires_at"),),
    silver.COSTS: ("kind", "contract_id", "quantity", "amount", "currency"),
    silver.ESTIMATES: ("scope", "kind", "value", "currency", "scenarios", "constrained_value", "book"),
    silver.JUDGEMENTS: ("scope", "decision", "value", "reason", "book"),
    silver.PRICES: (
        *("product_id", "currency", "purpose", "unit_amount", "low", "high", "from_quantity", "bundle_of"),
        *("valid_from", "valid_to"),
    ),
    silver.PRODUCTS: ("unit_cost", "cost_currency", "promise_kind", "recognition_method"),
    silver.DOCUMENTS: (
        *("kind", "status", "customer_id", "contract_id", "corrects_document_id", "currency", "issued_at"),
        *("due_at", "voided_at", "uncollectible_at", "total", "amount_paid", "number", "paid_at", "paid_out_of_band"),
        *("unconditional_at", "reason_code"),
    ),
    silver.DOCUMENT_LINES: (
        *("document_id", "line_number", "contract_id", "product_id", "currency", "amount", "service_from", "service_to"),
        "proration",
    ),
    silver.CASH: (
        *("kind", "status", "direction", "amount", "currency", "amount_refunded"),
        *("settlement_amount", "settlement_currency"),
        *("customer_id", "document_id", "payment_id", "payment_group_id"),
    ),
    silver.CASH_APPLICATIONS: ("cash_id", "document_id", "amount", "currency"),
    silver.CUSTOMERS: ("name", "email"),
    silver.OPPORTUNITIES: ("customer_id", "status", "amount", "currency", "close_date"),
    silver.QUOTES: ("customer_id", "opportunity_id", "contract_id", "number", "status", "total", "currency"),
    silver.LEDGER_ENTRIES: ("entry_id", "posted_on", "document_id"),
    silver.EXTERNAL_REFERENCES: ("object_kind", "relation", "reference_system", "reference_kind", "reference"),
    silver.DOCUMENT_EVENTS: ("document_id", "kind"),
    silver.FX_RATES: ("rate_source", "kind", "base_currency", "quote_currency", "day", "rate"),
    silver.MANUAL_ENTRIES: (
        *("entry_id", "line_count", "kind", "book", "posted_on", "reverses_on", "account", "currency", "amount"),
        *("contract_id", "customer_id"),
    ),
}


@dataclass(frozen=True)
class Admitted:
    """Rows of silver that passed the gates, and what is held.

    `held` has the object ids in conflict. `quarantined_lines` has document and object id of lines that a gate rejected.
    `conflicts` has one row for each table and held object, for the list of pending facts. A row that tells a change has
    become the whole state that it leaves behind; `unfinished` has, likewise for that list, those of which only changes are
    known.
    """

    tables: dict[str, pl.DataFrame]
    held: pl.DataFrame
    quarantined_lines: pl.DataFrame
    conflicts: pl.DataFrame
    unfinished: pl.DataFrame
    _states: dict[str, pl.DataFrame] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __getitem__(self, table: Table) -> pl.DataFrame:
        return self.tables[table.name]

    def free(self, table: Table) -> pl.DataFrame:
        """Rows of a table whose object is not in conflict."""
        rows = self[table]
        return rows.join(self.held, on="object_id", how="anti") if self.held.height else rows

    def states(self, table: Table) -> pl.DataFrame:
        """The latest state of each object of a table that is not in conflict."""
        if table.name not in self._states:
            self._states[table.name] = latest(self.free(table))
        return self._states[table.name]


def columns_read(table: Table) -> tuple[str, ...]:
    """Columns of a silver table that the rules read; none where they do not read it."""
    if table not in _READ:
        return ()
    changed = (silver.CHANGED_COLUMNS,) if silver.CHANGED_COLUMNS in table.column_names else ()
    return (*_KEYS, *_TIMES, *_READ[table], *changed)


def objects_in_conflict(facts: Facts) -> pl.DataFrame:
    """`object_id` of what is held because of a conflict, as far as these facts tell; nothing else of them is read."""
    waiting = _lazy(facts, quarantine.REJECTED).join(_lazy(facts, quarantine.RESOLUTIONS), on="quarantine_key", how="anti")
    return _held(facts, waiting.filter(code=CONFLICT_CODE).collect(), None)[0]


def admit(facts: Facts, held_elsewhere: pl.DataFrame | None = None) -> Admitted:
    """Read what the rules need of each table, less what may not be used.

    `held_elsewhere`: object ids in conflict that facts beside these tell of.
    """
    rejected, resolutions = _lazy(facts, quarantine.REJECTED), _lazy(facts, quarantine.RESOLUTIONS)
    # A row that failed its gate comes in only when it passed later; dismissing it ends the waiting and leaves it out.
    let_in = resolutions.filter(outcome="replayed")
    failed = rejected.filter(stage="gate").join(let_in, on="quarantine_key", how="anti")
    gate = failed.select("row_key").drop_nulls().unique().collect()
    waiting = rejected.join(resolutions, on="quarantine_key", how="anti")
    tables: dict[str, pl.DataFrame] = {}
    unfinished: list[pl.DataFrame] = []
    rejected_lines = _lazy(facts, silver.DOCUMENT_LINES).head(0).collect()
    for table in _READ:
        changing = silver.CHANGED_COLUMNS in table.column_names
        rows = _lazy(facts, table).select(columns_read(table))
        if gate.height:
            if table is silver.DOCUMENT_LINES:
                rejected_lines = rows.join(gate.lazy(), on="row_key", how="semi").collect()
            rows = rows.join(gate.lazy(), on="row_key", how="anti")
        read = rows.collect()
        if changing:
            read = whole_states(read)
            changes = pl.col(silver.CHANGED_COLUMNS).is_not_null()
            unfinished.append(read.filter(changes).select(pl.lit(table.name).alias("table_name"), "row_key", "object_id"))
            read = read.filter(~changes).drop(silver.CHANGED_COLUMNS)
        tables[table.name] = read
    held, conflicts = _held(facts, waiting.filter(code=CONFLICT_CODE).collect(), held_elsewhere)
    lines = rejected_lines.select("document_id", "object_id", "source", "source_event_id")
    return Admitted(tables, held, lines, conflicts, pl.concat(unfinished))


def _held(facts: Facts, conflicts: pl.DataFrame, elsewhere: pl.DataFrame | None) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Object ids in conflict, and the latest row of each of them in every silver table."""
    events = conflicts.select("source", "source_event_id").drop_nulls().unique().lazy()
    named = conflicts.select(pl.col("object_id").str.split(",")).explode("object_id").drop_nulls()
    frames = [named.select(pl.col("object_id").str.strip_chars())]
    empty = pl.DataFrame(schema={"table_name": pl.String, "row_key": pl.String, "object_id": pl.String})
    if conflicts.is_empty():
        return frames[0], empty
    if elsewhere is not None:
        frames.append(elsewhere)
    told = [table for table in silver.TABLES if table is not silver.SOURCE_EVENTS]
    for table in told:
        frames.append(_lazy(facts, table).join(events, on=["source", "source_event_id"]).select("object_id").collect())
    held = pl.concat(frames).unique().sort("object_id")
    rows = [
        _lazy(facts, table)
        .join(held.lazy(), on="object_id", how="semi")
        .sort("effective_at", "source_sequence", "known_at", "row_key")
        .unique(subset=["object_id"], keep="last", maintain_order=True)
        .select(pl.lit(table.name).alias("table_name"), "row_key", "object_id")
        .collect()
        for table in told
    ]
    return held, pl.concat([empty, *rows])


def _lazy(facts: Facts, table: Table) -> pl.LazyFrame:
    frame = facts.get(table.name)
    return table.empty().lazy() if frame is None else frame.lazy()
