"""A process that appends batches of overlapping keys until it has done them all, or is killed.

python -m tests.lakehouse.writer ROOT SEED BATCHES ROWS
"""

from __future__ import annotations

import random
import sys

from lakehouse.store import Lakehouse
from tests.lakehouse.facts import TABLE, customers


def main(root: str, seed: int, batches: int, rows: int) -> None:
    order = random.Random(seed)
    lake = Lakehouse(root)
    numbers = list(range(batches))
    order.shuffle(numbers)
    for number in numbers:
        # Neighbouring batches overlap by half, and a repeat may carry another month.
        lake.append(TABLE, customers(range(number * rows // 2, number * rows // 2 + rows), month=order.randint(1, 3)))


if __name__ == "__main__":
    main(sys.argv[1], *(int(argument) for argument in sys.argv[2:5]))
