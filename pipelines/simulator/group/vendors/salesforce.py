"""Salesforce: exported accounts, and change events of deals and quotes as the Pub/Sub API gives them.

https://developer.salesforce.com/docs/atlas.en-us.change_data_capture.meta/change_data_capture/cdc_message_structure.htm
"""

from __future__ import annotations

from datetime import date

from pipelines.simulator.group.ids import local
from pipelines.simulator.group.model import Buyer, Subscription
from pipelines.simulator.group.shape import NINE, Record, Shape, Told, moment


class Salesforce(Shape):
    """The CRM: accounts by their web site, deals that are won, and the offers that were accepted."""

    feed = "salesforce"

    def __init__(self) -> None:
        self._commits = 0

    def customer(self, buyer: Buyer, day: date) -> Told:
        """The account, as an export has it."""
        number = local(buyer.id_in(self.feed))
        stamp = f"{day}T09:00:00.000+0000"
        url = f"/services/data/v60.0/sobjects/Account/{number}"
        said = {"Name": f"{buyer.name}, Inc.", "Website": f"https://www.{buyer.domain}/", "CurrencyIsoCode": buyer.currency}
        state = {"Id": number, "IsDeleted": False, "CreatedDate": stamp, "SystemModstamp": stamp}
        yield day, {"attributes": {"type": "Account", "url": url}, **state, **said}

    def deal(self, subscription: Subscription) -> Told:
        """A deal that is opened and then won, and the offer that was accepted."""
        day, buyer = subscription.start, subscription.buyer
        account, deal = local(buyer.id_in(self.feed)), local(subscription.deal)
        opened = {
            "AccountId": account,
            "Name": f"{buyer.name}: subscription",
            "StageName": "Negotiation/Review",
            "IsClosed": False,
            "IsWon": False,
            "ForecastCategory": "Commit",
            "Probability": 90.0,
            "Amount": subscription.price * 12 / 100,
            "CloseDate": str(day),
            "CurrencyIsoCode": buyer.currency,
        }
        won = {
            "StageName": "Closed Won",
            "IsClosed": True,
            "IsWon": True,
            "ForecastCategory": "Closed",
            "Probability": 100.0,
        }
        offer = {
            "AccountId": account,
            "OpportunityId": deal,
            "QuoteNumber": f"{subscription.number:08d}",
            "Status": "Accepted",
            "Subtotal": subscription.price / 100,
            "TotalPrice": subscription.price / 100,
            "GrandTotal": subscription.price / 100,
            "CurrencyIsoCode": buyer.currency,
        }
        yield self._change("Opportunity", "CREATE", deal, day, opened)
        yield self._change("Quote", "CREATE", local(subscription.quote), day, offer)
        yield self._change("Opportunity", "UPDATE", deal, day, dict.fromkeys(opened) | won, list(won))

    def _change(
        self, entity: str, kind: str, number: str, day: date, fields: Record, changed: list[str] | None = None
    ) -> tuple[date, Record]:
        """A change event; fields of an update that did not change arrive as null."""
        self._commits += 1
        header = {
            "entityName": entity,
            "recordIds": [number],
            "changeType": kind,
            "changeOrigin": "com/salesforce/api/soap/60.0;client=SfdcInternalAPI/",
            "transactionKey": f"000046c7-{self._commits:08x}",
            "sequenceNumber": 1,
            "commitTimestamp": int(moment(day, NINE).timestamp() * 1000) + self._commits,
            "commitNumber": 1_725_357_365_187_780_608 + self._commits,
            "commitUser": "0055g000001AbCdAAK",
            "nulledFields": [],
            "diffFields": [],
            "changedFields": changed or [],
        }
        event = f"9b77cea1-0000-4000-8000-{self._commits:012x}"
        return day, {"id": event, "replayId": self._commits, "payload": {"ChangeEventHeader": header, **fields}}
