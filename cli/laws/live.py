"""Law 6 for the live figures: they are a recount of silver, at the versions to which they were counted."""

from __future__ import annotations

from deltalake.exceptions import DeltaError

from assets.live.publish import counted_to, recount
from cli.laws.law import Finding
from lakehouse.store import Lakehouse
from lakehouse.tables import gold


def live_figures_follow_from_silver(lake: Lakehouse) -> Finding:
    """Count silver anew and compare with gold.live_sales, row by row."""
    if not lake.exists(gold.LIVE_SALES):
        return Finding("no live figures yet")
    handle = lake.open(gold.LIVE_SALES)
    stands = lake.scan(gold.LIVE_SALES, handle.version()).collect()
    try:
        again = recount(lake, counted_to(handle))
    except (DeltaError, OSError) as error:
        # Files of a version that nothing was counted from for a day may be gone.
        return Finding(f"live figures were not compared: {error}")
    on = gold.LIVE_SALES.column_names
    apart = stands.join(again, on=on, how="anti", nulls_equal=True).height
    apart += again.join(stands, on=on, how="anti", nulls_equal=True).height
    breaches = (f"{apart:,} rows of gold.live_sales are not a recount of silver",) if apart else ()
    return Finding(f"{stands.height:,} live figures counted anew", breaches)
