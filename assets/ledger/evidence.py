"""The evidence of a close: a folder of files and a manifest with the SHA-256 of each, which nobody overwrites.

It lies in `_evidence` below the folder of ops.period_log, where no housekeeping of the table reaches, by entity, book,
module, period and number of the entry. The log holds the hash of the manifest, so that a changed file shows.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from datetime import date
from io import BytesIO
from typing import Any

import polars as pl

from assets.ledger.frozen import Books, posted_in
from assets.ledger.tie_outs import Check, latest_gates
from lakehouse.store import Lakehouse
from lakehouse.tables import gold, ops, silver

MANIFEST = "manifest.json"


def evidence_folder(books: Books, period: date, sequence: int) -> str:
    """Where the evidence of one close lies, below ops.period_log."""
    return f"_evidence/{books.legal_entity_id}/{books.book}/{books.module}/{period}-{sequence:04}"


def write_evidence(lake: Lakehouse, folder: str, files: dict[str, bytes]) -> str:
    """Write the files and their manifest; returns the SHA-256 of the manifest."""
    told = {name: {"bytes": len(payload), "sha256": _sha256(payload)} for name, payload in sorted(files.items())}
    manifest = json.dumps(told, indent=1, sort_keys=True).encode()
    for name, payload in (*files.items(), (MANIFEST, manifest)):
        lake.put(ops.PERIOD_LOG, f"{folder}/{name}", payload)
    return _sha256(manifest)


def changed_evidence(lake: Lakehouse, folder: str, sha256: str) -> list[str]:
    """Names of the files of a close that are gone or are not what they were when it was made."""
    manifest = _read(lake, f"{folder}/{MANIFEST}")
    if manifest is None or _sha256(manifest) != sha256:
        return [MANIFEST]
    told: dict[str, dict[str, Any]] = json.loads(manifest)
    payloads = {name: _read(lake, f"{folder}/{name}") for name in told}
    return [name for name, payload in payloads.items() if payload is None or _sha256(payload) != told[name]["sha256"]]


def evidence_of(
    lake: Lakehouse, books: Books, period: date, balances: pl.DataFrame, checks: list[Check], facts: dict[str, Any]
) -> dict[str, bytes]:
    """The files of a close: who and when, checks, gates, frozen balances, the period's entries, balances and policies."""
    of_books = {"legal_entity_id": books.legal_entity_id, "book": books.book}
    versions = {table.qualified_name: lake.version(table) for table in gold.TABLES}
    told = facts | asdict(books) | {"period": period.isoformat(), "gold_versions": versions}
    return {
        "close.json": json.dumps(told, indent=1, sort_keys=True, default=str).encode(),
        "checks.json": json.dumps([asdict(check) for check in checks], indent=1).encode(),
        "gate_report.json": latest_gates(lake).sort("table_name", "expectation").write_json().encode(),
        "frozen_balances.csv": balances.write_csv().encode(),
        "journal.parquet": _parquet(posted_in(lake.scan(gold.JOURNAL), books, period).sort("line_id").collect()),
        "trial_balance.csv": _of_period(lake.scan(gold.TRIAL_BALANCE).filter(**of_books), period),
        "deferred_rollforward.csv": _of_period(lake.scan(gold.DEFERRED_ROLLFORWARD).filter(**of_books), period),
        "pending_facts.csv": lake.scan(gold.PENDING_FACTS).sort("table_name", "row_key").collect().write_csv().encode(),
        "policies.csv": lake.scan(silver.POLICIES).sort("row_key").collect().write_csv().encode(),
    }


def _of_period(rows: pl.LazyFrame, period: date) -> bytes:
    found = rows.filter(accounting_period=period).collect()
    return found.sort(found.columns).write_csv().encode()


def _parquet(frame: pl.DataFrame) -> bytes:
    buffer = BytesIO()
    frame.write_parquet(buffer)
    return buffer.getvalue()


def _read(lake: Lakehouse, path: str) -> bytes | None:
    try:
        with lake.filesystem(ops.PERIOD_LOG).open_input_stream(path) as stream:
            payload: bytes = stream.read()
            return payload
    except FileNotFoundError:
        return None


def _sha256(payload: bytes) -> str:
    return hashlib.sha256(payload).hexdigest()
