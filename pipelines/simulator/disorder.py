"""Disorderly delivery: events repeated, late, shuffled, and broken lines among them. What they say is untouched."""

from __future__ import annotations

from collections import Counter
from random import Random

from pipelines.simulator.identifiers import Identifiers
from pipelines.simulator.malformed import KINDS, malformed_line
from pipelines.simulator.parameters import Parameters

PENDING = b'"pending_webhooks":'


def redelivered(line: bytes) -> bytes:
    """The same event as a later delivery shows it: only the number of webhooks still to serve differs."""
    head, _, tail = line.rpartition(PENDING)
    return head + PENDING + (b"0" if tail[:1] != b"0" else b"1") + tail[1:]


class Disorder:
    """Arranges the lines of each month's file. Draws from a random source of its own: the company lives the same life."""

    def __init__(self, parameters: Parameters) -> None:
        self._parameters = parameters
        self._random = Random(f"{parameters.seed}/disorder")
        self._new_id = Identifiers(f"{parameters.seed}/malformed")
        self._held: list[list[bytes]] = [[] for _ in range(parameters.months)]
        self._owed: Counter[str] = Counter()
        self._seen: Counter[str] = Counter()
        self.duplicates = 0
        self.late = 0
        self.malformed: Counter[str] = Counter(dict.fromkeys(KINDS, 0))

    def _quota(self, what: str, share: float, events: int) -> int:
        """How many of this month's events, so that over all months the share is met to the last whole event."""
        self._seen[what] += events
        quota = int(share * self._seen[what]) - self._owed[what]
        self._owed[what] += quota
        return quota

    def arrange(self, month: int, lines: list[bytes]) -> list[bytes]:
        """The lines of that month's file; those that come late or again later wait for their month."""
        parameters, random = self._parameters, self._random
        last = parameters.months - 1
        events = len(lines)
        # An event in the last month has no later file to be late in.
        late = set(random.sample(range(events), self._quota("late", parameters.late, events))) if month < last else set()
        again = random.sample(range(events), self._quota("duplicates", parameters.duplicates, events))
        extras = [(random.uniform(0, events), line) for line in self._held[month]]
        self._held[month] = []
        for index in again:
            copy = redelivered(lines[index])
            if month < last and random.random() < 0.5:
                self._held[random.randint(month + 1, min(month + 2, last))].append(copy)
            else:
                extras.append((random.uniform(index, events), copy))
        for index in sorted(late):
            self._held[random.randint(month + 1, min(month + 2, last))].append(lines[index])
        extras += [(random.uniform(0, events), line) for line in self._broken(month, events)]
        self.duplicates += len(again)
        self.late += len(late)
        if extras or late:
            placed = [(float(index), line) for index, line in enumerate(lines) if index not in late]
            lines = [line for _, line in sorted(placed + extras)]
        if parameters.shuffle:
            random.shuffle(lines)
        return lines

    def _broken(self, month: int, events: int) -> list[bytes]:
        first, end = self._parameters.month_starts[month : month + 2]
        broken = []
        for _ in range(self._quota("malformed", self._parameters.malformed, events)):
            # By turns, so that even a few broken lines are of different kinds.
            kind = KINDS[self.malformed.total() % len(KINDS)]
            broken.append(malformed_line(kind, self._random, self._new_id, self._random.randrange(first, end)))
            self.malformed[kind] += 1
        return broken
