"""However a file is cut, every record is read once, at its place."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import polars as pl
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from lakehouse.errors import RtrError
from pipelines.sources import reading, records
from pipelines.sources.file_source import FileSource
from pipelines.sources.files import list_files
from pipelines.sources.ranges import Block
from pipelines.sources.read_as import CsvDialect, ReadAs
from pipelines.sources.records import split_lines


def read_all(path: Path, range_bytes: int = 1 << 20, start: int = 0) -> list[Block]:
    source = FileSource("t", str(path), range_bytes, lambda: lambda split: start)
    source.rewind()
    return [item.read() for item in source.poll()]


def read_new(source: FileSource) -> list[bytes]:
    return [payload for item in source.poll() for payload in payloads([item.read()])]


def payloads(blocks: list[Block]) -> list[bytes]:
    return pl.concat([block.records for block in blocks]).get_column("payload").to_list()


@pytest.mark.parametrize("tail_bytes", [3, reading.TAIL_BYTES])
def test_lines_of_any_length_are_cut_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tail_bytes: int) -> None:
    monkeypatch.setattr(reading, "TAIL_BYTES", tail_bytes)
    lines = [json.dumps({"n": n, "x": "é" * (n % 37)}).encode() for n in range(200)]
    file = tmp_path / "a.jsonl"
    file.write_bytes(b"\n".join(lines) + b"\n")
    for range_bytes in (1, 7, 64, 1000, 1 << 20):
        blocks = read_all(file, range_bytes)
        assert payloads(blocks) == lines
        assert blocks[-1].end == file.stat().st_size


@given(
    st.lists(st.binary(max_size=40).map(lambda b: b.replace(b"\n", b"").replace(b"\r", b"")), max_size=20),
    st.booleans(),
    st.sampled_from([3, 30]),
)
def test_split_lines_is_the_same_as_cutting_at_newlines(lines: list[bytes], windows: bool, part_bits: int) -> None:
    buffer = (b"\r\n" if windows else b"\n").join(lines)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(records, "PART_BITS", part_bits)  # a buffer of several parts, as one of more than a GiB
        patch.setattr(records, "SEARCH_BYTES", 16)
        found = split_lines(buffer, 5, "s")
    assert found.get_column("payload").to_list() == [line for line in lines if line]
    for position, payload in found.select("position", "payload").iter_rows():
        assert buffer[position - 5 :].startswith(payload)


def test_a_record_still_being_written_waits_and_is_read_when_whole(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_bytes(b'{"n":1}\n{"n":2')
    source = FileSource("t", str(file), 1 << 20, lambda: lambda split: 0)
    source.rewind()
    assert read_new(source) == [b'{"n":1}']
    assert "not complete" in source.waiting[0]
    assert read_new(source) == []
    with file.open("ab") as more:
        more.write(b'2}\n{"n":3}\n')
    assert read_new(source) == [b'{"n":22}', b'{"n":3}']
    assert source.waiting == []


def test_a_last_record_without_newline_counts_if_it_is_whole(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_bytes(b'{"n":1}\n{"n":2}')
    (block,) = read_all(file)
    assert payloads([block]) == [b'{"n":1}', b'{"n":2}']
    assert block.waiting is None


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
def test_compressed_lines(tmp_path: Path, suffix: str) -> None:
    lines = [b'{"n":%d}' % n for n in range(1000)]
    text = b"\n".join(lines) + b"\n"
    file = tmp_path / f"a.jsonl{suffix}"
    file.write_bytes(gzip.compress(text) if suffix == ".gz" else zstandard.compress(text))
    (block,) = read_all(file)
    assert payloads([block]) == lines
    assert block.end == len(text)


def test_an_archive_that_is_cut_off_gives_what_is_whole_and_says_so(tmp_path: Path) -> None:
    import random

    noise = random.Random(1)
    lines = [b'{"n":"%x"}' % noise.getrandbits(400) for _ in range(50_000)]
    whole = gzip.compress(b"\n".join(lines) + b"\n")
    file = tmp_path / "a.jsonl.gz"
    file.write_bytes(whole[: len(whole) // 2])
    (block,) = read_all(file)
    assert "cannot be decompressed to its end" in (block.waiting or "")
    assert payloads([block]) == lines[: block.records.height]
    file.write_bytes(whole)
    assert payloads([block]) + payloads(read_all(file, start=block.end)) == lines


def test_json_documents_arrays_csv_and_parquet(tmp_path: Path) -> None:
    (tmp_path / "one.json").write_text('{\n  "n": 1,\n  "m": 1.10\n}')
    (tmp_path / "many.json").write_text('[{"n": 1.10}, {"n": 2}]')
    (tmp_path / "lines.json").write_text('{"n":1}\n{"n":2}\n')
    (tmp_path / "rows.csv").write_text('n,m\n1,"a, b"\n2,\n')
    pl.DataFrame({"n": [1, 2]}).write_parquet(tmp_path / "rows.parquet")
    read = {path.name: payloads(read_all(path)) for path in tmp_path.iterdir()}
    assert [json.loads(p) for p in read["one.json"]] == [{"n": 1, "m": 1.1}]
    assert read["many.json"] == [b'{"n":1.10}', b'{"n":2}']  # digits stay as they were written
    assert len(read["lines.json"]) == 2
    assert read["rows.csv"] == [b'{"n": "1", "m": "a, b"}', b'{"n": "2"}']
    assert [json.loads(p) for p in read["rows.parquet"]] == [{"n": 1}, {"n": 2}]


def test_a_file_under_the_same_name_that_is_shorter_is_another_file(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_bytes(b'{"n":3}\n')
    source = FileSource("t", str(file), 1 << 20, lambda: lambda split: 100 if split == str(file) else 0)
    source.rewind()
    (item,) = source.poll()
    assert item.split.startswith(f"{file}@")
    assert item.start == 0


def test_a_folder_is_read_and_hidden_files_are_passed_by(tmp_path: Path) -> None:
    for name in ("b.jsonl", "a.jsonl", ".hidden.jsonl", "_partial.jsonl"):
        (tmp_path / name).write_text("{}\n")
    assert [Path(file.path).name for file in list_files(str(tmp_path))] == ["a.jsonl", "b.jsonl"]


def test_a_file_that_is_no_parquet_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_bytes(b"no parquet")
    with pytest.raises(RtrError, match="INPUT_UNREADABLE"):
        read_all(tmp_path / "a.parquet")


def test_a_csv_row_with_more_cells_than_columns_is_its_line_and_empty_cells_too_many_are_none(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text('name,n\nByron, Ada,1\n"a",2,\n')
    assert payloads(read_all(tmp_path / "rows.csv")) == [b"Byron, Ada,1", b'{"name": "a", "n": "2"}']


def test_a_csv_dialect(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_bytes("name;n\nAndr\u00e9;1,5\n".encode("cp1252"))
    read_as = ReadAs(CsvDialect(";", "cp1252"))
    source = FileSource("t", str(tmp_path / "rows.csv"), 1 << 20, lambda: lambda split: 0, read_as=read_as)
    source.rewind()
    assert read_new(source) == ['{"name": "Andr\u00e9", "n": "1,5"}'.encode()]


def test_a_line_that_is_a_batch_is_its_elements_each_with_a_place_in_whatever_range_it_is(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(b'{"n": 0}\n[{"n": 1.10},{"n": 2}]\n[]\n[1\n{"n": 3}\n')
    for range_bytes in (1, 5, 1 << 20):
        source = FileSource(
            "t", str(tmp_path / "a.jsonl"), range_bytes, lambda: lambda split: 0, read_as=ReadAs(batched=True)
        )
        source.rewind()
        records = pl.concat([item.read().records for item in source.poll()])
        assert records["payload"].to_list() == [b'{"n": 0}', b'{"n":1.10}', b'{"n":2}', b"[1", b'{"n": 3}']
        assert records["position"].is_unique().all()
        assert records["position"].is_sorted()
