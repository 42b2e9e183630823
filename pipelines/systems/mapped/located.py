"""YAML that remembers its lines, so that whoever wrote it is told where it is wrong, all of it at once."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

import yaml

from lakehouse.errors import RtrError

T = TypeVar("T")


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: where (line of the file, path of the field), what, and what to do."""

    line: int
    path: str
    message: str
    remedy: str

    def __str__(self) -> str:
        return f"line {self.line}, {self.path or 'the file'}: {self.message} {self.remedy}"


class Invalid(RtrError):
    """A file that people write has problems; `problems` lists them."""

    def __init__(self, code: str, name: str, problems: list[Problem]) -> None:
        self.problems = problems
        listed = "\n".join(f"  {problem}" for problem in problems)
        super().__init__(code, f"{name} has {len(problems)} problems:\n{listed}", "Mend these lines, then try again.")


class _Stop(Exception):
    """What was asked of a node cannot be had; the problem is noted."""


@dataclass(frozen=True)
class Located:
    """A node of the file with the path that leads to it. What is wrong goes to `problems`, which all nodes share."""

    node: yaml.Node
    path: str = ""
    problems: list[Problem] = field(default_factory=list)

    @property
    def line(self) -> int:
        return int(self.node.start_mark.line) + 1

    def wrong(self, message: str, remedy: str) -> None:
        self.problems.append(Problem(self.line, self.path, message, remedy))

    def refuse(self, message: str, remedy: str) -> _Stop:
        """Note the problem; what is returned is raised, and caught by `attempt`."""
        self.wrong(message, remedy)
        return _Stop()

    def stop(self) -> _Stop:
        """What was wrong below is noted already; what is returned is raised."""
        return _Stop()

    def attempt(self, read: Callable[[Located], T]) -> T | None:
        """What `read` makes of this node, nothing where it is wrong, so that the reading goes on with the next."""
        try:
            return read(self)
        except _Stop:
            return None

    def is_text(self) -> bool:
        return isinstance(self.node, yaml.ScalarNode) and self.node.tag != "tag:yaml.org,2002:null"

    def is_list(self) -> bool:
        return isinstance(self.node, yaml.SequenceNode)

    def is_mapping(self) -> bool:
        return isinstance(self.node, yaml.MappingNode)

    def text(self) -> str:
        """The text as it is written: `yes`, `007` and `2024-01-01` stay what they are."""
        if not self.is_text():
            raise self.refuse("is not a text.", "Write one value, quoted if it has special characters.")
        return str(self.node.value)

    def choice(self, allowed: Collection[str]) -> str:
        found = self.text()
        if found not in allowed:
            raise self.refuse(f"is {found!r}.", f"Choose one of: {', '.join(allowed)}.{_near(found, allowed)}")
        return found

    def flag(self) -> bool:
        return self.choice(("true", "false")) == "true"

    def items(self) -> list[Located]:
        """The elements of a list; a single value counts as a list of one."""
        if not self.is_list():
            return [self]
        return [Located(node, f"{self.path}[{place}]", self.problems) for place, node in enumerate(self.node.value)]

    def entries(self) -> Iterator[tuple[str, Located]]:
        """Names and values of a mapping; a name that is given twice is a problem."""
        if not self.is_mapping():
            raise self.refuse("is not a mapping of names to values.", "Write `name: value` lines below it.")
        seen: set[str] = set()
        for key, node in self.node.value:
            name = str(key.value)
            inner = Located(node, f"{self.path}.{name}".lstrip("."), self.problems)
            if name in seen:
                inner.wrong("is given twice.", "Keep one of them.")
            seen.add(name)
            yield name, inner

    def fields(self, allowed: Collection[str], required: Collection[str] = ()) -> dict[str, Located]:
        """The fields of a mapping; what is unknown or missing is a problem."""
        found = dict(self.entries())
        for name, inner in found.items():
            if name not in allowed:
                inner.wrong("is no field here.", f"Use: {', '.join(allowed)}.{_near(name, allowed)}")
        missing = [name for name in required if name not in found]
        if missing:
            raise self.refuse(f"lacks {', '.join(missing)}.", f"Add it; the fields here are: {', '.join(allowed)}.")
        return {name: inner for name, inner in found.items() if name in allowed}


def _near(found: str, allowed: Collection[str]) -> str:
    near = difflib.get_close_matches(found, list(allowed), 1)
    return f" Did you mean {near[0]}?" if near else ""


def locate(text: str, name: str, code: str) -> Located:
    """The file's content; Invalid where it is no YAML."""
    try:
        node = yaml.compose(text, yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        what = getattr(error, "problem", None) or "cannot be read"
        problem = Problem(mark.line + 1 if mark else 1, "", f"is no YAML: {what}.", "Check indentation and quotes.")
        raise Invalid(code, name, [problem]) from error
    if node is None:
        raise Invalid(code, name, [Problem(1, "", "is empty.", "See examples/ for one that works.")])
    return Located(node)
