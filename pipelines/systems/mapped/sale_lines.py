"""A line of a sale, told on its own: of an invoice, an order, a receipt whose other lines stand in other rows.

A system sees a block of rows and keeps nothing from one to the next (`systems.interface`), and the lines of one invoice may
lie in two blocks, two files, two deliveries. What would have to be known of all of them, the total, therefore cannot be
told by any of them. Three designs were weighed:

* to gather the lines of a block to one document: two blocks then tell two totals of one invoice, of which the later one
  holds, and how the file was cut decides the books;
* to hold rows back until their invoice is whole: no row says that it is the last;
* **each line a document of its own, in a contract that is the sale.** This one. The line and its document come in one
  event, so that the gate sees them add up; the invoice is the contract that its documents name, the same for all lines
  whatever their order; sums over documents are the sums of the feed, and the count of numbers is the count of invoices.

So the row of invoice 536365 yields, in one event:

* `contracts`: the sale, `mapped:<name>:contract/536365`, in force from the time of the row. Every line asserts it anew;
* `external_references`: the number of the invoice (or order) as another name of that contract;
* `documents`: an invoice of the amount of the line, `number` 536365, `contract_id` the sale;
* `document_lines`: its only line.

Where other rows tell the sale, an orders file for instance, `tells_sale: false` leaves out the first two.

A line that is cancelled or returned has a negative amount and the reason `cancellation`. It is an invoice too and no credit
note: which sale it takes back, such a feed does not say.
"""

from __future__ import annotations

import polars as pl

from lakehouse.tables import silver
from lakehouse.types import Kind
from pipelines.systems.codes import Code
from pipelines.systems.facts import Fact
from pipelines.systems.faults import Faults
from pipelines.systems.mapped.spec import NumberStyle, SaleLine
from pipelines.systems.mapped.values import Wanted, all_hold, object_id, read

CANCELLATION = "cancellation"
NUMBERS = {"quantity": Kind.RATE, "tax": Kind.MONEY, "discount": Kind.MONEY}
REFERRED = ("customer", "product")


def sale_line(fact: SaleLine, rows: pl.DataFrame, source: str, style: NumberStyle, faults: Faults) -> list[Fact]:
    """The facts of lines; `rows` has their cells, `effective_at`, and `_line`, what tells the row from all others."""
    cancelled = all_hold(fact.cancelled, style) if fact.cancelled else pl.lit(False)
    found = read(rows, _wanted(fact), source, faults).hstack(rows.select("effective_at", "_line", cancelled=cancelled))
    found = _signed(fact, found, faults)
    given = pl.col("number").str.replace_many({"%": "%25", "/": "%2F"})
    tax = pl.col("tax") if "tax" in found.columns else pl.lit(None, pl.Decimal(20, 4))
    document = found.with_columns(
        number_in_id=given,
        contract_id=object_id(source, "contract", pl.col("number")),
        object_id=pl.concat_str(pl.lit(f"{source}:document/"), given, pl.lit("/"), "_line"),
        tax=tax,
        total=pl.col("amount") + tax.fill_null(0),
    )
    told = [_contract(document), _reference(document, fact.numbered_as)] if fact.tells_sale else []
    return [*told, _document(document), _line(document, "discount" in found.columns)]


def _wanted(fact: SaleLine) -> list[Wanted]:
    wanted = [
        Wanted("number", fact.document, required=True),
        Wanted("currency", fact.currency, required=True, is_currency=True),
        Wanted("amount", fact.amount, Kind.MONEY, required=True, currency="currency"),
    ]
    for name, value in fact.numbers.items():
        kind = NUMBERS[name]
        wanted.append(Wanted(name, value, kind, currency="currency" if kind is Kind.MONEY else None))
    for name, value in fact.texts.items():
        noun = name if name in REFERRED else None
        wanted.append(Wanted(f"{name}_id" if noun else name, value, noun=noun))
    return wanted


def _signed(fact: SaleLine, found: pl.DataFrame, faults: Faults) -> pl.DataFrame:
    """Amounts with the sign they have in the books; a cancelled line whose amount has the wrong sign is a fault."""
    if not fact.cancelled:
        return found
    wrong = pl.col("amount") < 0 if fact.cancelled_is_positive else pl.col("amount") > 0
    odd = found.filter(pl.col("cancelled") & wrong)
    shown = odd.get_column("amount").cast(pl.String)
    faults.add_rows(odd.get_column("_row"), Code.NOT_ALLOWED, f"{fact.amount.shown} of a cancelled line", shown)
    if not fact.cancelled_is_positive:
        return found
    turned = [name for name in ("amount", "tax", "quantity") if name in found.columns]
    return found.with_columns(
        pl.when("cancelled").then(-pl.col(name)).otherwise(pl.col(name)).alias(name) for name in turned
    )


def _contract(document: pl.DataFrame) -> Fact:
    customer = ["customer_id"] if "customer_id" in document.columns else []
    rows = document.select(
        "_row",
        "effective_at",
        "currency",
        *customer,
        object_id="contract_id",
        part=pl.lit("contract"),
        status=pl.lit("active"),
        approved_at="effective_at",
        start_at="effective_at",
    )
    return Fact(silver.CONTRACTS, rows)


def _reference(document: pl.DataFrame, kind: str) -> Fact:
    rows = document.select(
        "_row",
        "effective_at",
        object_id="contract_id",
        part=pl.lit("number"),
        object_kind=pl.lit("contract"),
        relation=pl.lit("same_as"),
        reference_kind=pl.lit(kind),
        reference="number",
    )
    return Fact(silver.EXTERNAL_REFERENCES, rows)


def _document(document: pl.DataFrame) -> Fact:
    customer = ["customer_id"] if "customer_id" in document.columns else []
    rows = document.select(
        "_row",
        "effective_at",
        "object_id",
        "contract_id",
        "number",
        "currency",
        "tax",
        "total",
        *customer,
        part=pl.lit("document"),
        kind=pl.lit("invoice"),
        status=pl.lit("open"),
        reason_code=pl.when("cancelled").then(pl.lit(CANCELLATION)),
        issued_at="effective_at",
        subtotal="amount",
        amount_remaining="total",
    )
    return Fact(silver.DOCUMENTS, rows.with_columns(tax=pl.coalesce("tax", pl.lit(0, pl.Decimal(20, 4)))))


def _line(document: pl.DataFrame, discounted: bool) -> Fact:
    said = [name for name in ("product_id", "description", "quantity") if name in document.columns]
    rows = document.select(
        "_row",
        "effective_at",
        "contract_id",
        "currency",
        "amount",
        "tax",
        *said,
        *(["discount"] if discounted else []),
        document_id="object_id",
        object_id=pl.concat_str("object_id", pl.lit(":line")),
        part=pl.lit("line"),
        line_number=pl.lit(1),
    )
    return Fact(silver.DOCUMENT_LINES, rows)
