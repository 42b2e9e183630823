"""Sales volume by day and product."""

from __future__ import annotations

from decimal import Decimal

from tests.assets.revenue_facts import cash, invoice, run

LINES = [("60.00", None, None), ("30.00", None, None)]
BILLED = invoice("in_1", "2024-01-01", LINES, total="99.00", products=["chairs", None])
PAID = cash("payment", "ch_1", "2024-01-01", "99.00", document_id="in_1")


def days(*rows: object) -> list[tuple[object, ...]]:
    frame = run([*BILLED, PAID, *rows])["sales_daily"]  # type: ignore[list-item]
    return [(f"{day:%m-%d}", *rest) for day, *rest in frame.drop("legal_entity_id", "currency").iter_rows()]


def test_lines_count_on_the_day_their_invoice_was_finalised() -> None:
    assert days() == [
        ("01-01", "-", 1, Decimal(30), Decimal(0), Decimal(30)),
        ("01-01", "chairs", 1, Decimal(60), Decimal(0), Decimal(60)),
    ]


def test_what_was_taken_back_counts_on_its_day_without_tax() -> None:
    refund = cash("refund", "re_1", "2024-01-05", "33.00", payment_id="ch_1")
    assert days(refund)[2:] == [
        ("01-05", "-", 0, Decimal(0), Decimal(-10), Decimal(-10)),  # 33 * 30/99
        ("01-05", "chairs", 0, Decimal(0), Decimal(-20), Decimal(-20)),
    ]


def test_a_write_off_is_no_sale_taken_back() -> None:
    rows = invoice("in_1", "2024-01-01", LINES, status="uncollectible", uncollectible_at="2024-02-01", at="2024-02-01")
    assert run(rows)["sales_daily"].get_column("taken_back").unique().to_list() == [0]
