"""What another ledger posted, and the rates at which currencies are translated."""

from __future__ import annotations

from lakehouse.table import Column
from lakehouse.tables.silver.fact import fact_table, retractable_table
from lakehouse.types import Kind

S, M, R, D, I = Kind.STRING, Kind.MONEY, Kind.RATE, Kind.DATE, Kind.INTEGER

LEDGER_ENTRIES = retractable_table(
    "ledger_entries",
    "Lines that another general ledger posted.",
    Column("entry_id", S, "Object id of the journal entry it belongs to.", required=True),
    Column("line_number", I, "Position within the entry, from 1."),
    Column("account", S, "Account, in the words of that ledger.", required=True),
    Column("account_type", S, "Kind of account, in the words of that ledger."),
    Column("posted_on", D, "Day on which it was posted.", required=True),
    Column("currency", S, "ISO 4217 code.", required=True),
    Column("amount", M, "Debit positive, credit negative.", required=True),
    Column("customer_id", S, "Object id of the customer."),
    Column("document_id", S, "Object id of the document it came from."),
    Column("memo", S, "Text on the line."),
)

MANUAL_ENTRIES = fact_table(
    "manual_entries",
    "Lines of journal entries that people prepare: manual journals, and the balances taken over at a cut-over.",
    Column("entry_id", S, "Object id of the entry it belongs to.", required=True),
    Column("line_number", I, "Position within the entry, from 1.", required=True),
    Column("line_count", I, "How many lines the entry has; it waits until all of them are here.", required=True),
    Column("kind", S, "What kind of entry.", required=True, allowed=("manual", "opening")),
    Column("book", S, "Book it is made in; empty for all."),
    Column("posted_on", D, "Day on which it is posted.", required=True),
    Column("reverses_on", D, "Day on which it is reversed by itself, where it is an accrual."),
    Column("account", S, "Account of our chart.", required=True),
    Column("currency", S, "ISO 4217 code.", required=True),
    Column("amount", M, "Debit positive, credit negative.", required=True),
    Column("contract_id", S, "Object id of the contract."),
    Column("customer_id", S, "Object id of the customer."),
    Column("reason", S, "Why.", required=True),
    Column("preparer", S, "Who prepared it.", required=True),
    Column("approver", S, "Who approved it; another person.", required=True),
)

FX_RATES = fact_table(
    "fx_rates",
    "What one unit of a currency is worth in another on a day.",
    Column("rate_source", S, "Who published it, such as ecb.", required=True),
    Column("kind", S, "What kind of rate.", required=True, allowed=("reference", "spot", "average", "closing", "budget")),
    Column("base_currency", S, "ISO 4217 code of the currency that is priced.", required=True),
    Column("quote_currency", S, "ISO 4217 code of the currency it is priced in.", required=True),
    Column("day", D, "Day for which it was published.", required=True),
    Column("rate", R, "Units of the quote currency for one of the base currency.", required=True),
)
