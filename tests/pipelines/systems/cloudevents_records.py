"""CloudEvents in the shapes of the specification's JSON format."""

from __future__ import annotations

import base64
import json

from tests.pipelines.systems.normalising import Record

EVENT: Record = {
    "specversion": "1.0",
    "id": "A234-1234-1234",
    "source": "/gateway/eu",
    "type": "com.example.api.request",
    "subject": "cus_1",
    "time": "2025-01-05T17:31:00Z",
    "datacontenttype": "application/json",
    "comexampleextension1": "value",
}


def encoded(data: object) -> str:
    return base64.b64encode(json.dumps(data).encode()).decode()


SOUND: dict[str, Record] = {
    "usage": EVENT | {"data": {"meter": "api_calls", "quantity": 3, "unit": "requests", "dimensions": {"region": "eu"}}},
    "text": EVENT | {"id": "2", "data": {"value": "0.000001", "customer_id": "cus_2", "subscription_id": "sub_1"}},
    "encoded": EVENT | {"id": "3", "data_base64": encoded({"quantity": "7", "meter": "gigabytes", "currency": "usd"})},
    "other": EVENT | {"id": "4", "type": "com.example.login", "data": {"user": "x"}},
    "bare": EVENT | {"id": "5"},
}
