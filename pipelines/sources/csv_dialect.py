"""How a CSV file is written: what stands between its cells, and in which encoding."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class CsvDialect:
    """`utf-8-sig` is UTF-8 with or without a byte order mark."""

    delimiter: str = ","
    encoding: str = "utf-8-sig"


UTF8_WITH_COMMAS = CsvDialect()
