"""A charge that waited for an invoice and was deleted: what had been earned of it was never billed.

    item_deleted:  Dr UnbilledVoids   Cr UnbilledAccountsReceivable    what had been recognised of it; a credit the reverse

What it earned while it waited stands in `invoice_postings`: Dr UnbilledAccountsReceivable, Cr Revenue.
https://docs.stripe.com/revenue-recognition/methodology (chart of accounts: UnbilledVoids)
"""

from __future__ import annotations

import polars as pl

from assets.facts.observed import Observed
from assets.ledger.accounts import Account, contra_account
from assets.ledger.postings import BILLED, at_day, leg
from assets.recognition.computed import Recognised
from assets.recognition.take_backs import ITEM_DELETED


def pending_item_postings(observed: Observed, recognised: Recognised) -> list[pl.DataFrame]:
    """What is taken back of deleted items, line by line."""
    items = observed.pending_items.items.select(BILLED)
    deleted = recognised.unwound.filter(kind=ITEM_DELETED)
    lines = at_day(deleted.join(items, on="document_id"))
    return [
        leg(lines, contra_account(), pl.col("contra"), obligation="obligation_id"),
        leg(lines, Account.UNBILLED_ACCOUNTS_RECEIVABLE, -pl.col("contra"), obligation="obligation_id"),
    ]
