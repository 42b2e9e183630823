"""Looks for texts in all that lies below a folder: bytes of files, names of files, and what Parquet files hold."""

from __future__ import annotations

from pathlib import Path

import polars as pl


def found_below(root: Path, secrets: list[str]) -> list[str]:
    """Where any of the texts stands, in whatever case."""
    wanted = [secret.lower().encode() for secret in secrets]
    places = []
    for file in sorted(path for path in root.rglob("*") if path.is_file()):
        contents = [file.read_bytes(), str(file).encode()]
        if file.suffix == ".parquet":
            for column in pl.read_parquet(file, hive_partitioning=False).get_columns():
                texts = column.cast(pl.Binary) if column.dtype == pl.String else column
                if texts.dtype == pl.Binary:
                    contents += [value for value in texts.to_list() if value is not None]
        places += [str(file) for content in contents if any(secret in content.lower() for secret in wanted)]
    return places
