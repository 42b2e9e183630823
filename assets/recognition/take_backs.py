"""What is taken back of each invoice, in order: refunds, disputes, credit notes, the void, the write-off.

One rule for all of them (https://docs.stripe.com/revenue-recognition/examples/contra): a take-back of gross amount g of an
invoice of total N takes g/N of every line, what was recognised of it as contra revenue, what is deferred off the deferral.
What a credit note takes of the recognised part depends on its reason (`assets.recognition.credit_notes`); one of tax takes
nothing of the lines. The running sum R never passes N; what would is `excess` and touches no revenue. A void and a
write-off take what is then unpaid, and an exclusion all that is left. A credit note that is voided stood until then; the
void gives back what the note took (`undoes` is true). A charge that waited for its invoice and is deleted
goes whole. What an invoice asks for beyond its total, a debt of before, is `owed`.
Order: (effective_at, object id, kind). Minor units, tax included.
"""

from __future__ import annotations

import polars as pl

from assets.facts.observed import Observed
from assets.recognition.credit_notes import CUMULATIVE, TAX_ONLY, of_their_notes, with_treatment

UNCOLLECTIBLE, VOID, CREDIT_NOTE, EXCLUSION = "uncollectible", "void", "credit_note", "exclusion"
ITEM_DELETED = "item_deleted"
ORDER = ("document_id", "effective_at", "event_id", "kind")
_SHAPE = (
    *("document_id", "event_id", "kind", "effective_at", "day", "gross", "receivable", "owed", "treatment"),
    "undoes",
)


def take_backs(observed: Observed) -> pl.DataFrame:
    """One row a take-back, numbered by `take_back`, in order.

    Returns document_id, event_id, kind, treatment, effective_at, day (never before the invoice is booked), gross,
    receivable (how much of it lowers the receivable), owed (what of the receivable is no part of the invoice), reached and
    reached_before (R after and before), excess, and the fraction of the lines that is gone after and before it: part,
    part_before, whole.
    """
    of_note = observed.invoices.select(corrects_document_id="document_id", contract_of_invoice="contract_id")
    told = pl.concat([observed.credit_notes, observed.voided_notes])
    corrected = told.join(of_note, on="corrects_document_id", how="left", maintain_order="left")
    notes = with_treatment(
        corrected.with_columns(contract_id=pl.coalesce("contract_id", "contract_of_invoice")), observed.policies
    )
    taken = observed.withdrawn.with_columns(gross="taken", receivable=pl.lit(0, pl.Int64), owed=pl.lit(0, pl.Int64))
    taken = taken.with_columns(treatment=of_their_notes(taken, notes), undoes=pl.lit(False))
    items = observed.pending_items.items
    rows = pl.concat([taken.select(_SHAPE), _on_account(observed, notes), _deleted(items)])
    net = observed.lines.group_by("document_id").agg(net=pl.col("amount").sum())
    invoices = observed.invoices.select("document_id", "booked_on", "total").join(net, on="document_id", how="left")
    waiting = items.select("document_id", "booked_on", total="amount", net="amount")
    of_invoice = pl.concat([invoices, waiting])
    ordered = rows.join(of_invoice, on="document_id").sort(ORDER)
    total = pl.col("total")
    before = pl.col("gross").cum_sum().over("document_id") - pl.col("gross")
    left = (total - before).clip(pl.min_horizontal(total, 0), pl.max_horizontal(total, 0))
    ordered = ordered.with_columns(gross=pl.when(kind=EXCLUSION).then(left).otherwise("gross"))
    summed = ordered.with_columns(
        day=pl.max_horizontal("day", "booked_on"), asked=pl.col("gross").cum_sum().over("document_id")
    ).with_columns(reached=pl.col("asked").clip(pl.min_horizontal(total, 0), pl.max_horizontal(total, 0)))
    stepped = summed.with_columns(
        reached_before=_before("reached"), excess_to_date=pl.col("asked") - pl.col("reached")
    ).with_columns(excess=pl.col("excess_to_date") - _before("excess_to_date"))
    return _with_fraction(_of_lines(stepped)).drop("asked", "excess_to_date", "net", "of_lines").with_row_index("take_back")


def _of_lines(rows: pl.DataFrame) -> pl.DataFrame:
    """`of_lines`: what of R is taken of the lines; of tax alone nothing is, unless it is more than the tax. What is left of
    an invoice at last goes whole. A note that is paid back wholly does nothing itself; its refund does."""
    total = pl.col("total")
    of_note = pl.when("undoes").then(-pl.col("gross")).otherwise("gross")
    only_tax = (pl.col("treatment") == TAX_ONLY) & (of_note <= total - pl.col("net").fill_null(0))
    asked = pl.when(only_tax).then(0).otherwise("gross").cum_sum().over("document_id")
    plain = (pl.col("gross") == 0) | (~only_tax & (pl.col("treatment") == TAX_ONLY))
    of_lines = pl.when(pl.col("reached") == total).then(total)
    return rows.with_columns(
        of_lines=of_lines.otherwise(asked.clip(pl.min_horizontal(total, 0), pl.max_horizontal(total, 0))),
        treatment=pl.when(plain).then(pl.lit(CUMULATIVE)).otherwise("treatment"),
    )


def _deleted(items: pl.DataFrame) -> pl.DataFrame:
    return items.drop_nulls("deleted_at").select(
        "document_id",
        event_id="document_id",
        kind=pl.lit(ITEM_DELETED),
        effective_at="deleted_at",
        day="deleted_on",
        gross="amount",
        receivable=pl.lit(0, pl.Int64),
        owed=pl.lit(0, pl.Int64),
        treatment=pl.lit(CUMULATIVE),
        undoes=pl.lit(False),
    )


def _with_fraction(rows: pl.DataFrame) -> pl.DataFrame:
    """R/N. An invoice of nothing (credits equal charges) is gone wholly when it is voided or written off."""
    nothing = pl.col("total") == 0
    closes = pl.col("kind").is_in([UNCOLLECTIBLE, VOID]).cast(pl.Int64)
    closed = closes.cum_sum().over("document_id").clip(0, 1)
    flagged = rows.with_columns(closed=closed).with_columns(closed_before=_before("closed"))
    return flagged.with_columns(
        whole=pl.when(nothing).then(1).otherwise("total"),
        part=pl.when(nothing).then("closed").otherwise("of_lines"),
        part_before=pl.when(nothing).then("closed_before").otherwise(_before("of_lines")),
    ).drop("closed", "closed_before")


def _on_account(observed: Observed, credit_notes: pl.DataFrame) -> pl.DataFrame:
    """Credit notes, voids and write-offs: what lowers the receivable, given what was paid and credited before."""
    by_day = observed.invoices.select(
        *("document_id", "voided_at", "voided_on", "uncollectible_at", "uncollectible_on", "excluded_at", "excluded_on")
    )
    by_day = by_day.with_columns(event_id="document_id", gross=pl.lit(0, pl.Int64))
    columns = ("document_id", "event_id", "gross")
    written_off = by_day.drop_nulls("uncollectible_at").select(
        *columns, kind=pl.lit(UNCOLLECTIBLE), effective_at="uncollectible_at", day="uncollectible_on"
    )
    voided = by_day.drop_nulls("voided_at").select(*columns, kind=pl.lit(VOID), effective_at="voided_at", day="voided_on")
    excluded = by_day.drop_nulls("excluded_at").select(
        *columns, kind=pl.lit(EXCLUSION), effective_at="excluded_at", day="excluded_on"
    )
    notes = credit_notes.select(
        *("treatment", "voided_at", "voided_on"),
        document_id="corrects_document_id",
        event_id="document_id",
        gross=(pl.col("total") - pl.col("amount_paid").fill_null(0)).clip(0),
        kind=pl.lit(CREDIT_NOTE),
        effective_at="issued_at",
        day="booked_on",
    )
    given_back = notes.drop_nulls("voided_at").select(
        *("treatment", "document_id", "event_id", "kind"),
        gross=-pl.col("gross"),
        effective_at="voided_at",
        day="voided_on",
        undoes=pl.lit(True),
    )
    every = [written_off, voided, excluded, notes.drop("voided_at", "voided_on"), given_back]
    rows = pl.concat(every, how="diagonal").filter(pl.col("day") <= observed.as_of)
    paid = observed.settled.join(rows, on="document_id", how="semi").select(
        "document_id", "effective_at", "event_id", kind=pl.lit("payment"), paid="applied"
    )
    lowered = pl.concat([rows, paid], how="diagonal").with_columns(
        pl.col("paid", "gross").fill_null(0), pl.col("treatment").fill_null(CUMULATIVE), pl.col("undoes").fill_null(False)
    )
    return _with_open_amount(lowered.join(observed.invoices.select("document_id", "total"), on="document_id"))


def _with_open_amount(rows: pl.DataFrame) -> pl.DataFrame:
    """Void and write-off take what is open, once; a credit note lowers the receivable by no more than what is open."""
    closes = pl.col("kind").is_in([UNCOLLECTIBLE, VOID, EXCLUSION])
    sums = rows.sort(ORDER).with_columns(
        lowered=(pl.col("paid") + pl.col("gross")).cum_sum().over("document_id") - pl.col("paid") - pl.col("gross"),
        closed=closes.cast(pl.Int64).cum_sum().over("document_id") - closes.cast(pl.Int64),
    )
    total = pl.col("total")
    open_amount = total - pl.col("lowered")
    unpaid = open_amount.clip(pl.min_horizontal(total, 0), pl.max_horizontal(total, 0))
    owed = pl.when((pl.col("closed") > 0) | ~closes).then(0).otherwise((open_amount - total.clip(0)).clip(0))
    still_open = pl.when(pl.col("closed") > 0).then(0).otherwise(unpaid)
    return (
        sums.filter(pl.col("kind") != "payment")
        .with_columns(open=still_open, owed=owed)
        .with_columns(
            gross=pl.when(closes).then("open").otherwise("gross"),
            receivable=pl.when(closes).then("open").otherwise(pl.min_horizontal("gross", pl.col("open").clip(0))),
        )
        .with_columns(receivable=undone("receivable", "document_id", "event_id", "kind"))
        .select(_SHAPE)
    )


def undone(column: str, *of: str) -> pl.Expr:
    """The column, where a void of a credit note gives back what that note, in the row before, took."""
    before = pl.col(column).shift(1).over(*of, order_by="effective_at")
    return pl.when("undoes").then(before * -1).otherwise(column)  # Polars has no minus of an Int128


def _before(column: str) -> pl.Expr:
    return pl.col(column).shift(1).over("document_id").fill_null(0)
