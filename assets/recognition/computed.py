"""All of recognition for one observation of the facts: obligations, take-backs, how they unwind, the months."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from assets.contracts.promises import promises
from assets.facts.observed import Observed
from assets.recognition.recovery import Recovered, recoveries
from assets.recognition.service_months import service_months
from assets.recognition.take_backs import take_backs
from assets.recognition.unwind import unwind


@dataclass(frozen=True)
class Recognised:
    """Minor units. `obligations` carry `obligation`, their row number, which `earned` refers to."""

    obligations: pl.DataFrame
    taken: pl.DataFrame
    unwound: pl.DataFrame
    recovered: Recovered
    earned: pl.DataFrame


def recognise(observed: Observed) -> Recognised:
    """Spread every obligation over its service and unwind what was taken back."""
    obligations = promises(observed).with_row_index("obligation")
    taken = take_backs(observed)
    unwound = unwind(taken, obligations)
    recovered = recoveries(taken, unwound, observed.settled)
    earned = service_months(obligations, unwound, recovered.lines, observed.ledger.calendars)
    return Recognised(obligations, taken, unwound, recovered, earned)
