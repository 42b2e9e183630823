"""Whose books, and whom we sell to."""

from __future__ import annotations

from lakehouse.table import Column
from lakehouse.tables.silver.fact import fact_table, state_table
from lakehouse.types import Kind

S = Kind.STRING

FISCAL_CALENDARS = ("month", "4-4-5", "4-5-4", "5-4-4")

LEGAL_ENTITIES = fact_table(
    "legal_entities",
    "Companies whose books are kept.",
    Column("name", S, "Name of the company.", required=True),
    Column("functional_currency", S, "ISO 4217 code of its functional currency.", required=True),
    Column("time_zone", S, "IANA time zone that decides the accounting day.", required=True),
    Column("fiscal_calendar", S, "Calendar of accounting periods.", required=True, allowed=FISCAL_CALENDARS),
    Column("fiscal_year_start", Kind.DATE, "First day of one fiscal year, where periods are weeks."),
    Column("books", S, "Books kept, comma-separated, such as us_gaap,ifrs."),
)

CUSTOMERS = state_table(
    "customers",
    "Whom we sell to.",
    Column("name", S, "Name as the source has it."),
    Column("email", S, "E-mail address as the source has it."),
    Column("segment", S, "Market segment."),
    Column("parent_id", S, "Object id of the parent customer."),
    Column("country", S, "ISO 3166 country code."),
    Column("terms", S, "Payment terms."),
    Column("currency", S, "ISO 4217 code of the currency it is billed in."),
)
