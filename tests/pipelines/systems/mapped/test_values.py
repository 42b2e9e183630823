"""How numbers, times and texts are written in other people's files, and what is refused rather than guessed."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.pipelines.systems.mapped.feeds import amount, column, mapping_of, normalise

GERMAN = {"numbers": "{decimal: ',', thousands: '.', negative: [parentheses, trailing_minus], symbols: ['€', EUR]}"}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("1234.5", "1234.5000"),
        ("-0.10", "-0.1000"),
        ("+7", "7.0000"),
        (".5", "0.5000"),
        ("1e3", "1000.0000"),
        (12.25, "12.2500"),
        ("1,234.50", "WRONG_TYPE"),  # no thousands separator is declared
        ("(5.00)", "WRONG_TYPE"),  # nor parentheses
        ("5.00-", "WRONG_TYPE"),
        ("$5", "WRONG_TYPE"),  # nor a symbol
        ("1.23456", "WRONG_TYPE"),  # money has four decimals, and nobody said to round
        ("ten", "WRONG_TYPE"),
        ("", "MISSING_FIELD"),
        ("1" * 20, "WRONG_TYPE"),
        (["5"], "WRONG_TYPE"),
    ],
)
def test_plain_numbers(written: object, read: str) -> None:
    assert amount("amount", written) == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("1.234,50 €", "1234.5000"),
        ("EUR 1.234.567,8", "1234567.8000"),
        ("12,5-", "-12.5000"),
        ("(12,50 €)", "-12.5000"),
        ("- 3", "-3.0000"),
        ("1,5", "1.5000"),
        ("1.5", "WRONG_TYPE"),  # a point stands between thousands: 15 would be a guess
        ("1.2345", "WRONG_TYPE"),
        ("(-5)", "WRONG_TYPE"),  # negative twice
        ("5 USD", "WRONG_TYPE"),
    ],
)
def test_numbers_of_a_german_spreadsheet(written: str, read: str) -> None:
    assert amount("amount", written, **GERMAN) == read


@pytest.mark.parametrize(
    ("currency", "written", "read"),
    [
        ("EUR", "1050", "10.5000"),
        ("JPY", "1050", "1050.0000"),  # the yen has no minor unit
        ("KWD", "1050", "1.0500"),  # a thousandth of a dinar
        ("EUR", "10.5", "WRONG_TYPE"),  # half a cent
    ],
)
def test_minor_units_by_currency(currency: str, written: str, read: str) -> None:
    assert amount("{column: amount, unit: minor}", written, currency=currency) == read


@pytest.mark.parametrize(
    ("mode", "currency", "written", "read"),
    [
        ("half_even", "EUR", "2.345", "2.3400"),
        ("half_even", "EUR", "2.3450001", "2.3500"),
        ("half_even", "EUR", "2.34500000000000001", "2.3500"),  # above the tie, far behind the twelfth decimal
        ("half_up", "EUR", "2.345", "2.3500"),
        ("half_up", "EUR", "-2.345", "-2.3500"),
        ("half_even", "JPY", "2.5", "2.0000"),
        ("half_even", "KWD", "2.3455", "2.3460"),
    ],
)
def test_rounding_is_to_the_minor_unit_by_the_named_mode(mode: str, currency: str, written: str, read: str) -> None:
    assert amount(f"{{column: amount, round: {mode}}}", written, currency=currency) == read


@pytest.mark.parametrize(
    ("quantity", "price", "read"),
    [
        ("3", "1.115", "3.3400"),  # 3.345, the tie to the even cent
        ("-12", "1.65", "-19.8000"),
        # 0.333333333333 x 0.0150000000001 = 0.0050000000000283..., above the tie by less than a twelfth decimal holds
        ("0.333333333333", "0.0150000000001", "0.0100"),
        ("0.333333333333", "0.015", "0.0000"),  # 0.004999999999995, below the tie
        ("1000000000000000", "1000000000000000", "WRONG_TYPE"),
        ("x", "1", "WRONG_TYPE"),
    ],
)
def test_quantity_times_price_is_exact_before_it_is_rounded(quantity: str, price: str, read: str) -> None:
    text = column("{multiply: [quantity, price], round: half_even}")
    normalised = normalise(text, {"id": "1", "quantity": quantity, "price": price})
    code = normalised.events.item(0, "code")
    assert (code or str(normalised.facts["silver.cash"].item(0, "amount"))) == read


def test_a_long_number_of_json_keeps_its_digits() -> None:
    kind = (
        "    identity: {by: key, columns: [id]}\n    time: {constant: '2025-01-01'}\n    facts:\n"
        "      - table: usage\n        id: id\n        columns: {meter: {constant: m}, quantity: q}\n"
    )
    text = mapping_of(kind, currency="EUR")
    rows = normalise(text, b'{"id": "1", "q": 123456789012345.123456789012}', {"id": "2", "q": "1"}).facts["silver.usage"]
    assert rows["quantity"].to_list() == [Decimal("123456789012345.123456789012"), Decimal(1)]


@pytest.mark.parametrize(
    ("spec", "written", "read"),
    [
        ("t", "2025-07-01 09:30:00", "2025-07-01 07:30:00+00:00"),  # summer time: two hours ahead of UTC
        ("t", "2025-01-01T09:30", "2025-01-01 08:30:00+00:00"),
        ("t", "2025-07-01T09:30:00.250Z", "2025-07-01 09:30:00.250000+00:00"),
        ("t", "2025-07-01T09:30:00-05:00", "2025-07-01 14:30:00+00:00"),
        ("t", "2025-07-01", "2025-06-30 22:00:00+00:00"),  # its midnight in Berlin
        ("t", "2025-10-26 02:30:00", "2025-10-26 00:30:00+00:00"),  # comes twice: the first
        ("t", "2025-03-30 02:30:00", "ABSURD_DATE"),  # never was
        ("t", "1066-10-14", "ABSURD_DATE"),
        ("t", "yesterday", "WRONG_TYPE"),
        ("{column: t, format: '%d/%m/%Y'}", "03/04/2025", "2025-04-02 22:00:00+00:00"),
        (
            "{column: t, format: '%m/%d/%y %I:%M %p', time_zone: America/New_York}",
            "03/04/25 09:05 PM",
            "2025-03-05 02:05:00+00:00",
        ),
        ("{column: t, format: '%d/%m/%Y'}", "2025-04-03", "WRONG_TYPE"),
        ("{column: t, format: unix_seconds}", "1735689600", "2025-01-01 00:00:00+00:00"),
        ("{column: t, format: unix_milliseconds}", "1735689600000", "2025-01-01 00:00:00+00:00"),
    ],
)
def test_times(spec: str, written: str, read: str) -> None:
    kind = (
        f"    identity: {{by: key, columns: [id]}}\n    time: {spec}\n    facts:\n"
        "      - {table: products, id: id, columns: {name: name}}\n"
    )
    normalised = normalise(mapping_of(kind, time_zone="Europe/Berlin"), {"id": "1", "t": written, "name": "n"})
    code = normalised.events.item(0, "code")
    assert (code or normalised.events.item(0, "effective_at").isoformat(" ")) == read


def test_values_are_translated_and_what_is_not_listed_is_refused_unless_said_otherwise() -> None:
    listed = "{column: s, values: {ok: succeeded, 'no': failed}}"
    rows = [{"id": "1", "amount": "1", "s": s} for s in ("ok", "no", "maybe")]
    normalised = normalise(column(listed, name="status"), *rows)
    assert normalised.events["code"].to_list() == [None, None, "NOT_ALLOWED"]
    assert normalised.facts["silver.cash"]["status"].to_list() == ["succeeded", "failed"]
    otherwise = normalise(column(listed.replace("}}", "}, otherwise: pending}"), name="status"), *rows)
    assert otherwise.facts["silver.cash"]["status"].to_list() == ["succeeded", "failed", "pending"]


def test_a_default_fills_what_is_empty_and_only_that() -> None:
    rows = [{"id": "1"}, {"id": "2", "amount": "x"}, {"id": "3", "amount": "2"}]
    normalised = normalise(column("{column: amount, default: '0'}"), *rows)
    assert normalised.events["code"].to_list() == [None, "WRONG_TYPE", None]
    assert normalised.facts["silver.cash"]["amount"].to_list() == [0, 2]


def test_ids_of_kinds_differ_and_an_id_may_be_of_another_source() -> None:
    row = {"id": "1/2", "amount": "1", "c": "arn:x:1/2"}
    cash = normalise(column("c", name="customer_id"), row).facts["silver.cash"]
    assert cash["object_id"].to_list() == ["mapped:test:cash/1%2F2"]
    assert cash["customer_id"].to_list() == ["mapped:test:customer/arn:x:1%2F2"]
    stripe = normalise(column("{column: c, of: stripe}", name="customer_id"), row | {"c": "cus_1"}).facts["silver.cash"]
    assert stripe["customer_id"].to_list() == ["stripe:cus_1"]


def test_columns_gathered_as_json() -> None:
    kind = (
        "    identity: {by: key, columns: [id]}\n    time: {constant: '2025-01-01'}\n    facts:\n"
        "      - table: usage\n        id: id\n"
        "        columns: {meter: {constant: m}, quantity: q, dimensions: {fields: [region, tier]}}\n"
    )
    usage = normalise(mapping_of(kind, currency="EUR"), {"id": "1", "q": "3", "region": "eu"}).facts["silver.usage"]
    assert usage["dimensions"].to_list() == ['{"region":"eu"}']


def test_an_object_in_the_place_of_a_text_is_refused_and_a_text_that_looks_like_one_is_not() -> None:
    rows = [{"id": "1", "amount": "1", "c": {"id": "x"}}, {"id": "2", "amount": "1", "c": "[x]"}]
    normalised = normalise(column("c", name="customer_id"), *rows)
    assert normalised.events["message"].to_list() == ['c has a value of the wrong type or size: {"id":"x"}.', None]


def test_a_place_within_json_is_named_by_a_pointer() -> None:
    kind = (
        "    identity: {by: key, columns: [/order/id]}\n    time: /order/at\n    facts:\n"
        '      - {table: products, id: /lines/0/sku, columns: {name: "it\'s / name"}}\n'
    )
    record = {"order": {"id": 7, "at": "2025-01-01"}, "lines": [{"sku": "A"}], "it's / name": "Tea"}
    normalised = normalise(mapping_of(kind), record)
    assert normalised.events["source_event_id"].to_list() == ["row:7"]
    (product,) = normalised.facts["silver.products"].to_dicts()
    assert (product["object_id"], product["name"]) == ("mapped:test:product/A", "Tea")
