"""How the files of a feed are to be read, where their names do not tell."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class CsvDialect:
    """What stands between the cells of a CSV file, and its encoding (`utf-8-sig`: with or without a byte order mark)."""

    delimiter: str = ","
    encoding: str = "utf-8-sig"


UTF8_WITH_COMMAS = CsvDialect()


@dataclass(frozen=True)
class ReadAs:
    """`whole`: in one piece and not in ranges, and anew when it changed. `batched`: a line may be an array of records."""

    csv: CsvDialect = UTF8_WITH_COMMAS
    whole: bool = False
    batched: bool = False


AS_USUAL = ReadAs()
