"""All of recognition for one observation of the facts: obligations, take-backs, how they unwind, the months."""

from __future__ import annotations

from dataclasses import dataclass, replace

import polars as pl

from assets.contracts.promises import promises
from assets.facts.observed import Observed
from assets.recognition.contract_basis import ContractBasis, recognise_contracts
from assets.recognition.recovery import Recovered, recoveries
from assets.recognition.service_months import service_months
from assets.recognition.take_backs import take_backs
from assets.recognition.unwind import unwind


@dataclass(frozen=True)
class Recognised:
    """Minor units. `obligations` carry `obligation`, their row number, which `earned` refers to.

    All but `contract_basis` and `taken` is of invoices on the basis `invoice`, and of what waits for one; `taken` is of
    every invoice.
    """

    obligations: pl.DataFrame
    taken: pl.DataFrame
    unwound: pl.DataFrame
    recovered: Recovered
    earned: pl.DataFrame
    contract_basis: ContractBasis


def recognise(observed: Observed) -> Recognised:
    """Spread every obligation over its service and unwind what was taken back."""
    contract_basis = recognise_contracts(observed)
    apart = contract_basis.contracts.select("contract_id")
    waiting = replace(observed.pending_items, items=observed.pending_items.items.join(apart, on="contract_id", how="anti"))
    invoiced = replace(
        observed, invoices=observed.invoices.join(apart, on="contract_id", how="anti"), pending_items=waiting
    )
    obligations = promises(invoiced).with_row_index("obligation")
    taken = take_backs(observed)
    unwound = unwind(taken, obligations)
    recovered = recoveries(taken, unwound, observed.settled)
    earned = service_months(obligations, unwound, recovered.lines, observed.ledger.calendars)
    return Recognised(obligations, taken, unwound, recovered, earned, contract_basis)
