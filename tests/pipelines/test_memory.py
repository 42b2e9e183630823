"""What is asked of the allocators is what they do, in a process of its own as it is asked before all else."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys

import pytest

# After a block of 8 MiB was freed, glibc by itself takes one of 1 MiB from its heap.
PROGRAM = """
import ctypes, json, os, sys
if sys.argv[1] != "plain":
    import cli
    assert not {"polars", "deltalake"} & set(sys.modules)
class Used(ctypes.Structure):
    _fields_ = [(name, ctypes.c_size_t) for name in "arena ordblks smblks hblks hblkhd a b c d e".split()]
libc = ctypes.CDLL(None)
libc.mallinfo2.restype, libc.malloc.restype = Used, ctypes.c_void_p
libc.free.argtypes = [ctypes.c_void_p]
libc.free(libc.malloc(8 << 20))
before = libc.mallinfo2().hblkhd
libc.malloc(1 << 20)
print(json.dumps([libc.mallinfo2().hblkhd - before, os.environ.get("_RJEM_MALLOC_CONF")]))
"""


def mapped_and_told(*words: str, **variables: str) -> tuple[int, str | None]:
    """Bytes that a block of 1 MiB takes from the system, and what jemalloc is told."""
    kept = {name: value for name, value in os.environ.items() if "MALLOC" not in name}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *words], env=kept | variables, capture_output=True, text=True, check=True
    )
    mapped, told = json.loads(done.stdout)
    return mapped, told


LIBRARY, VERSION = platform.libc_ver()
pytestmark = pytest.mark.skipif(
    LIBRARY != "glibc" or tuple(map(int, VERSION.split("."))) < (2, 33), reason="the C library is not glibc 2.33 or later"
)


@pytest.mark.parametrize("words", [("up",), ("receive",), ("ingest", "--system", "stripe", "--follow")])
def test_large_blocks_come_from_the_system_and_go_back_to_it(words: tuple[str, ...]) -> None:
    assert mapped_and_told("plain")[0] == 0
    mapped, told = mapped_and_told(*words)
    assert mapped >= 1 << 20
    assert told is not None
    assert "dirty_decay_ms:1000" in told


def test_what_computes_once_is_left_as_it_is() -> None:
    assert mapped_and_told("refresh") == (0, None)


def test_a_bulk_load_keeps_its_memory_at_hand() -> None:
    mapped, told = mapped_and_told("ingest")
    assert mapped == 0
    assert told is not None
    assert "dirty_decay_ms:-1" in told


def test_what_an_operator_has_set_stays() -> None:
    mapped, told = mapped_and_told("up", MALLOC_MMAP_THRESHOLD_=str(4 << 20), _RJEM_MALLOC_CONF="narenas:2")
    assert (mapped, told) == (0, "narenas:2")
