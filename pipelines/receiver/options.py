"""How a configuration is read: what is unknown or does not fit is named, with its place in the file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from lakehouse.errors import RtrError

Number = TypeVar("Number", int, float)


def misuse(place: str, problem: str) -> RtrError:
    """The error of a configuration: where, and what is wrong there."""
    return RtrError("RECEIVER_CONFIG", f"{place} {problem}.", "pipelines/receiver/README.md shows a whole configuration.")


def section(given: object, place: str) -> Mapping[str, Any]:
    """A mapping with text for keys; nothing is an empty one."""
    if given is None:
        return {}
    if not isinstance(given, Mapping) or not all(isinstance(key, str) for key in given):
        raise misuse(place, "must be a mapping of names to values")
    return given


def only(given: Mapping[str, Any], known: Iterable[str], place: str) -> None:
    """Nothing else than what is known is said: a misspelt limit would be no limit."""
    names = list(known)
    if strange := sorted(set(given) - set(names)):
        raise misuse(f"{place}.{strange[0]}".lstrip("."), f"is unknown; known are {', '.join(names)}")


def positive(given: Mapping[str, Any], name: str, default: Number, place: str) -> Number:
    """A number above zero, of the kind of its default."""
    value = given.get(name, default)
    kinds = (int,) if isinstance(default, int) else (int, float)
    if isinstance(value, bool) or not isinstance(value, kinds) or value <= 0:
        raise misuse(f"{place}.{name}".lstrip("."), f"must be a {'whole ' if kinds == (int,) else ''}number above zero")
    return type(default)(value)
