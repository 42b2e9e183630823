"""dlt: JSON lines merged by event id into a Delta table on the local disk.

It does less than `rtr ingest`: no normalisation into facts, no quarantine, nothing against a crash between two loads.
The configuration is the one that favours it:

* loads of the same size as our batches: a merge sees only what earlier loads wrote, and the first one just appends;
* the strategy `insert-only`, which rewrites no file, as an event never changes, except where it is said otherwise;
* the repeats within a load end in the resource, as dlt wants its keys unique there;
* Arrow tables (which dlt does not normalise), parsed by Arrow's own JSON reader or by orjson; for dictionaries,
  two normalising processes and files small enough for both.
"""

from __future__ import annotations

from pathlib import Path

from deltalake import DeltaTable

from bench.peers.peer import Peer


def written(folder: Path) -> list[str]:
    return [str(file) for file in DeltaTable(str(folder / "lake" / "events" / "events")).file_uris()]


DLT = Peer(
    name="dlt",
    title="dlt 1.31.0, merge into Delta",
    requirements=("dlt[deltalake]==1.31.0", "deltalake==1.6.6", "pyarrow==26.0.1", "orjson==3.13.0"),
    job=Path(__file__).with_name("dlt_job.py"),
    variants={
        "envelope": "Arrow: id, type and time only",
        "raw": "Arrow: id, type, time and the line",
        "dicts": "dicts: the payload a JSON column",
        "nested": "dicts: its default, a table a list",
    },
    in_batches={
        "envelope-batches": "Arrow: id, type and time only, loads of 16 MiB",
        "dicts-batches": "dicts: the payload a JSON column, loads of 16 MiB",
        "nested-batches": "dicts: its default, a table a list, loads of 16 MiB",
        "upsert-batches": "dicts: its default, a table a list, by its default strategy, loads of 16 MiB",
    },
    unusable=lambda: None,
    written=written,
)
