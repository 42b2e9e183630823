"""Segments: names used once, whole lines, nothing appended after a restart, and what a crash may leave behind."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from pipelines.receiver.segments import SUFFIX, SegmentWriter, durable, recover, settle
from tests.pipelines.receiver.support import segments

NOW = 1_800_000_000.0


def writer(spool: Path, **changes: float) -> SegmentWriter:
    return SegmentWriter(spool / "a", int(changes.get("max_bytes", 100)), changes.get("max_seconds", 60.0))


def test_a_segment_ends_at_its_size_and_at_its_age(tmp_path: Path) -> None:
    one = writer(tmp_path)
    one.append(b"x" * 59 + b"\n", NOW)
    one.append(b"y" * 39 + b"\n", NOW + 1)  # 100 bytes: just fits
    one.append(b"z\n", NOW + 2)
    one.append(b"z\n", NOW + 61.9)
    one.append(b"w\n", NOW + 62)  # a minute after the second was begun
    one.finish()
    assert [path.stat().st_size for path in segments(tmp_path, "a")] == [100, 4, 2]


def test_a_segment_of_a_quiet_source_ends_too(tmp_path: Path) -> None:
    one = writer(tmp_path)
    one.append(b"a\n", NOW)
    one.finish_if_old(NOW + 59)
    one.append(b"b\n", NOW + 59)
    one.finish_if_old(NOW + 60)
    one.append(b"c\n", NOW + 59)  # a clock that was set back
    assert [path.read_bytes() for path in segments(tmp_path, "a")] in ([b"a\nb\n", b"c\n"], [b"c\n", b"a\nb\n"])


def test_two_writers_of_one_folder_never_meet(tmp_path: Path) -> None:
    for _ in range(2):
        writer(tmp_path).append(b"a\n", NOW)
    assert [path.read_bytes() for path in segments(tmp_path, "a")] == [b"a\n"] * 2


@pytest.mark.parametrize(
    ("left", "settled", "cut"),
    [
        (b"", b"", 0),
        (b'{"a":1}\n', b'{"a":1}\n', 0),
        (b'{"a":1}\n{"a":', b'{"a":1}\n', 5),
        (b'{"a":', b"", 5),
        (b'{"a":1}\n{"a":2}', b'{"a":1}\n{"a":2}\n', 0),  # the source may have read it: it gets its newline
        (b'{"a":1}\n\x00\x00\x00', b'{"a":1}\n', 3),  # a power failure
        (b'{"a":1}\n{"a":"' + b"x" * 200_000, b'{"a":1}\n', 200_006),
    ],
)
def test_what_a_crash_left_of_a_last_line_is_cut_off(tmp_path: Path, left: bytes, settled: bytes, cut: int) -> None:
    path = tmp_path / f"one{SUFFIX}"
    path.write_bytes(left)
    assert recover(tmp_path) == cut
    assert path.read_bytes() == settled
    assert recover(tmp_path) == 0


def test_a_segment_that_is_being_written_is_left_alone(tmp_path: Path) -> None:
    one = writer(tmp_path)
    one.append(b'{"a":', NOW)  # as a reader finds it in the middle of a write
    (path,) = segments(tmp_path, "a")
    assert recover(tmp_path / "a") == 0
    assert path.read_bytes() == b'{"a":'


def test_after_a_failed_write_the_lines_go_to_another_segment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = writer(tmp_path)
    one.append(b'{"a":1}\n', NOW)
    real = os.write

    def full(descriptor: int, data: bytes) -> int:
        """Takes a few bytes, and then there is no room."""
        if len(data) < 8:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(descriptor, data[:6])

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(OSError, match="No space left"):
        one.append(b'{"a":2}\n', NOW)
    monkeypatch.setattr(os, "write", real)
    one.append(b'{"a":3}\n', NOW + 1)
    assert [path.read_bytes() for path in segments(tmp_path, "a")] == [b'{"a":1}\n', b'{"a":3}\n']


def test_a_segment_whose_closing_fails_is_not_written_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its number belongs to the next file that anybody opens."""
    one = writer(tmp_path)
    one.append(b'{"a":1}\n', NOW)
    real = os.close

    def failing(descriptor: int) -> None:
        real(descriptor)
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "close", failing)
    with pytest.raises(OSError, match="Input/output"):
        one.append(b'{"a":2}\n', NOW + 61)
    monkeypatch.setattr(os, "close", real)
    other = tmp_path / "other"
    with other.open("wb"):
        one.append(b'{"a":3}\n', NOW + 62)
    assert other.read_bytes() == b""
    assert [path.read_bytes() for path in segments(tmp_path, "a")] == [b'{"a":1}\n', b'{"a":3}\n']


def test_folder_and_file_are_durable_before_an_append_returns(tmp_path: Path) -> None:
    synced: list[str] = []

    def sync(descriptor: int) -> None:
        synced.append(os.path.basename(os.readlink(f"/proc/self/fd/{descriptor}")))
        durable(descriptor)

    one = SegmentWriter(tmp_path / "spool" / "a", 100, 60.0, sync)
    one.append(b"a\n", NOW)
    (path,) = segments(tmp_path / "spool", "a")
    assert synced == ["spool", "a", path.name]  # the folder's entry, the segment's entry, the line
    one.append(b"b\n", NOW)
    assert synced[3:] == [path.name]


def test_settling_reads_back_over_more_than_one_piece(tmp_path: Path) -> None:
    path = tmp_path / "one"
    path.write_bytes(b"a\n" + b"b" * 150_000)
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND)
    try:
        assert settle(descriptor) == 150_000
    finally:
        os.close(descriptor)
    assert path.read_bytes() == b"a\n"
