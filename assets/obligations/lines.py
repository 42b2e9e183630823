"""The promises of contracts as they stood on each day on which one of them changed.

Each line of a contract is a promise; whether it is an obligation of its own is told by `distinct` (ASC 606-10-25-19, IFRS
15.27). A line that is told again for a later service, after the one before ends, is a renewal: a promise of its own, not a
modification. A line that is retracted promises nothing from then on, and neither does one of a contract that is cancelled,
from its end on: both keep what they earned.

The price of a line is quantity times unit price, for each billing period of its service where it names one.
"""

from __future__ import annotations

import polars as pl

from assets.contracts.policies import SCOPES_OF_LINE, with_choice
from assets.facts.agreed import Agreed
from assets.money.products import ONE, as_integer, times, with_minor_unit
from assets.money.rounding import share
from assets.obligations.billing_periods import billing_periods
from assets.obligations.performed_by import CONTRACT_METHODS, METHOD_OF_PROMISE, Performed
from assets.obligations.term import first_term, within_the_term
from assets.recognition.calendar_methods import total_units
from assets.recognition.methods import DEFAULT_METHOD, METHODS
from assets.recognition.rounding import CUMULATIVE, ROUNDINGS

OBLIGATION = ("lead_id", "obligation_id")
FEE, WARRANTY = "fee", "warranty"


def line_states(agreed: Agreed, contracts: pl.DataFrame, policies: pl.DataFrame) -> pl.DataFrame:
    """One row for each obligation and day on which it was told, in order.

    Returns lead_id, contract_id, obligation_id, line_id, product_id, legal_entity_id, customer_id, currency, day,
    inception, promise_kind, distinct, principal, metered, quantity, unit_price, ssp (10^-12), price, own_ssp and
    of_principal (minor units for the whole line), owed_per_unit (to the principal, 10^-12), method, policy, service_from,
    service_to, from_second, to_second, units, booked_on, source_row_key, per_minor.
    """
    of_contract = contracts.select(
        "contract_id", "lead_id", "customer_id", "inception", "issued_at", entity="legal_entity_id"
    )
    of_product = agreed.products.select(
        *("cost_currency", "unit_cost"),
        product_id="object_id",
        product_promise="promise_kind",
        product_method="recognition_method",
    )
    lines = agreed.lines.rename({"object_id": "line_id", "row_key": "source_row_key"}).drop("issued_at", strict=False)
    told = pl.concat([lines, _terminated(lines, agreed)])
    rows = told.join(of_contract, on="contract_id").join(of_product, on="product_id", how="left", maintain_order="left")
    rows = rows.with_columns(
        legal_entity_id="entity",
        day=pl.max_horizontal("day", "inception"),
        promise_kind=pl.coalesce("promise_kind", "product_promise"),
        gone=pl.col("operation") == "retract",
    ).sort("line_id", "day", maintain_order=True)
    rows = rows.unique(subset=["line_id", "day"], keep="last", maintain_order=True)
    rows = _part_of_the_service(rows.filter(~_assures()), agreed)
    priced = _priced(_with_method(_renewed(_kept(rows)), policies))
    return within_the_term(priced, agreed).sort(*OBLIGATION, "day")


def _terminated(lines: pl.DataFrame, agreed: Agreed) -> pl.DataFrame:
    """Every line of a contract that is cancelled once more, retracted on the day on which the contract ends or, where that
    is later, is told to have ended."""
    state = agreed.contracts.sort("day", maintain_order=True).unique("object_id", keep="last", maintain_order=True)
    over = state.filter((pl.col("status") == "canceled") & (pl.col("operation") == "assert")).drop_nulls("ends_on")
    ends = over.select(contract_id="object_id", over_on=pl.max_horizontal("day", "ends_on")).filter(
        pl.col("over_on") <= agreed.as_of
    )
    begun = lines.join(ends, on="contract_id").filter(pl.col("day") < pl.col("over_on"))
    last = begun.sort("day", maintain_order=True).unique("line_id", keep="last", maintain_order=True)
    return last.with_columns(operation=pl.lit("retract"), day="over_on").select(lines.columns)


def _assures() -> pl.Expr:
    """A warranty that nobody pays for and nobody judged to be a service only assures that what was sold is as agreed: no
    promise of the contract (ASC 606-10-55-30 to 35, IFRS 15.B28 to B33)."""
    free = pl.col("unit_price").fill_null(0) == 0
    return ((pl.col("promise_kind") == WARRANTY) & free & ~pl.col("distinct").fill_null(False)).fill_null(False)


def _part_of_the_service(rows: pl.DataFrame, agreed: Agreed) -> pl.DataFrame:
    """A fee that gives the customer nothing by itself, such as one for setting up, is an advance payment for the services
    of the contract: without a time or measure of its own it is performed over theirs, within the first term that both sides
    can enforce (ASC 606-10-55-50 to 53, IFRS 15.B48 to B51)."""
    own = pl.any_horizontal(pl.col("served_to", "recognition_method", "product_method").is_not_null())
    fee = (pl.col("promise_kind") == FEE).fill_null(False) & ~pl.col("distinct").fill_null(False) & ~own
    if not rows.select(fee.any()).item():
        return rows
    service = (
        first_term(rows.filter(~fee), agreed)
        .group_by("lead_id")
        .agg(
            pl.col("served_from", "service_from", "from_second").min().name.prefix("of_"),
            pl.col("served_to", "service_to", "to_second").max().name.prefix("of_"),
        )
    )
    joined = rows.join(service, on="lead_id", how="left", maintain_order="left")
    taken = ("served_from", "served_to", "service_from", "service_to", "from_second", "to_second")
    over = fee & pl.col("of_served_to").is_not_null()
    return (
        joined.with_columns(pl.when(over).then(f"of_{name}").otherwise(name).alias(name) for name in taken)
        .with_columns(promise_kind=pl.when(over).then(pl.lit("service")).otherwise("promise_kind"))
        .select(rows.columns)
    )


def _kept(rows: pl.DataFrame) -> pl.DataFrame:
    """A retraction keeps what the line was, and promises nothing more of it. What is counted as it is used stays so."""
    names = [
        "product_id",
        "promise_kind",
        "currency",
        "served_from",
        "served_to",
        "usage_type",
        "unit_price",
        "ssp",
        "recognition_method",
    ]
    counted = pl.when(~pl.col("gone")).then(pl.col("quantity").is_not_null())
    filled = rows.with_columns(pl.col(names).forward_fill().over("line_id"), _counted=counted).with_columns(
        pl.col("_counted").forward_fill().over("line_id").fill_null(True)
    )
    quantity = pl.when(pl.col("gone") & pl.col("_counted")).then(pl.lit(0)).otherwise("quantity")
    return filled.with_columns(quantity=quantity.cast(rows.schema["quantity"])).drop("_counted")


def _renewed(rows: pl.DataFrame) -> pl.DataFrame:
    """Each service period that begins after the one before has ended is an obligation of its own."""
    ended = pl.col("served_to").shift(1).over("line_id")
    renewals = (pl.col("served_from") >= ended).fill_null(False).cast(pl.Int64).cum_sum().over("line_id")
    counted = rows.with_columns(renewal=renewals)
    named = pl.concat_str("line_id", pl.lit("@"), pl.col("served_from").first().over("line_id", "renewal").cast(pl.String))
    return counted.with_columns(obligation_id=pl.when(pl.col("renewal") > 0).then(named).otherwise("line_id"))


def _with_method(rows: pl.DataFrame, policies: pl.DataFrame) -> pl.DataFrame:
    """The line's own method, else its product's, else what its kind of promise implies, else the policy's."""
    served = (pl.col("served_to") > pl.col("served_from")).fill_null(False)
    default = DEFAULT_METHOD.value
    chosen = with_choice(
        rows, policies, "recognition_method", METHODS, default, into="_by_policy", named="policy", scopes=SCOPES_OF_LINE
    )
    chosen = with_choice(
        chosen, policies, "schedule_rounding", ROUNDINGS, CUMULATIVE, into="rounding", scopes=SCOPES_OF_LINE
    )
    implied = pl.col("promise_kind").replace_strict(METHOD_OF_PROMISE, default=None, return_dtype=pl.String)
    metered = pl.col("usage_type") == "metered"
    method = pl.coalesce(
        "recognition_method",
        "product_method",
        pl.when(metered.fill_null(False)).then(pl.lit(Performed.USAGE.value)),
        implied,
        pl.when(served).then("_by_policy"),
        pl.lit(Performed.DELIVERY.value),
    )
    by_time = ~method.is_in(CONTRACT_METHODS)
    return chosen.with_columns(
        method=method,
        metered=metered.fill_null(False),
        policy=pl.when(by_time & pl.col("recognition_method").is_null()).then("policy").otherwise(pl.lit("contract_line")),
    ).drop("_by_policy")


def _priced(rows: pl.DataFrame) -> pl.DataFrame:
    """Amounts of whole lines, and the units of those that time performs."""
    quantity = as_integer(pl.col("quantity")).fill_null(ONE)
    whole = with_minor_unit(rows).with_columns(
        stated_quantity=as_integer(pl.col("quantity")),
        quantity=quantity,
        unit_price=as_integer(pl.col("unit_price")) - _of_the_principal(),
        owed_per_unit=_of_the_principal(),
        ssp=as_integer(pl.col("ssp")),
    )
    part, per = billing_periods()
    per_period = times(pl.col("unit_price").fill_null(0), pl.col("quantity"))
    ssp_per_period = times(pl.col("ssp"), pl.col("quantity"))
    owed_per_period = times(pl.col("owed_per_unit"), pl.col("quantity"))
    open_ended = pl.col("metered") | (
        pl.col("stated_quantity").is_null() & pl.col("method").is_in([Performed.DELIVERY.value, Performed.USAGE.value])
    )
    begins = pl.coalesce("served_from", "inception")
    return (
        whole.with_columns(_part=part, _per=per, open_ended=open_ended)
        .with_columns(
            price=pl.when("open_ended").then(0).otherwise(share(per_period, pl.col("_part"), pl.col("_per"))),
            own_ssp=share(ssp_per_period, pl.col("_part"), pl.col("_per")),
            of_principal=share(owed_per_period, pl.col("_part"), pl.col("_per")),
            periods_part="_part",
            periods_per="_per",
            recognition_method="method",
            service_from=begins,
            service_to=pl.max_horizontal(pl.coalesce("served_to", begins), begins),
            booked_on=begins,
        )
        .with_columns(units=total_units().clip(1))
        .drop("_part", "_per")
    )


def _of_the_principal() -> pl.Expr:
    """What an agent owes the principal for each unit: revenue is the rest (ASC 606-10-55-36 to 38, IFRS 15.B34 to B36)."""
    agent = ~pl.col("principal").fill_null(True) & (pl.col("cost_currency") == pl.col("currency"))
    return pl.when(agent).then(as_integer(pl.col("unit_cost"))).otherwise(pl.lit(0, pl.Int128))
