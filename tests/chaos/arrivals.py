"""What arrives while processes are killed: files with repeats, conflicts and rubbish, some renamed, some still growing."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from pathlib import Path

from tests.pipelines.events import cash_event


@dataclass
class Arrivals:
    """Writes files below a folder and keeps count of what they hold."""

    folder: Path
    chance: random.Random
    events: set[str] = field(default_factory=set)
    lines: int = 0
    rubbish: int = 0
    files: int = 0

    def file(self, size: int = 60) -> None:
        """One more file; it gets its name when it is whole, or it grows by a second piece."""
        lines = [self._line() for _ in range(size)]
        body = b"".join(line + b"\n" for line in lines)
        path = self.folder / f"{self.files:06d}.jsonl"
        self.files += 1
        if self.chance.random() < 0.3:
            cut = self.chance.randrange(len(body))  # anywhere, also in the middle of a record
            path.write_bytes(body[:cut])
            with path.open("ab") as more:
                more.write(body[cut:])
        else:
            part = self.folder / f".{path.name}"
            part.write_bytes(body)
            part.rename(path)

    def _line(self) -> bytes:
        self.lines += 1
        draw = self.chance.random()
        if draw < 0.02:
            self.rubbish += 1
            return b'{"table": "cash", ' + str(self.lines).encode()
        if draw < 0.15 and self.events:
            number = self.chance.randrange(len(self.events))  # again: the same event, whatever its month
        else:
            number = len(self.events)
            self.events.add(f"e{number}")
        return json.dumps(cash_event(number, effective_at=f"2025-{1 + number % 3:02d}-03T12:00:00Z")).encode()
