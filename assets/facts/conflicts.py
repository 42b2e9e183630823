"""What a conflict reaches: an invoice with its cash and credit notes, a payment with its refunds and disputes."""

from __future__ import annotations

import polars as pl

from assets.facts.admission import Admitted
from assets.facts.cash import Cash
from assets.facts.invoices import Documents
from assets.facts.pending import waiting


def held_payments(admitted: Admitted, documents: Documents, links: pl.DataFrame) -> pl.DataFrame:
    """Payments in conflict, and those that settle a document in conflict: `event_id` and what each waits for."""
    own = admitted.held.select(event_id="object_id", waits_for="object_id")
    through = links.join(documents.held, on="document_id", how="semi").select("event_id", waits_for="document_id")
    return pl.concat([own, through]).group_by("event_id").agg(pl.col("waits_for").min())


def part_from_held(cash: Cash, admitted: Admitted, held: pl.DataFrame) -> tuple[Cash, pl.DataFrame]:
    """Cash that is free of conflicts, and beside it what is not, with `waits_for`."""
    by_itself = admitted.held.select(event_id="object_id", by_itself="object_id")
    by_payment = held.select(paid_by="event_id", by_payment="waits_for")
    payments = cash.payments.with_columns(paid_by="event_id", known=pl.lit(True))
    free, stuck = [], []
    for frame in (payments, cash.withdrawals, cash.reversals, cash.orphans):
        joined = frame.join(by_itself, on="event_id", how="left").join(by_payment, on="paid_by", how="left")
        judged = joined.with_columns(waits_for=pl.coalesce("by_itself", "by_payment")).drop("by_itself", "by_payment")
        stuck.append(judged.drop_nulls("waits_for"))
        free.append(judged.filter(pl.col("waits_for").is_null()).drop("waits_for"))
    return Cash(*free), pl.concat(stuck)


def in_conflict(admitted: Admitted, documents: Documents, stuck: pl.DataFrame) -> list[pl.DataFrame]:
    """The pending facts of every conflict. What is itself in conflict has no amount: which one is right is in doubt."""
    own = admitted.conflicts.with_columns(waits_for="object_id")
    tables = own.get_column("table_name").unique().sort().to_list()
    notes = documents.credit_notes.join(documents.held, left_on="corrects_document_id", right_on="document_id", how="semi")
    return [
        *(waiting(own.filter(table_name=t), t, "conflict", object_id="object_id", waits_for="waits_for") for t in tables),
        waiting(notes, "documents", "conflict", object_id="document_id", waits_for="corrects_document_id", amount="total"),
        waiting(stuck, "cash", "conflict", object_id="event_id", waits_for="waits_for", amount="amount"),
    ]
