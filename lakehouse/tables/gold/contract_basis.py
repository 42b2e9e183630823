"""How the price of contracts on the basis `contract` is allocated, changed and earned."""

from __future__ import annotations

from lakehouse.table import Column, Layer, Table
from lakehouse.tables.gold.owners import FINANCE
from lakehouse.types import Kind

S, M, R, D, I, B = Kind.STRING, Kind.MONEY, Kind.RATE, Kind.DATE, Kind.INTEGER, Kind.BOOLEAN

PRICE_ALLOCATIONS = Table(
    layer=Layer.GOLD,
    name="price_allocations",
    description="What each obligation is allocated of its contract's price, from inception, modification or estimate on.",
    owner=FINANCE,
    columns=(
        Column("contract_id", S, "Contract that it is accounted for with.", required=True),
        Column("obligation_id", S, "Obligation.", required=True),
        Column("valid_from", D, "Day from which this allocation holds.", required=True),
        Column("pool", S, "What is shared together: the contract, or a separate contract of its own.", required=True),
        Column("segment", I, "How many modifications came before.", required=True),
        Column("currency", S, "ISO 4217 code.", required=True),
        Column("standalone_price", M, "Standalone selling price of the whole obligation.", required=True),
        Column("weight", M, "What it weighed when the price was shared: of what then remained.", required=True),
        Column("allocated_amount", M, "Allocated for its whole life.", required=True),
        Column("recognised_before", M, "Recognised of it when the last modification began.", required=True),
        Column("open_amount", M, "Allocated to what remained then: the one less the other.", required=True),
        Column("open_quantity", R, "Units that remained then, where it has units."),
        Column("amount_per_unit", R, "Open amount by unit."),
    ),
    key=("obligation_id", "valid_from"),
)

CONTRACT_MODIFICATIONS = Table(
    layer=Layer.GOLD,
    name="contract_modifications",
    description="Changes of contracts, how each is accounted for, and why.",
    owner=FINANCE,
    columns=(
        Column("contract_id", S, "Contract.", required=True),
        Column("modified_on", D, "Day of the change.", required=True),
        Column(
            "treatment",
            S,
            "How it is accounted for.",
            required=True,
            allowed=("separate_contract", "prospective", "cumulative_catch_up", "mixed"),
        ),
        Column("reason", S, "Why.", required=True),
        Column("decided_by", S, "Rule, or object id of the judgement.", required=True),
        Column("currency", S, "ISO 4217 code.", required=True),
        Column("remaining_price", M, "Price not recognised before, shared over what remains.", required=True),
        Column("transaction_price", M, "Price of the contract from then on, what was added included.", required=True),
        Column("catch_up", M, "Revenue of what was performed before, that the change moved.", required=True),
    ),
    key=("contract_id", "modified_on"),
)

OBLIGATION_PROGRESS = Table(
    layer=Layer.GOLD,
    name="obligation_progress",
    description="How far each obligation of a contract is performed at the end of each month, and what it earned and cost.",
    owner=FINANCE,
    columns=(
        Column("obligation_id", S, "Obligation.", required=True),
        Column("contract_id", S, "Contract.", required=True),
        Column("month", D, "Month.", required=True),
        Column("currency", S, "ISO 4217 code.", required=True),
        Column("progress", R, "Share performed since the last modification, 0 to 1; empty where it is metered."),
        Column("revenue_to_date", M, "Revenue to the end of the month.", required=True),
        Column("cost_to_date", M, "Cost told of it to the end of the month.", required=True),
        Column("margin_to_date", M, "Revenue less cost.", required=True),
        Column("refundable_to_date", M, "Expected to be given back of what was transferred.", required=True),
    ),
    key=("obligation_id", "month"),
)

CONTRACT_COSTS = Table(
    layer=Layer.GOLD,
    name="contract_costs",
    description="Costs of obtaining and fulfilling contracts: capitalised, amortised, impaired, by month, past and future.",
    owner=FINANCE,
    columns=(
        Column("cost_id", S, "Object id of the cost.", required=True),
        Column("contract_id", S, "Contract.", required=True),
        Column("kind", S, "What for.", required=True, allowed=("commission", "fulfilment")),
        Column("month", D, "Month.", required=True),
        Column("currency", S, "ISO 4217 code.", required=True),
        Column("capitalised", M, "Added to the asset.", required=True),
        Column("amortised", M, "Expensed as the contract is performed, or at once.", required=True),
        Column(
            "impaired", M, "Lost: not recoverable, or the contract ended; negative where it is taken back.", required=True
        ),
        Column("balance", M, "Asset at the end of the month.", required=True),
    ),
    key=("cost_id", "month"),
)

CREDIT_DRAWDOWN = Table(
    layer=Layer.GOLD,
    name="credit_drawdown",
    description="Which grants of credits each use drew on, and what of them lapsed unused.",
    owner=FINANCE,
    columns=(
        Column("grant_id", S, "Object id of the grant.", required=True),
        Column("event_id", S, "Object id of the use; that of the grant where it lapsed.", required=True),
        Column("kind", S, "Used or lapsed.", required=True, allowed=("consumed", "lapsed")),
        Column("owner_id", S, "Contract or customer whose credits they are.", required=True),
        Column("day", D, "Day of the use, or of the expiry.", required=True),
        Column("quantity", R, "How many credits.", required=True),
        Column("currency", S, "ISO 4217 code.", required=True),
        Column("amount", M, "Its share of what the grant is worth.", required=True),
    ),
    key=("grant_id", "event_id"),
)
