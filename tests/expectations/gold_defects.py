"""One planted defect for each expectation of gold: which rows of the sound books are given which values."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

import polars as pl

from lakehouse.table import Table
from lakehouse.tables import gold
from tests.expectations.books import FEB, JAN, MAR

MID = date(2025, 1, 2)


class Defect(NamedTuple):
    """`where` picks rows; they get the values of `change`, or are left out where it is None. `key` names a failing row."""

    where: pl.Expr
    change: dict[str, Any] | None
    key: str

    def planted(self, table: Table, frame: pl.DataFrame) -> pl.DataFrame:
        if self.change is None:
            return frame.filter(~self.where)
        schema = table.polars_schema()
        return frame.with_columns(
            pl.when(self.where).then(pl.lit(value, schema[name])).otherwise(pl.col(name)).alias(name)
            for name, value in self.change.items()
        )


def at(month: date) -> pl.Expr:
    return pl.col("accounting_period") == month


def of(customer: str, month: date) -> pl.Expr:
    return (pl.col("customer_id") == customer) & (pl.col("month") == month)


def cent(text: str) -> Decimal:
    return Decimal(text)


ALL = pl.lit(True)
CASH_FEB = at(FEB) & (pl.col("account") == "Cash")
BOOK_FEB = "us_gaap|default|USD|2025-02-01"
SOLD, MINUTE = pl.col("meter") == "-", "2025-01-01 00:00:00.000000+00:00"
BOOKS, REMAINS = "us_gaap|default|USD", "us_gaap|default|USD|2025-02-28"
LAST_REVENUE = (pl.col("batch_id") == "e6") & (pl.col("account") == "Revenue")
OF_RETURNS = "us_gaap|default|USD|sub_1|p"
ENTRY = "e1|us_gaap|default|USD|USD|2025-01-01"

DEFECTS: dict[tuple[Table, str], Defect] = {
    (gold.CONTRACTS, "transaction_price_is_sum_of_obligations"): Defect(ALL, {"transaction_price": cent("81.01")}, "sub_1"),
    (gold.CONTRACTS, "price_has_currency"): Defect(ALL, {"currency": None}, "sub_1"),
    (gold.CONTRACTS, "end_not_before_start"): Defect(
        ALL, {"start_at": datetime(2025, 2, 1, tzinfo=UTC), "end_at": datetime(2025, 1, 1, tzinfo=UTC)}, "sub_1"
    ),
    (gold.OBLIGATIONS, "returned_within_allocated"): Defect(ALL, {"returned_amount": cent("90.01")}, "in_1:il_1"),
    (gold.OBLIGATIONS, "service_in_order"): Defect(ALL, {"service_to": date(2024, 12, 31)}, "in_1:il_1"),
    (gold.OBLIGATIONS, "recognition_method_is_known"): Defect(ALL, {"recognition_method": "by feel"}, "in_1:il_1"),
    (gold.OBLIGATIONS, "invoice_is_promised_whole"): Defect(ALL, {"allocated_amount": cent("89.99")}, "stripe:x"),
    (gold.PRICE_ALLOCATIONS, "recognised_and_open_make_allocated"): Defect(
        ALL, {"open_amount": cent("89.99")}, "in_1:il_1|2025-01-01"
    ),
    (gold.PRICE_ALLOCATIONS, "weight_not_negative"): Defect(ALL, {"weight": cent("-1")}, "in_1:il_1|2025-01-01"),
    (gold.PRICE_ALLOCATIONS, "latest_allocation_is_of_the_obligation"): Defect(
        ALL, {"allocated_amount": cent("91"), "open_amount": cent("91")}, "in_1:il_1"
    ),
    (gold.CONTRACT_MODIFICATIONS, "modification_has_reason"): Defect(ALL, {"reason": " "}, "sub_1|2025-02-01"),
    (gold.CONTRACT_MODIFICATIONS, "remaining_within_price"): Defect(
        ALL, {"remaining_price": cent("90.01")}, "sub_1|2025-02-01"
    ),
    (gold.OBLIGATION_PROGRESS, "progress_is_a_share"): Defect(ALL, {"progress": cent("1.01")}, "in_1:il_1|2025-03-01"),
    (gold.OBLIGATION_PROGRESS, "revenue_and_cost_make_margin"): Defect(
        ALL, {"margin_to_date": cent("31.01")}, "in_1:il_1|2025-03-01"
    ),
    (gold.OBLIGATION_PROGRESS, "months_are_months"): Defect(ALL, {"month": MID}, "in_1:il_1|2025-01-02"),
    (gold.OBLIGATION_PROGRESS, "revenue_to_date_is_of_the_schedule"): Defect(
        ALL, {"revenue_to_date": cent("82"), "margin_to_date": cent("32")}, "in_1:il_1"
    ),
    (gold.CONTRACT_COSTS, "cost_rolls_forward"): Defect(
        pl.col("month") == FEB, {"amortised": cent("3.01")}, "c_1|2025-02-01"
    ),
    (gold.CONTRACT_COSTS, "months_are_months"): Defect(pl.col("month") == FEB, {"month": MID}, "c_1|2025-01-02"),
    (gold.CONTRACT_COSTS, "cost_is_used_up"): Defect(pl.col("month") == FEB, None, "c_1"),
    (gold.CREDIT_DRAWDOWN, "quantity_is_positive"): Defect(ALL, {"quantity": cent("0")}, "stripe:x|u_1"),
    (gold.CREDIT_DRAWDOWN, "grant_is_not_overdrawn"): Defect(ALL, {"amount": cent("100.01")}, "stripe:x"),
    (gold.RECOGNITION_SCHEDULE, "posted_not_before_earned"): Defect(
        pl.col("service_period") == FEB, {"accounting_period": JAN}, "in_1:il_1|2025-02-01|2025-01-01"
    ),
    (gold.RECOGNITION_SCHEDULE, "periods_are_months"): Defect(
        at(JAN), {"accounting_period": MID}, "in_1:il_1|2025-01-01|2025-01-02"
    ),
    (gold.RECOGNITION_SCHEDULE, "recognised_within_price"): Defect(
        at(JAN), {"amount": cent("90.01")}, "in_1:il_1|2025-01-01|2025-01-01"
    ),
    (gold.RECOGNITION_SCHEDULE, "deferred_within_price"): Defect(
        at(JAN), {"deferred_after": cent("-0.01")}, "in_1:il_1|2025-01-01|2025-01-01"
    ),
    (gold.RECOGNITION_SCHEDULE, "schedule_sums_to_price"): Defect(at(MAR), None, "in_1:il_1"),
    (gold.RECOGNITION_SCHEDULE, "nothing_deferred_at_end"): Defect(at(MAR), {"deferred_after": cent("0.01")}, "in_1:il_1"),
    (gold.JOURNAL, "account_in_chart"): Defect(pl.col("account") == "Cash", {"account": "PettyCash"}, "e2-Cash"),
    (gold.JOURNAL, "posted_not_before_earned"): Defect(
        pl.col("entry_id") == "e1", {"service_period": FEB}, "e1-AccountsReceivable"
    ),
    (gold.JOURNAL, "periods_are_months"): Defect(
        pl.col("entry_id") == "e1", {"accounting_period": MID}, "e1-AccountsReceivable"
    ),
    (gold.JOURNAL, "period_was_open"): Defect(
        pl.col("entry_id") == "e1", {"booked_at": datetime(2025, 6, 1, tzinfo=UTC)}, "e1-AccountsReceivable"
    ),
    (gold.JOURNAL, "line_moves_money"): Defect(
        pl.col("line_id") == "e1-TaxLiability", {"amount": cent("0"), "functional_amount": cent("0")}, "e1-TaxLiability"
    ),
    (gold.JOURNAL, "entry_sums_to_zero"): Defect(pl.col("line_id") == "e1-TaxLiability", {"amount": cent("-8.99")}, ENTRY),
    (gold.JOURNAL, "entry_sums_to_zero_in_functional_currency"): Defect(
        pl.col("line_id") == "e1-TaxLiability", {"functional_amount": cent("-8.99")}, ENTRY
    ),
    (gold.JOURNAL, "own_currency_is_not_translated"): Defect(
        pl.col("line_id") == "e1-TaxLiability", {"functional_amount": cent("-8.99")}, "e1-TaxLiability"
    ),
    (gold.JOURNAL, "functional_amount_in_whole_minor_units"): Defect(
        pl.col("line_id") == "e1-TaxLiability", {"functional_amount": cent("-8.995")}, "e1-TaxLiability"
    ),
    (gold.JOURNAL, "posted_within_its_period"): Defect(
        pl.col("entry_id") == "e4", {"posted_on": date(2025, 1, 31)}, "e4-Cash"
    ),
    (gold.JOURNAL, "released_within_price"): Defect(
        pl.col("line_id") == "e6-DeferredRevenue", {"amount": cent("27.91")}, "us_gaap|in_1:il_1"
    ),
    (gold.TRIAL_BALANCE, "balance_rolls_forward"): Defect(
        CASH_FEB, {"closing": cent("90.01")}, "us_gaap|default|Cash|USD|USD|2025-02-01"
    ),
    (gold.TRIAL_BALANCE, "opening_is_previous_closing"): Defect(
        CASH_FEB, {"opening": cent("98.99"), "closing": cent("89.99")}, "us_gaap|default|Cash|USD|USD|2025-02-01"
    ),
    (gold.TRIAL_BALANCE, "debits_and_credits_not_negative"): Defect(
        CASH_FEB, {"debit": cent("-9"), "credit": cent("0")}, "us_gaap|default|Cash|USD|USD|2025-02-01"
    ),
    (gold.TRIAL_BALANCE, "periods_are_months"): Defect(
        CASH_FEB, {"accounting_period": date(2025, 2, 2)}, "us_gaap|default|Cash|USD|USD|2025-02-02"
    ),
    (gold.TRIAL_BALANCE, "debits_equal_credits"): Defect(CASH_FEB, {"credit": cent("9.01")}, BOOK_FEB),
    (gold.TRIAL_BALANCE, "functional_balances_sum_to_zero"): Defect(
        CASH_FEB, {"functional_closing": cent("90.01")}, BOOK_FEB
    ),
    (gold.TRIAL_BALANCE, "balance_is_of_the_journal"): Defect(CASH_FEB, None, "us_gaap|default|Cash|USD|USD|2025-02-01"),
    (gold.DEFERRED_ROLLFORWARD, "deferred_rolls_forward"): Defect(at(FEB), {"closing": cent("27.91")}, BOOK_FEB),
    (gold.DEFERRED_ROLLFORWARD, "opening_is_previous_closing"): Defect(
        at(FEB), {"opening": cent("59.01"), "closing": cent("27.91")}, BOOK_FEB
    ),
    (gold.DEFERRED_ROLLFORWARD, "releases_are_negative"): Defect(at(FEB), {"refunded": cent("5.90")}, BOOK_FEB),
    (gold.DEFERRED_ROLLFORWARD, "periods_are_months"): Defect(
        at(FEB), {"accounting_period": date(2025, 2, 2)}, "us_gaap|default|USD|2025-02-02"
    ),
    (gold.DEFERRED_ROLLFORWARD, "rollforward_is_of_the_journal"): Defect(at(FEB), None, BOOK_FEB),
    (gold.REVENUE_BY_MONTH, "gross_and_contra_make_net"): Defect(at(FEB), {"net_revenue": cent("25.20")}, BOOK_FEB),
    (gold.REVENUE_BY_MONTH, "periods_are_months"): Defect(
        at(FEB), {"accounting_period": date(2025, 2, 2)}, "us_gaap|default|USD|2025-02-02"
    ),
    (gold.REVENUE_BY_MONTH, "gross_revenue_is_of_the_journal"): Defect(at(FEB), {"gross_revenue": cent("25.21")}, BOOK_FEB),
    (gold.REVENUE_BY_MONTH, "contra_revenue_is_of_the_journal"): Defect(
        at(FEB), {"contra_revenue": cent("-3.09")}, BOOK_FEB
    ),
    (gold.MRR_MOVEMENTS, "mrr_rolls_forward"): Defect(of("ada", FEB), {"closing": cent("41")}, "2025-02-01|ada|USD"),
    (gold.MRR_MOVEMENTS, "growth_not_negative"): Defect(of("ada", FEB), {"expansion": cent("-1")}, "2025-02-01|ada|USD"),
    (gold.MRR_MOVEMENTS, "loss_not_positive"): Defect(of("bob", FEB), {"churn": cent("20")}, "2025-02-01|bob|USD"),
    (gold.MRR_MOVEMENTS, "churned_customer_has_none_left"): Defect(
        of("bob", FEB), {"churn": cent("-19"), "closing": cent("1")}, "2025-02-01|bob|USD"
    ),
    (gold.MRR_MOVEMENTS, "closing_not_negative"): Defect(of("bob", FEB), {"closing": cent("-1")}, "2025-02-01|bob|USD"),
    (gold.MRR_MOVEMENTS, "months_are_months"): Defect(of("bob", FEB), {"month": date(2025, 2, 2)}, "2025-02-02|bob|USD"),
    (gold.MRR_MOVEMENTS, "opening_is_previous_closing"): Defect(of("bob", FEB), None, "bob|USD|2025-02-01"),
    (gold.MRR_MOVEMENTS, "customer_is_new_once"): Defect(
        of("ada", FEB), {"new": cent("10"), "expansion": cent("0")}, "ada"
    ),
    (gold.MRR_BY_MONTH, "mrr_rolls_forward"): Defect(pl.col("month") == FEB, {"closing": cent("41")}, "2025-02-01|USD"),
    (gold.MRR_BY_MONTH, "opening_is_previous_closing"): Defect(
        pl.col("month") == FEB, {"opening": cent("51"), "closing": cent("41")}, "2025-02-01|USD"
    ),
    (gold.MRR_BY_MONTH, "churn_not_positive"): Defect(pl.col("month") == FEB, {"churn": cent("20")}, "2025-02-01|USD"),
    (gold.MRR_BY_MONTH, "months_are_months"): Defect(pl.col("month") == FEB, {"month": date(2025, 2, 2)}, "2025-02-02|USD"),
    (gold.MRR_BY_MONTH, "mrr_is_sum_of_customers"): Defect(
        pl.col("month") == FEB, {"expansion": cent("9")}, "2025-02-01|USD"
    ),
    (gold.MRR_BY_MONTH, "customers_are_counted"): Defect(pl.col("month") == FEB, {"customers": 2}, "2025-02-01|USD"),
    (gold.SALES_DAILY, "net_sales_add_up"): Defect(
        pl.col("day") == FEB, {"net_sales": cent("-8.99")}, "2025-02-01|default|USD|p"
    ),
    (gold.SALES_DAILY, "lines_not_negative"): Defect(
        pl.col("day") == JAN, {"invoice_lines": 0}, "2025-01-01|default|USD|p"
    ),
    (gold.SALES_DAILY, "invoiced_is_sum_of_obligations"): Defect(pl.col("day") == JAN, None, "2025-01-01|default|USD|p"),
    (gold.LIVE_SALES, "minute_is_whole"): Defect(SOLD, {"day": FEB}, f"{MINUTE}|default|USD|p|-"),
    (gold.LIVE_SALES, "counts_not_negative"): Defect(SOLD, {"refund_count": -1}, f"{MINUTE}|default|USD|p|-"),
    (gold.LIVE_SALES, "amounts_have_a_count"): Defect(SOLD, {"sale_lines": 0}, f"{MINUTE}|default|USD|p|-"),
    (gold.LIVE_SALES, "usage_apart_from_sales"): Defect(SOLD, {"meter": "seats"}, f"{MINUTE}|default|USD|p|seats"),
    (gold.PENDING_FACTS, "table_is_silver"): Defect(ALL, {"table_name": "journal"}, "journal|s|e|c"),
    (gold.PENDING_FACTS, "amount_has_currency"): Defect(ALL, {"currency": None}, "cash|s|e|c"),
    (gold.TRANSACTION_LINKS, "two_things_are_linked"): Defect(
        ALL, {"to_object_id": "netsuite:7"}, "copy_of|document|netsuite:7|document|netsuite:7"
    ),
    (gold.TRANSACTION_LINKS, "copy_is_of_one_kind"): Defect(
        ALL, {"to_kind": "contract"}, "copy_of|document|netsuite:7|contract|stripe:x"
    ),
    (gold.TRANSACTION_LINKS, "guess_is_between_systems"): Defect(
        ALL, {"to_system": "netsuite"}, "copy_of|document|netsuite:7|document|stripe:x"
    ),
    (gold.TRANSACTION_LINKS, "evidence_is_json"): Defect(
        ALL, {"evidence": "looks alike"}, "copy_of|document|netsuite:7|document|stripe:x"
    ),
    (gold.SALE_COPIES, "counted_copy_is_of_counted_system"): Defect(
        ALL, {"counted_system": "shopify"}, "document|stripe:x"
    ),
    (gold.SALE_COPIES, "evidence_is_not_what_counts"): Defect(
        ~pl.col("counts"), {"counted_object_id": "netsuite:7"}, "document|netsuite:7"
    ),
    (gold.SALE_COPIES, "one_system_counts"): Defect(ALL, {"counts": True}, "document|netsuite:7"),
    (gold.SALE_COPIES, "sale_has_copies"): Defect(pl.col("counts"), None, "document|netsuite:7"),
    (gold.CUSTOMER_LINKS, "evidence_is_json"): Defect(ALL, {"evidence": "same face"}, "stripe:c"),
    (gold.CUSTOMER_LINKS, "stands_for_itself_and_others"): Defect(pl.col("system") == "netsuite", None, "stripe:c"),
    (gold.PRODUCT_LINKS, "evidence_is_json"): Defect(ALL, {"evidence": "same box"}, "stripe:p"),
    (gold.PRODUCT_LINKS, "stands_for_itself_and_others"): Defect(pl.col("system") == "netsuite", None, "stripe:p"),
    (gold.RECONCILIATION_EXCEPTIONS, "both_sides_are_named"): Defect(ALL, {"other_row_key": None}, "x1"),
    (gold.RECONCILIATION_EXCEPTIONS, "sides_differ"): Defect(ALL, {"other_value": "99.0000 USD"}, "x1"),
    (gold.RECONCILIATION_EXCEPTIONS, "difference_of_amounts"): Defect(ALL, {"difference": cent("0")}, "x1"),
    (gold.REVENUE_WATERFALL, "periods_are_periods"): Defect(
        pl.col("recognised_period") == FEB,
        {"recognised_period": date(2025, 2, 2)},
        "us_gaap|default|USD|2025-01-01|2025-02-02",
    ),
    (gold.REVENUE_WATERFALL, "booked_in_its_own_period"): Defect(
        pl.col("recognised_period") == JAN, {"booked_period": FEB}, "us_gaap|default|USD|2025-02-01|2025-01-01"
    ),
    (gold.REVENUE_WATERFALL, "recognised_is_of_the_journal"): Defect(
        pl.col("recognised_period") == FEB, {"recognised": cent("25.21")}, BOOK_FEB
    ),
    (gold.REVENUE_WATERFALL, "remaining_is_scheduled"): Defect(
        pl.col("recognised_period") == MAR, {"remaining": cent("0.01")}, "us_gaap|default|USD|2025-01-01"
    ),
    (gold.CONTRACT_BALANCES, "asset_or_liability"): Defect(
        at(FEB), {"contract_asset": cent("1"), "contract_liability": cent("28.90")}, "us_gaap|default|USD|sub_1|2025-02-01"
    ),
    (gold.CONTRACT_BALANCES, "asset_less_liability_is_net"): Defect(
        at(FEB), {"contract_liability": cent("27.91")}, "us_gaap|default|USD|sub_1|2025-02-01"
    ),
    (gold.CONTRACT_BALANCES, "receivable_is_of_the_journal"): Defect(at(MAR), {"receivable": cent("0.01")}, BOOKS),
    (gold.CONTRACT_BALANCES, "unbilled_is_of_the_journal"): Defect(at(MAR), {"unbilled": cent("0.01")}, BOOKS),
    (gold.CONTRACT_BALANCES, "deferred_is_of_the_journal"): Defect(at(MAR), {"deferred": cent("0.01")}, BOOKS),
    (gold.REMAINING_OBLIGATIONS, "year_is_not_past"): Defect(ALL, {"year": 2024}, f"{REMAINS}|2024|1-12|one_year"),
    (gold.REMAINING_OBLIGATIONS, "band_agrees_with_year"): Defect(ALL, {"band": "37+"}, f"{REMAINS}|2025|37+|one_year"),
    (gold.REMAINING_OBLIGATIONS, "of_some_obligation"): Defect(ALL, {"obligations": 0}, f"{REMAINS}|2025|1-12|one_year"),
    (gold.DISAGGREGATED_REVENUE, "gross_and_contra_make_net"): Defect(
        at(FEB), {"gross_revenue": cent("25.21")}, f"{BOOK_FEB}|p|-|DE|-|over_time"
    ),
    (gold.DISAGGREGATED_REVENUE, "parts_make_the_whole"): Defect(at(FEB), None, BOOK_FEB),
    (gold.PRIOR_PERIOD_REVENUE, "gross_and_contra_make_net"): Defect(
        ALL, {"net_revenue": cent("4")}, f"{BOOK_FEB}|2025-01-01"
    ),
    (gold.PRIOR_PERIOD_REVENUE, "performed_before"): Defect(ALL, {"service_period": FEB}, f"{BOOK_FEB}|2025-02-01"),
    (gold.REFUND_LIABILITIES, "liability_rolls_forward"): Defect(
        at(FEB), {"closing": cent("1")}, f"{OF_RETURNS}|2025-02-01"
    ),
    (gold.REFUND_LIABILITIES, "liability_opening_is_previous_closing"): Defect(
        at(FEB), {"opening": cent("1"), "closing": cent("1")}, f"{OF_RETURNS}|2025-02-01"
    ),
    (gold.REFUND_LIABILITIES, "asset_rolls_forward"): Defect(
        at(FEB), {"asset_closing": cent("1")}, f"{OF_RETURNS}|2025-02-01"
    ),
    (gold.REFUND_LIABILITIES, "asset_opening_is_previous_closing"): Defect(
        at(FEB), {"asset_opening": cent("1"), "asset_closing": cent("1")}, f"{OF_RETURNS}|2025-02-01"
    ),
    (gold.REFUND_LIABILITIES, "nothing_below_zero"): Defect(
        at(FEB), {"given_back": cent("-5"), "closing": cent("-1")}, f"{OF_RETURNS}|2025-02-01"
    ),
    (gold.REFUND_LIABILITIES, "periods_are_periods"): Defect(
        at(FEB), {"accounting_period": MID}, f"{OF_RETURNS}|2025-01-02"
    ),
    (gold.REFUND_LIABILITIES, "liability_is_of_the_trial_balance"): Defect(
        at(FEB), {"expected": cent("5"), "closing": cent("1")}, BOOK_FEB
    ),
    (gold.REFUND_LIABILITIES, "asset_is_of_the_trial_balance"): Defect(
        at(FEB), {"asset_moved": cent("1"), "asset_closing": cent("1")}, BOOK_FEB
    ),
    (gold.TAX_PROOF, "invoiced_is_price_and_tax"): Defect(at(JAN), {"net": cent("91")}, "us_gaap|default|USD|2025-01-01"),
    (gold.TAX_PROOF, "tax_owed_rolls_forward"): Defect(at(FEB), {"tax_owed": cent("8")}, BOOK_FEB),
    (gold.TAX_PROOF, "tax_owed_is_of_the_journal"): Defect(at(MAR), {"tax_owed": cent("8")}, BOOKS),
    (gold.GL_EXPORT, "debit_or_credit"): Defect(
        LAST_REVENUE, {"debit": cent("1"), "credit": cent("28.90")}, "e6|-|Revenue|4-Revenue"
    ),
    (gold.GL_EXPORT, "batch_balances"): Defect(LAST_REVENUE, {"credit": cent("27.91")}, "e6"),
    (gold.GL_EXPORT, "batch_balances_in_functional_currency"): Defect(
        LAST_REVENUE, {"functional_credit": cent("27.91")}, "e6"
    ),
    (gold.GL_EXPORT, "export_is_the_journal"): Defect(LAST_REVENUE, None, "us_gaap|default|Revenue|USD|2025-03-01"),
    (gold.RESTATED_BALANCES, "restated_sums_to_reported"): Defect(
        CASH_FEB, {"restated": cent("-8")}, "us_gaap|default|USD|Cash"
    ),
    (gold.RESTATED_BALANCES, "reported_is_of_the_journal"): Defect(CASH_FEB, None, "us_gaap|default|USD|Cash"),
}
