"""What a published example is to an adapter, and what an adapter is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from tests.assets.revenue_facts import Row

Books = dict[str, pl.DataFrame]
"""Every gold table by name; `journal` is the whole of it."""


@dataclass(frozen=True)
class Example:
    """A published example without its name: what is given and what is printed.

    `source` tells whose rule it is: systems choose different roundings under one word ("Months").
    """

    topic: str
    inputs: dict[str, Any]
    expected: dict[str, Any]
    source: str = ""

    @classmethod
    def told_by(cls, vector: dict[str, Any]) -> Example:
        return cls(vector["topic"], vector["inputs"], vector["expected"], vector.get("source", ""))


@dataclass(frozen=True)
class Told:
    """An example as silver facts, the day the books are as of, and the periods that were closed before any of it came."""

    rows: list[Row]
    as_of: str = "2029-12-31"
    closed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Adapter:
    """How the examples of some topics are told and read.

    `tell` gives the facts; `read` gives what gold says in the shape of `expected`. `not_in_gold` names printed fields that
    are no number of ours (a source's own rounding, say), each with the reason. `tolerance` is for fields of which the
    source itself is not exact; the reason stands in tests/vectors/README.md.
    """

    topics: tuple[str, ...]
    tell: Callable[[Example], Told]
    read: Callable[[Books, Example], dict[str, Any]]
    not_in_gold: dict[str, str] = field(default_factory=dict)
    tolerance: dict[str, str] = field(default_factory=dict)


class UnreadableExample(Exception):
    """The example gives something that its adapter does not know how to tell: it would be lost silently otherwise."""


def only(inputs: dict[str, Any], *known: str) -> None:
    """Every field that is given is one that the adapter tells."""
    unknown = sorted(set(inputs) - set(known))
    if unknown:
        raise UnreadableExample(f"the adapter does not tell {', '.join(unknown)}")
