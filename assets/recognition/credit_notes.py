"""What a credit note does to revenue, by its reason.

| reason | treatment | what it does |
|---|---|---|
| billing_error, duplicate | cumulative | the price never was more: restated from the start |
| concession, waiver, service_unsatisfactory | prospective | less for what is to come; for what is performed, at once |
| cancellation, order_cancellation, subscription_cancellation | stop | no more is served: what is not given back is earned |
| return | cumulative | what was sold is taken back |
| rebate | cumulative | a lower price of everything |
| tax, tax_exemption | tax_only | no revenue: the tax is given back |
| anything else, or nothing | cumulative | in proportion, as Stripe does; the gate of silver.documents warns of it |

A price change is caught up where what remains is not distinct and is prospective where it is (ASC 606-10-25-13, 32-42 to
45; IFRS 15.21, 87 to 90). Chargebee chooses by reason code, Stripe takes every note in proportion
(https://docs.stripe.com/revenue-recognition/examples/contra); a policy `credit_note_treatment.<reason code>` chooses for
the codes of a company. Cash that a note pays back is treated as the note is.
"""

from __future__ import annotations

import polars as pl

from assets.contracts.policies import SCOPES_OF_CONTRACT, with_choice

CUMULATIVE, PROSPECTIVE, STOP, TAX_ONLY = "cumulative", "prospective", "stop", "tax_only"
TREATMENTS = (CUMULATIVE, PROSPECTIVE, STOP, TAX_ONLY)
POLICY = "credit_note_treatment."
CONCESSIONS = ("concession", "waiver", "service_unsatisfactory")
REBATE = "rebate"
TREATMENT_OF_REASON = {
    **dict.fromkeys(("billing_error", "duplicate", "return", REBATE), CUMULATIVE),
    **dict.fromkeys(CONCESSIONS, PROSPECTIVE),
    **dict.fromkeys(("cancellation", "order_cancellation", "subscription_cancellation"), STOP),
    **dict.fromkeys(("tax", "tax_exemption"), TAX_ONLY),
}


def with_treatment(notes: pl.DataFrame, policies: pl.DataFrame) -> pl.DataFrame:
    """Credit notes with `treatment`; a policy about their reason comes first, pinned when the note was issued."""
    rule = pl.col("reason_code").replace_strict(TREATMENT_OF_REASON, default=CUMULATIVE, return_dtype=pl.String)
    told = notes.with_columns(treatment=rule.fill_null(CUMULATIVE))
    named = policies.filter(pl.col("name").str.starts_with(POLICY)).get_column("name").unique().sort()
    for name in named:
        told = with_choice(told, policies, name, TREATMENTS, "", into="_chosen", scopes=SCOPES_OF_CONTRACT)
        ours = (pl.col("reason_code") == name.removeprefix(POLICY)) & (pl.col("_chosen") != "")
        told = told.with_columns(treatment=pl.when(ours).then("_chosen").otherwise("treatment")).drop("_chosen")
    return told


def of_their_notes(withdrawn: pl.DataFrame, notes: pl.DataFrame) -> pl.Series:
    """The treatment of each refund: that of the latest note of its invoice that pays back as much, else cumulative.

    `withdrawn`: document_id, day, taken. `notes`: corrects_document_id, booked_on, amount_paid, treatment.
    """
    paying = notes.filter(pl.col("amount_paid") > 0).select(
        "treatment", "amount_paid", document_id="corrects_document_id", noted_on="booked_on"
    )
    rows = withdrawn.with_row_index("_row").sort("day")
    found = rows.join_asof(
        paying.sort("noted_on", "amount_paid"),
        left_on="day",
        right_on="noted_on",
        by="document_id",
        strategy="backward",
        check_sortedness=False,
    ).sort("_row")
    ours = (pl.col("kind") == "refund") & (pl.col("taken") <= pl.col("amount_paid"))
    return found.select(treatment=pl.when(ours).then("treatment").otherwise(pl.lit(None)).fill_null(CUMULATIVE)).to_series()
