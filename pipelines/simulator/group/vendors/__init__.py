"""What each system of the company tells, in the shape of its vendor."""

from __future__ import annotations

from pipelines.simulator.group.model import BILLING, BOOKS, CRM, ERP, METER, SHOP
from pipelines.simulator.group.shape import Shape
from pipelines.simulator.group.vendors.books import Books
from pipelines.simulator.group.vendors.cloudevents import CloudEvents
from pipelines.simulator.group.vendors.netsuite import NetSuite
from pipelines.simulator.group.vendors.salesforce import Salesforce
from pipelines.simulator.group.vendors.shopify import Shopify
from pipelines.simulator.group.vendors.stripe import Stripe


def vendor_shapes() -> dict[str, Shape]:
    """A shape for each system of the company."""
    return {
        BILLING: Stripe(),
        SHOP: Shopify(),
        ERP: NetSuite(),
        CRM: Salesforce(),
        METER: CloudEvents(),
        BOOKS: Books(),
    }
