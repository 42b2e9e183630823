"""The resources of Recurly that carry revenue facts."""

from __future__ import annotations

from pipelines.systems.reading import Kind
from pipelines.systems.recurly.credit_payments import CREDIT_PAYMENT
from pipelines.systems.recurly.goods import PLAN
from pipelines.systems.recurly.invoices import INVOICE
from pipelines.systems.recurly.parties import ACCOUNT
from pipelines.systems.recurly.subscriptions import SUBSCRIPTION
from pipelines.systems.recurly.transactions import TRANSACTION

KINDS: dict[str, Kind] = {kind.name: kind for kind in (ACCOUNT, PLAN, SUBSCRIPTION, INVOICE, TRANSACTION, CREDIT_PAYMENT)}
