"""Bytes that are no text are found wherever they stand, also where they would be text together with the next record's."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from pipelines.systems.codes import Code
from pipelines.systems.envelope import open_records
from pipelines.systems.faults import Faults

PIECES = st.lists(
    st.sampled_from([b"\xc3", b"\xa9", b"\xe2\x82", b"\xac" * 20, b"a" * 30 + b"\xc3", b"{}", "é€😀".encode()])
)


def is_text(payload: bytes) -> bool:
    try:
        payload.decode()
    except UnicodeDecodeError:
        return False
    return True


@given(PIECES)
def test_what_is_not_utf8_is_told_record_by_record(payloads: list[bytes]) -> None:
    faults = Faults()
    open_records(pl.Series(payloads, dtype=pl.Binary), {"id": "$.id"}, faults)
    told = faults.first().filter(pl.col("code") == Code.NOT_UTF8.value).get_column("row").to_list()
    assert told == [row for row, payload in enumerate(payloads) if not is_text(payload)]
