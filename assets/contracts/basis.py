"""Which contracts are recognised as contracts (basis `contract`), and which by their invoice lines (basis `invoice`).

The policy `revenue_basis` decides, pinned at the inception of the contract: when it was approved, else when it begins, else
when it was first told of. Contracts of one `contract_group` are combined and accounted for as one (ASC 606-10-25-9, IFRS
15.17): the one that began first leads, and the others' obligations are its own.
"""

from __future__ import annotations

import polars as pl

from assets.contracts.policies import SCOPES_OF_CONTRACT, with_choice
from assets.facts.agreed import Agreed

BASIS_POLICY = "revenue_basis"
INVOICE, CONTRACT = "invoice", "contract"
BASES = (INVOICE, CONTRACT)


def contracts_on_basis_contract(agreed: Agreed, policies: pl.DataFrame) -> pl.DataFrame:
    """One row a contract: contract_id, lead_id (the contract it is accounted for with), legal_entity_id, customer_id,
    currency, inception (day), issued_at (the moment at which its policies are pinned)."""
    told = agreed.contracts.filter(operation="assert").sort("object_id", "day", maintain_order=True)
    first = told.group_by("object_id", maintain_order=True).agg(
        pl.col("legal_entity_id", "customer_id", "currency", "contract_group").drop_nulls().last(),
        issued_at=pl.coalesce(pl.col("approved_at").first(), pl.col("start_at").first(), pl.col("effective_at").first()),
        inception=pl.coalesce(pl.col("bound_on").first(), pl.col("begins_on").first(), pl.col("day").first()),
    )
    named = first.rename({"object_id": "contract_id"})
    decided = with_choice(named, policies, BASIS_POLICY, BASES, INVOICE, into="basis", scopes=SCOPES_OF_CONTRACT)
    ours = decided.filter(basis=CONTRACT).drop("basis")
    group = pl.coalesce("contract_group", "contract_id")
    leads = ours.with_columns(group=group).sort("inception", "contract_id")
    lead = leads.group_by("group", maintain_order=True).agg(
        lead_id=pl.col("contract_id").first(), pinned_at=pl.col("issued_at").first(), from_day=pl.col("inception").first()
    )
    return (
        leads.join(lead, on="group", how="left")
        .with_columns(issued_at="pinned_at", inception="from_day")
        .drop("group", "contract_group", "pinned_at", "from_day")
    )
