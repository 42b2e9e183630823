"""Spark Structured Streaming on two local cores: JSON, `dropDuplicates` on the event id, Parquet.

It does much less than `rtr ingest`: no normalisation into facts, no quarantine, no key index that outlives the
checkpoint, no Delta commit. The configuration is the one that favours it, except where it is said to be as installed;
four shuffle partitions and RocksDB measured the same within the noise, the default G1 collector somewhat slower:

* `availableNow` without a limit of files, so that the input is one batch and not many;
* a declared schema (inferring one reads the input twice), as many shuffle partitions as cores;
* the state of `dropDuplicates` in the default store, which keeps it in memory (HDFS-backed; RocksDB is for states that
  do not fit), without a watermark, since a late event must not be lost;
* a heap of 6 GiB from the start with the parallel collector, zstd Parquet, everything on the local disk, no web UI.
"""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

from bench.peers.peer import Peer

JAVA = 17


def java_version(text: str) -> int | None:
    """The major version in what `java -version` prints: 17 of "17.0.15", 8 of "1.8.0"."""
    found = re.search(r'version "(?:1\.)?(\d+)', text)
    return int(found.group(1)) if found else None


def no_java() -> str | None:
    home = os.environ.get("JAVA_HOME")
    java = str(Path(home) / "bin" / "java") if home else "java"
    try:
        printed = subprocess.run([java, "-version"], check=True, capture_output=True, text=True, timeout=60).stderr
    except (OSError, subprocess.SubprocessError):
        return f"Spark needs Java {JAVA} or later"
    version = java_version(printed)
    return None if version and version >= JAVA else f"Spark needs Java {JAVA} or later, not {version}"


def written(folder: Path) -> list[str]:
    return [str(file) for file in sorted((folder / "events").glob("*.parquet"))]


SPARK = Peer(
    name="spark",
    title="Spark 4.3.0 Structured Streaming",
    requirements=("pyspark==4.3.0", "py4j==0.10.9.9"),
    job=Path(__file__).with_name("spark_job.py"),
    variants={
        "envelope": "id, type and time only",
        "raw": "id, type, time and the line",
        "typed": "all fields, typed",
        "installed": "all fields, typed, settings as installed",
    },
    arguments=(),
    unusable=no_java,
    written=written,
)
