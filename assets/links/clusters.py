"""Copies of copies are copies: groups of things that links tie together, directly or through others.

Connected components by label propagation: each thing takes the lowest label among those it is linked to, labels are
followed to their root, until nothing changes. The rounds grow with the logarithm of the longest chain, not with the number
of things, and the result does not depend on the order of links.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl


def clusters(links: pl.DataFrame) -> pl.DataFrame:
    """`object_id` and `group` of everything that `links` (columns `a` and `b`) ties to another.

    A group is named by the lowest object id in it.
    """
    names = pl.concat([links.get_column("a"), links.get_column("b")]).unique().sort()
    if names.is_empty():
        return pl.DataFrame(schema={"object_id": pl.String, "group": pl.String})
    numbered = pl.DataFrame({"name": names}).with_row_index("number")
    a, b = (
        links.select(name=side).join(numbered, on="name", how="left", maintain_order="left").get_column("number").to_numpy()
        for side in ("a", "b")
    )
    roots = _roots(a.astype(np.int64), b.astype(np.int64), len(names))
    return pl.DataFrame({"object_id": names, "group": names.gather(pl.Series(roots))})


def _roots(a: npt.NDArray[np.int64], b: npt.NDArray[np.int64], count: int) -> npt.NDArray[np.int64]:
    labels = np.arange(count, dtype=np.int64)
    while True:
        before = labels.copy()
        low = np.minimum(labels[a], labels[b])
        # The root of each side is lowered too, so that a whole tree moves at once.
        for side in (labels[a], labels[b], a, b):
            np.minimum.at(labels, side, low)
        while not np.array_equal(labels, followed := labels[labels]):
            labels = followed
        if np.array_equal(labels, before):
            return labels
