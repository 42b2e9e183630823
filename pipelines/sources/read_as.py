"""How the files of a feed are to be read, where their names do not tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # it reads blocks, which come from what is read as this says
    from pipelines.privacy import Privacy


@dataclass(frozen=True)
class CsvDialect:
    """What stands between the cells of a CSV file, and its encoding (`utf-8-sig`: with or without a byte order mark)."""

    delimiter: str = ","
    encoding: str = "utf-8-sig"


UTF8_WITH_COMMAS = CsvDialect()


@dataclass(frozen=True)
class ReadAs:
    """`whole`: in one piece and not in ranges, and anew when it changed. `batched`: a line may be an array of records.
    `privacy`: what of them nobody may keep."""

    csv: CsvDialect = UTF8_WITH_COMMAS
    whole: bool = False
    batched: bool = False
    privacy: Privacy | None = None


AS_USUAL = ReadAs()
