"""What the Delta log of a table says, read file by file: which data files came when, and whether any went."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from lakehouse.table import Table

if TYPE_CHECKING:
    from lakehouse.store import Lakehouse


@dataclass(frozen=True)
class LogChanges:
    """What the log says between two versions: data files added, and whether data was removed."""

    added: list[str]
    rewritten: bool


def log_file(version: int) -> str:
    """Where the log of a table keeps a version."""
    return f"_delta_log/{version:020d}.json"


def read_log(lake: Lakehouse, table: Table, first: int, last: int, *, lenient: bool = False) -> LogChanges | None:
    """Data-changing adds and removes of the versions first..last.

    None where a log file is gone, unless `lenient`, which reads those that are left.
    """
    added: list[str] = []
    rewritten = False
    files = lake.filesystem(table)
    for version in range(first, last + 1):
        try:
            with files.open_input_stream(log_file(version)) as stream:
                lines = stream.read().splitlines()
        except FileNotFoundError:
            if lenient:
                continue
            return None
        for line in lines:
            action: dict[str, Any] = json.loads(line)
            if "add" in action and action["add"].get("dataChange", True):
                added.append(unquote_path(action["add"]["path"]))
            if "remove" in action and action["remove"].get("dataChange", True):
                rewritten = True
    return LogChanges(added, rewritten)


def read_log_since(lake: Lakehouse, table: Table, version: int, moment: float) -> list[str]:
    """Data files added by commits up to a version and not before a moment (seconds since 1970), newest commit first."""
    added: list[str] = []
    files = lake.filesystem(table)
    for number in range(version, -1, -1):
        try:
            with files.open_input_stream(log_file(number)) as stream:
                actions = [json.loads(line) for line in stream.read().splitlines()]
        except FileNotFoundError:
            break
        if any(action["commitInfo"]["timestamp"] < moment * 1000 for action in actions if "commitInfo" in action):
            break
        added += [unquote_path(action["add"]["path"]) for action in actions if "add" in action]
    return added


def unquote_path(path: str) -> str:
    """Paths in the log are percent-encoded (Delta protocol, "Add File and Remove File")."""
    return unquote(path)
