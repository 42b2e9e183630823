"""Fields by their paths, and what becomes of them in one record.

A path is names joined by dots, such as `data.object.billing_details.email`. A list on the way is gone through element by
element, whether the path says so (`lines[].name`) or not. `**.email` is every field of that name, however deep. A name at
the top may have dots itself, as columns of a table do. Where a path meets something else than an object, which may hold
what was to be kept from us, that is dropped or hashed in its place.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

ANYWHERE = "**"


class Action(StrEnum):
    """DROP leaves the field out. HASH puts a salted hash in its place, which still tells equal values from others."""

    DROP = "drop"
    HASH = "hash"


@dataclass
class Node:
    """What is to be done with a value, or with the fields in it."""

    action: Action | None = None
    below: dict[str, Node] = field(default_factory=dict)

    def harshest(self) -> Action:
        """What is done with a value that should have been an object: dropped if anything in it is to be."""
        actions = [self.action, *(node.harshest() for node in self.below.values())]
        return Action.DROP if Action.DROP in actions else Action.HASH


Hash = Callable[[bytes], str]
_GONE = object()


class Scrubber:
    """Applies fields to records as Python has them."""

    def __init__(self, fields: Iterable[tuple[str, Action]], hash_of: Hash) -> None:
        self._hash = hash_of
        self._root = Node()
        self._anywhere: dict[str, Action] = {}
        for path, action in fields:
            names = steps(path)
            if names[0] == ANYWHERE:
                self._anywhere[names[1]] = action
                continue
            node = self._root
            for name in names:
                node = node.below.setdefault(name, Node())
            node.action = action
            self._root.below.setdefault(path, Node()).action = action

    def first_names(self) -> list[str] | None:
        """Names of which a record that holds none needs no look; None where every record needs one."""
        return None if self._anywhere else list(self._root.below)

    def scrub(self, record: dict[str, Any]) -> dict[str, Any]:
        """The record without what may not be kept. May change the one that is given."""
        if self._anywhere:
            self._everywhere(record)
        self._within(record, self._root)
        return record

    def _within(self, found: dict[str, Any], node: Node) -> None:
        for name, inner in node.below.items():
            if name in found:
                kept = self._value(found[name], inner)
                if kept is _GONE:
                    del found[name]
                else:
                    found[name] = kept

    def _value(self, found: Any, node: Node) -> Any:
        if node.action is not None:
            return self._act(found, node.action)
        if isinstance(found, dict):
            self._within(found, node)
            return found
        if isinstance(found, list):
            return [kept for item in found if (kept := self._value(item, node)) is not _GONE]
        return self._act(found, node.harshest())

    def _act(self, found: Any, action: Action) -> Any:
        if action is Action.DROP:
            return _GONE
        if found is None or found == "":
            return found
        if isinstance(found, list):
            return [self._act(item, action) for item in found]
        return self._hash(_canonical(found))

    def _everywhere(self, found: Any) -> None:
        pending = [found]
        while pending:
            item = pending.pop()
            if isinstance(item, list):
                pending += item
            elif isinstance(item, dict):
                for name in self._anywhere.keys() & item.keys():
                    kept = self._act(item[name], self._anywhere[name])
                    if kept is _GONE:
                        del item[name]
                    else:
                        item[name] = kept
                pending += [inner for inner in item.values() if isinstance(inner, dict | list)]


def steps(path: str) -> list[str]:
    """The names of a path. ValueError where it is none."""
    names = path.replace("[]", "").split(".")
    if not all(names) or ANYWHERE in names[1:] or (names[0] == ANYWHERE and len(names) != 2):
        raise ValueError(path)
    return names


def _canonical(found: Any) -> bytes:
    """A text as it is; of anything else its JSON, whatever the order of keys."""
    text = found if isinstance(found, str) else json.dumps(found, sort_keys=True)
    return text.encode("utf-8", "surrogatepass")
