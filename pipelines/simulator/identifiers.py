"""Ids in Stripe's manner: a prefix, then a part that grows with time and a part that differs by seed."""

from __future__ import annotations

MASK = (1 << 52) - 1
GOLDEN_RATIO = 0x9E3779B97F4A7C15  # Multiplying by an odd constant spreads neighbours over the whole range.


class Identifiers:
    """Hands out ids that never repeat, the same for the same seed and order of asking."""

    def __init__(self, seed: int | str) -> None:
        self._salt = sum(ord(character) * 131**index for index, character in enumerate(str(seed))) * GOLDEN_RATIO
        self._count = 0

    def __call__(self, prefix: str) -> str:
        """A fresh id such as in_10000f2a9c41e07b3d5; later ids of one prefix compare greater."""
        self._count += 1
        tail = ((self._count * GOLDEN_RATIO) ^ self._salt) & MASK
        return f"{prefix}_1{self._count:08x}{tail:013x}"
