"""What a process does with the memory that it frees: what runs for days gives it back, a bulk load uses it again."""

from __future__ import annotations

import ctypes
import os
import sys
from functools import cache

# What is larger comes from the system and goes back to it when it is freed. glibc raises the limit to 32 MiB by itself, and
# a heap of large columns has holes that nothing else fits into: 2.6 GiB instead of 1.7 in an ingest of 1 GiB.
LARGE_BYTES = 1 << 18
_MMAP_THRESHOLD = -3
# Polars and delta-rs have jemalloc each, which keeps what was freed for 10 s, in 4 arenas a core.
JEMALLOC = "_RJEM_MALLOC_CONF"
_SOON = "dirty_decay_ms:1000,muzzy_decay_ms:0,narenas:4"
_NEVER = f"dirty_decay_ms:-1,muzzy_decay_ms:-1,narenas:{os.cpu_count() or 4}"


def keep_little() -> None:
    """Let this process give freed memory back soon; to be called before Polars and delta-rs are loaded.

    For what runs for days: columns are mapped anew each time, and a schedule is made at 10 instead of 18 million lines/s.
    With it a stream of 20,000 events/s holds 380 MiB after five minutes, without 480 (two cores, 32 tables).
    Variables that are set, `_RJEM_MALLOC_CONF` and `MALLOC_MMAP_THRESHOLD_`, are left as they are.
    """
    os.environ.setdefault(JEMALLOC, _SOON)
    set_option = _of_glibc("mallopt")
    if set_option is not None and "MALLOC_MMAP_THRESHOLD_" not in os.environ:
        set_option(_MMAP_THRESHOLD, LARGE_BYTES)


def keep_all() -> None:
    """Let this process use again what it freed, and give nothing back; to be called before Polars and delta-rs are loaded.

    For a bulk load, which ends: an ingest of 1 GiB takes 16.5 s and 2.2 GiB, else 17.8 s and 1.8 GiB.
    A variable that is set, `_RJEM_MALLOC_CONF`, is left as it is.
    """
    os.environ.setdefault(JEMALLOC, _NEVER)


def give_back_memory() -> None:
    """Return to the system what was freed. glibc keeps it, for each thread apart: 20 to 90 MiB in 15 s of a busy stream.

    Does nothing where the C library has no such call.
    """
    trim = _of_glibc("malloc_trim")
    if trim is not None:
        trim(0)


@cache
def _of_glibc(name: str) -> ctypes._CFuncPtr | None:  # type: ignore[name-defined]
    """A call that only glibc has; None with another C library, and on another system."""
    if not sys.platform.startswith("linux"):
        return None
    library = ctypes.CDLL(None)
    return getattr(library, name, None) if hasattr(library, "gnu_get_libc_version") else None
