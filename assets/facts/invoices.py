"""Finalised invoices with their lines, and credit notes: the documents that move revenue.

A draft moves nothing. An invoice waits, wholly, while it or one of its lines is in conflict, while one of its lines stands
in quarantine, or while an amount is asked for and no line has come: a part of it would put revenue into tax.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from assets.facts.admission import Admitted
from assets.facts.entities import with_accounting_days, with_seconds_of_day
from assets.facts.lines import lines_in_force
from assets.facts.state import latest
from assets.money.conversion import to_minor
from lakehouse.tables import silver

_DAYS = {"booked_on": "booked_at", "due_on": "due_at", "voided_on": "voided_at", "uncollectible_on": "uncollectible_at"}


@dataclass(frozen=True)
class Documents:
    """Amounts in minor units.

    `invoices`: finalised by as_of and whole. `lines`: theirs, in force. `credit_notes`: standing, of invoices that may be
    unknown. `voided_notes`: those that stood until they were voided. `held`: document ids in conflict. `incomplete`:
    invoices that wait, with `waits_for`.
    """

    invoices: pl.DataFrame
    lines: pl.DataFrame
    credit_notes: pl.DataFrame
    voided_notes: pl.DataFrame
    held: pl.DataFrame
    incomplete: pl.DataFrame


def read_documents(admitted: Admitted, zones: pl.DataFrame, as_of: date) -> Documents:
    """Split documents into what counts by `as_of` and what waits."""
    rows = admitted[silver.DOCUMENTS]
    state = latest(rows).rename({"object_id": "document_id"})
    finalised = state.filter(pl.col("status") != "draft").with_columns(
        issued_at=pl.coalesce("issued_at", "effective_at"),
        uncollectible_at=pl.when(status="uncollectible")
        .then(pl.coalesce("uncollectible_at", "effective_at"))
        .otherwise("uncollectible_at"),
        voided_at=pl.when(status="void").then(pl.coalesce("voided_at", "effective_at")),
    )
    finalised = finalised.with_columns(booked_at=_booked_at())
    dated = with_accounting_days(finalised, zones, _DAYS).filter(pl.col("booked_on") <= as_of)
    lines = _lines(admitted, rows, dated, zones)
    held = _held(admitted, lines)
    dated = to_minor(dated, "total", "amount_paid").join(held, on="document_id", how="anti")
    invoices = dated.filter(kind="invoice")
    incomplete = _incomplete(admitted, invoices, lines, rows)
    whole = _with_contract(invoices.join(incomplete, on="document_id", how="anti"), lines)
    notes = dated.filter(kind="credit_note")
    voided = notes.filter((pl.col("status") == "void") & (pl.col("voided_on") > pl.col("booked_on")))
    standing = notes.filter(pl.col("status") != "void")
    return Documents(whole, lines.join(whole, on="document_id", how="semi"), standing, voided, held, incomplete)


def _booked_at() -> pl.Expr:
    """When a document enters the books: when it is issued, or once the right to payment is unconditional or it is paid.

    An invoice of a contract that the customer may still cancel is no receivable and no contract liability yet
    (ASC 606-10-45-2, Example 38 Case A; IFRS 15.106, IE198).
    """
    firm = pl.min_horizontal("unconditional_at", "paid_at")
    conditional = pl.col("unconditional_at") > pl.col("issued_at")
    return pl.when(conditional).then(pl.max_horizontal("issued_at", firm)).otherwise("issued_at")


def _lines(admitted: Admitted, rows: pl.DataFrame, documents: pl.DataFrame, zones: pl.DataFrame) -> pl.DataFrame:
    invoices = documents.filter(kind="invoice")
    parents = rows.join(invoices, left_on="object_id", right_on="document_id", how="semi")
    of_invoices = admitted[silver.DOCUMENT_LINES].join(invoices, on="document_id", how="semi")
    lines = to_minor(lines_in_force(parents, of_invoices, "document_id"), "amount")
    served = with_accounting_days(lines, zones, {"served_from": "service_from", "served_to": "service_to"})
    return with_seconds_of_day(served, zones, {"from_second": "service_from", "to_second": "service_to"})


def _held(admitted: Admitted, lines: pl.DataFrame) -> pl.DataFrame:
    by_line = lines.join(admitted.held, on="object_id", how="semi").select("document_id")
    return pl.concat([admitted.held.select(document_id="object_id"), by_line]).unique()


def _incomplete(admitted: Admitted, invoices: pl.DataFrame, lines: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Invoices whose latest event has a line in quarantine, or that ask for money without any line."""
    events = invoices.select("document_id", "source", "source_event_id")
    rejected = admitted.quarantined_lines.join(events, on=["document_id", "source", "source_event_id"], how="semi")
    bare = invoices.filter(pl.col("total") != 0).join(lines, on="document_id", how="anti")
    waits = [
        rejected.select("document_id", waits_for="object_id"),
        bare.select("document_id", waits_for="document_id"),
    ]
    waiting = pl.concat(waits).group_by("document_id").agg(pl.col("waits_for").min())
    return invoices.join(waiting, on="document_id")


def _with_contract(invoices: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """The contract that an invoice bills: the one it names, else the one that all its lines name, else itself."""
    named = lines.group_by("document_id").agg(
        pl.when(pl.col("contract_id").drop_nulls().n_unique() == 1)
        .then(pl.col("contract_id").drop_nulls().first())
        .alias("contract_of_lines")
    )
    joined = invoices.join(named, on="document_id", how="left", maintain_order="left")
    return joined.with_columns(
        named_contract_id=pl.coalesce("contract_id", "contract_of_lines"),
        contract_id=pl.coalesce("contract_id", "contract_of_lines", "document_id"),
    ).drop("contract_of_lines")
