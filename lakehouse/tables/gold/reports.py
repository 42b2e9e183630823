"""What is reported from the journal and the schedule: disclosures, proofs, and the hand-over to a general ledger."""

from __future__ import annotations

from lakehouse.table import Column, Layer, Table
from lakehouse.tables.gold.owners import FINANCE
from lakehouse.types import Kind

S, M, D, I = Kind.STRING, Kind.MONEY, Kind.DATE, Kind.INTEGER

_BOOKS = (
    Column("book", S, "Which book.", required=True),
    Column("legal_entity_id", S, "Whose books.", required=True),
    Column("currency", S, "ISO 4217 code.", required=True),
)
_OF = ("book", "legal_entity_id", "currency")

REVENUE_WATERFALL = Table(
    layer=Layer.GOLD,
    name="revenue_waterfall",
    description="What was booked in each period, and in which periods it is earned. Tax is no part of it.",
    owner=FINANCE,
    columns=(
        *_BOOKS,
        Column("booked_period", D, "First day of the period in which it was booked.", required=True),
        Column("recognised_period", D, "First day of the period in which it is earned or moves.", required=True),
        Column("booked", M, "Booked by invoices, where both periods are the same.", required=True),
        Column("recognised", M, "Credited to revenue.", required=True),
        Column("taken_back", M, "Contra revenue; negative.", required=True),
        Column("released", M, "Taken off the deferral without being earned; negative.", required=True),
        Column("remaining", M, "Booked and not yet earned or released, at the end of the period.", required=True),
        Column("scheduled", M, "Not yet posted: revenue that the schedule places in the period.", required=True),
    ),
    key=(*_OF, "booked_period", "recognised_period"),
)

CONTRACT_BALANCES = Table(
    layer=Layer.GOLD,
    name="contract_balances",
    description=(
        "Receivables and the contract's asset or liability, netted by contract; a row stands until the contract's next."
    ),
    owner=FINANCE,
    columns=(
        *_BOOKS,
        Column("contract_id", S, "Contract.", required=True),
        Column("customer_id", S, "Customer."),
        Column("accounting_period", D, "First day of a period in which a balance moved.", required=True),
        Column("receivable", M, "Billed and not paid, at its end.", required=True),
        Column("unbilled", M, "Earned and not billed, before netting.", required=True),
        Column("deferred", M, "Billed and not earned, before netting.", required=True),
        Column("contract_asset", M, "What unbilled exceeds deferred by; nothing otherwise.", required=True),
        Column("contract_liability", M, "What deferred exceeds unbilled by; nothing otherwise.", required=True),
    ),
    key=(*_OF, "contract_id", "accounting_period"),
)

REMAINING_OBLIGATIONS = Table(
    layer=Layer.GOLD,
    name="remaining_obligations",
    description="Transaction price allocated to what is still to be performed, by the year in which it will be.",
    owner=FINANCE,
    columns=(
        *_BOOKS,
        Column("as_of", D, "Day at whose end it remains.", required=True),
        Column("year", I, "Calendar year of the period in which it will be earned.", required=True),
        Column("band", S, "How far ahead.", required=True, allowed=("1-12", "13-24", "25-36", "37+")),
        Column(
            "expedient",
            S,
            "Practical expedient by which it may be left out: the contract is expected to last a year or less.",
            required=True,
            allowed=("none", "one_year"),
        ),
        Column("amount", M, "Still to be earned.", required=True),
        Column("obligations", I, "Obligations it belongs to.", required=True),
    ),
    key=(*_OF, "as_of", "year", "band", "expedient"),
)

DISAGGREGATED_REVENUE = Table(
    layer=Layer.GOLD,
    name="disaggregated_revenue",
    description="Revenue by product, country, segment and timing of transfer.",
    owner=FINANCE,
    columns=(
        *_BOOKS,
        Column("accounting_period", D, "First day of the period.", required=True),
        Column("product_id", S, "Product; '-' where none.", required=True),
        Column("category", S, "Category of the product; '-' where none.", required=True),
        Column("country", S, "Country of the customer; '-' where none.", required=True),
        Column("segment", S, "Segment of the customer; '-' where none.", required=True),
        Column("timing", S, "When control passes.", required=True, allowed=("over_time", "point_in_time", "not_of_a_line")),
        Column("gross_revenue", M, "Credited to revenue.", required=True),
        Column("contra_revenue", M, "Taken back; negative.", required=True),
        Column("net_revenue", M, "Gross plus contra.", required=True),
    ),
    key=(*_OF, "accounting_period", "product_id", "category", "country", "segment", "timing"),
)

PRIOR_PERIOD_REVENUE = Table(
    layer=Layer.GOLD,
    name="prior_period_revenue",
    description="Revenue of a period for what was performed in earlier ones: late facts, catch-up, changed estimates.",
    owner=FINANCE,
    columns=(
        *_BOOKS,
        Column("accounting_period", D, "First day of the period in which it is posted.", required=True),
        Column("service_period", D, "First day of the earlier period in which it was performed.", required=True),
        Column("gross_revenue", M, "Credited to revenue.", required=True),
        Column("contra_revenue", M, "Taken back; negative.", required=True),
        Column("net_revenue", M, "Gross plus contra.", required=True),
    ),
    key=(*_OF, "accounting_period", "service_period"),
)

TAX_PROOF = Table(
    layer=Layer.GOLD,
    name="tax_proof",
    description="Proof that tax is no part of revenue: what was invoiced is what was deferred or earned, and tax.",
    owner=FINANCE,
    columns=(
        *_BOOKS,
        Column("accounting_period", D, "First day of the period.", required=True),
        Column("invoiced", M, "Receivables booked by invoices, tax included.", required=True),
        Column("net", M, "Price of the lines: deferred, or cleared of what was unbilled.", required=True),
        Column("tax", M, "Tax on the invoices.", required=True),
        Column(
            "tax_taken_back", M, "Tax in refunds, credit notes, disputes, voids and write-offs; negative.", required=True
        ),
        Column("tax_remitted", M, "Kept and remitted by others; negative.", required=True),
        Column("tax_owed", M, "Owed at the end of the period.", required=True),
    ),
    key=(*_OF, "accounting_period"),
)

GL_EXPORT = Table(
    layer=Layer.GOLD,
    name="gl_export",
    description=(
        "The journal in the accounts of the company's general ledger, ready to be posted there: by day and kind of event, "
        "or line by line where the policy gl_export says so."
    ),
    owner=FINANCE,
    columns=(
        *_BOOKS,
        Column("batch_id", S, "One balanced journal of the general ledger.", required=True),
        Column("line_id", S, "Line of our journal; '-' in a summary.", required=True),
        Column("accounting_period", D, "First day of the period.", required=True),
        Column("posted_on", D, "Posting date.", required=True),
        Column("event_kind", S, "What happened.", required=True),
        Column("account", S, "Account of our chart.", required=True),
        Column("gl_account", S, "Account of the company's general ledger; ours where none is mapped.", required=True),
        Column("functional_currency", S, "ISO 4217 code of the functional currency.", required=True),
        Column("debit", M, "Debit.", required=True),
        Column("credit", M, "Credit.", required=True),
        Column("functional_debit", M, "Debit in the functional currency.", required=True),
        Column("functional_credit", M, "Credit in the functional currency.", required=True),
    ),
    key=("batch_id", "line_id", "account", "gl_account"),
    partition_by=("accounting_period",),
)

REFUND_LIABILITIES = Table(
    layer=Layer.GOLD,
    name="refund_liabilities",
    description=(
        "What is expected to be given back, and the goods expected with it, by contract and product; a row stands until "
        "the next of its contract and product."
    ),
    owner=FINANCE,
    columns=(
        *_BOOKS,
        Column("contract_id", S, "Contract; '-' where none.", required=True),
        Column("product_id", S, "Product; '-' where none.", required=True),
        Column("accounting_period", D, "First day of a period in which it moved.", required=True),
        Column("opening", M, "Refund liability at its start.", required=True),
        Column("expected", M, "Added by what was sold and estimated, less what is expected no more.", required=True),
        Column("given_back", M, "Settled by what came back; negative.", required=True),
        Column("adjusted", M, "Moved by entries of people and cut-overs.", required=True),
        Column("closing", M, "Refund liability at its end.", required=True),
        Column("asset_opening", M, "Right to recover goods at its start, at cost.", required=True),
        Column("asset_moved", M, "Goods expected back, less those that came or will not.", required=True),
        Column("asset_closing", M, "Right to recover goods at its end.", required=True),
    ),
    key=(*_OF, "contract_id", "product_id", "accounting_period"),
    partition_by=("accounting_period",),
)

RESTATED_BALANCES = Table(
    layer=Layer.GOLD,
    name="restated_balances",
    description="What each period would have shown had everything been known in time, beside what was reported.",
    owner=FINANCE,
    columns=(
        *_BOOKS,
        Column("account", S, "Account.", required=True),
        Column("functional_currency", S, "ISO 4217 code of the functional currency.", required=True),
        Column("accounting_period", D, "First day of the period.", required=True),
        Column("reported", M, "Net posted in the period, debit positive.", required=True),
        Column("restated", M, "Net that belongs to it by what is known now.", required=True),
        Column("functional_reported", M, "Reported, in the functional currency.", required=True),
        Column("functional_restated", M, "Restated, in the functional currency.", required=True),
    ),
    key=(*_OF, "account", "functional_currency", "accounting_period"),
)

REPORTS: tuple[Table, ...] = (
    REVENUE_WATERFALL,
    CONTRACT_BALANCES,
    REMAINING_OBLIGATIONS,
    DISAGGREGATED_REVENUE,
    PRIOR_PERIOD_REVENUE,
    TAX_PROOF,
    GL_EXPORT,
    REFUND_LIABILITIES,
    RESTATED_BALANCES,
)
