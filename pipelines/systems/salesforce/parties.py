"""Accounts and contacts: whom we sell to. A contact is a customer below its account: its e-mail address leads there.

https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_account.htm
"""

from __future__ import annotations

import polars as pl

from lakehouse.tables.silver import CUSTOMERS
from pipelines.systems.changes import Reference, Said, refers, said
from pipelines.systems.reading import Reading
from pipelines.systems.salesforce.records import Entity
from pipelines.systems.shape import Leaf, Shape


def _country(address: str) -> Said:
    """The ISO code where the org keeps country codes: in a change event within the address, in an export beside it."""
    names = (f"{address}Address.CountryCode", f"{address}CountryCode")
    texts = (f"{address}Address.Country", f"{address}Country")
    # Without country codes the country is free text; two letters are taken for the code.
    spelled = pl.coalesce(texts)
    code = pl.coalesce(*names, pl.when(spelled.str.contains(r"^[A-Za-z]{2}$")).then(spelled))
    return Said(code.str.to_uppercase(), (*names, *texts, f"{address}Address"))


def _address(prefix: str) -> Shape:
    return {
        f"{prefix}Address": {"CountryCode": Leaf.TEXT, "Country": Leaf.TEXT},
        f"{prefix}CountryCode": Leaf.TEXT,
        f"{prefix}Country": Leaf.TEXT,
    }


ACCOUNT = Entity(
    "Account",
    CUSTOMERS,
    {
        "Name": Leaf.TEXT,
        "ParentId": Leaf.ID,
        "Industry": Leaf.TEXT,
        "CurrencyIsoCode": Leaf.CURRENCY,
        "AccountNumber": Leaf.TEXT,
        "Website": Leaf.TEXT,
        **_address("Billing"),
    },
    {
        "name": said("Name"),
        "segment": said("Industry"),
        "parent_id": refers("ParentId"),
        "country": _country("Billing"),
        "currency": said("CurrencyIsoCode"),
    },
    references=(Reference("account_number", "AccountNumber"), Reference("website", "Website")),
)


def _name_in_parts(reading: Reading) -> Reading:
    """A change event has the parts of a name within it, an export beside it."""
    if "Name.LastName" not in reading.root.columns:
        return reading
    return reading.with_frame("", reading.root.with_columns(FirstName="Name.FirstName", LastName="Name.LastName"))


CONTACT = Entity(
    "Contact",
    CUSTOMERS,
    {"AccountId": Leaf.ID, "Email": Leaf.TEXT, "CurrencyIsoCode": Leaf.CURRENCY, **_address("Mailing")},
    {
        # A change of one part does not say the other: the name is then told by the next whole state.
        "name": Said(
            pl.concat_str("FirstName", "LastName", separator=" ", ignore_nulls=True),
            ("Name.FirstName", "Name.LastName"),
            together=True,
        ),
        "email": said("Email"),
        "parent_id": refers("AccountId"),
        "country": _country("Mailing"),
        "currency": said("CurrencyIsoCode"),
    },
    references=(Reference("email", "Email"),),
    in_event={"Name": {"FirstName": Leaf.TEXT, "LastName": Leaf.TEXT}},
    in_export={"FirstName": Leaf.TEXT, "LastName": Leaf.TEXT},
    prepare=_name_in_parts,
)
