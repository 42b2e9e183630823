"""CloudEvents 1.0, structured: what a gateway metered. It knows customer and contract by the ids of the billing system.

https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md
"""

from __future__ import annotations

from datetime import date

from pipelines.simulator.group.ids import local
from pipelines.simulator.group.model import BILLING, Subscription
from pipelines.simulator.group.shape import NINE, Shape, Told, moment


class CloudEvents(Shape):
    """The gateway that meters usage."""

    feed = "cloudevents"

    def usage(self, subscription: Subscription, day: date, calls: int) -> Told:
        """Calls of a month, told on its last day."""
        contract = local(subscription.ids[BILLING])
        used = {
            "meter": "api_calls",
            "quantity": str(calls),
            "unit": "call",
            "customer_id": local(subscription.buyer.id_in(BILLING)),
            "subscription_id": contract,
        }
        yield (
            day,
            {
                "specversion": "1.0",
                "id": f"{contract}-{day}",
                "source": "https://gateway.example/meters",
                "type": "example.usage.reported",
                "time": moment(day, NINE).isoformat().replace("+00:00", "Z"),
                "datacontenttype": "application/json",
                "data": used,
            },
        )
