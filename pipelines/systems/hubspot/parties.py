"""Companies and contacts: whom we sell to. A contact is a customer below its company.

https://developers.hubspot.com/docs/guides/api/crm/objects/companies
"""

from __future__ import annotations

import polars as pl

from lakehouse.tables.silver import CUSTOMERS
from pipelines.systems.changes import Reference, Said, said
from pipelines.systems.hubspot.objects import HubObject, Told, told_of
from pipelines.systems.shape import Leaf


def _country() -> Said:
    """The ISO code; the country itself is free text, of which two letters are taken for the code."""
    spelled = pl.when(pl.col("country").str.contains(r"^[A-Za-z]{2}$")).then("country")
    return Said(pl.coalesce("hs_country_code", spelled).str.to_uppercase(), ("hs_country_code", "country"), known=True)


COMPANY = HubObject(
    "company",
    {
        "name": Leaf.TEXT,
        "domain": Leaf.TEXT,
        "industry": Leaf.TEXT,
        "country": Leaf.TEXT,
        "hs_country_code": Leaf.TEXT,
        "hs_parent_company_id": Leaf.TEXT,
    },
    (
        Told(
            CUSTOMERS,
            {
                "name": said("name"),
                "segment": said("industry"),
                "parent_id": told_of("company", "hs_parent_company_id"),
                "country": _country(),
            },
        ),
    ),
    references=(Reference("website", "domain"),),
)

CONTACT = HubObject(
    "contact",
    {
        "firstname": Leaf.TEXT,
        "lastname": Leaf.TEXT,
        "email": Leaf.TEXT,
        "country": Leaf.TEXT,
        "hs_country_code": Leaf.TEXT,
        "associatedcompanyid": Leaf.TEXT,
    },
    (
        Told(
            CUSTOMERS,
            {
                # A property change tells half a name: the whole one is then told by the next export.
                "name": Said(
                    pl.concat_str("firstname", "lastname", separator=" ", ignore_nulls=True),
                    ("firstname", "lastname"),
                    together=True,
                ),
                "email": said("email"),
                "parent_id": told_of("company", "associatedcompanyid"),
                "country": _country(),
            },
        ),
    ),
    references=(Reference("email", "email"),),
)
