"""A sender in a process of its own: signs and sends events, again until each is answered with 2xx, as vendors do.

`python -m tests.pipelines.receiver.sender PORT FILE EVENTS THREADS`: appends the id of every acknowledged event to FILE
and ends when all are acknowledged, or when its time is over.
"""

from __future__ import annotations

import http.client
import json
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.pipelines.events import cash_event
from tests.pipelines.receiver.support import bearer

SECONDS = 240
HEADERS = {**bearer(), "content-type": "application/json"}


class Sender(threading.local):
    """One connection a thread, made anew when the receiver goes away."""

    connection: http.client.HTTPConnection | None = None

    def send(self, port: int, body: bytes) -> bool:
        try:
            if self.connection is None:
                self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            self.connection.request("POST", "/webhooks/erp", body, HEADERS)
            answer = self.connection.getresponse()
            answer.read()
            return answer.status == 200
        except (OSError, http.client.HTTPException):
            if self.connection is not None:
                self.connection.close()
            self.connection = None
            return False


def main(port: int, acknowledged: Path, events: int, threads: int) -> None:
    sender, lock = Sender(), threading.Lock()
    deadline = time.monotonic() + SECONDS
    with acknowledged.open("a") as file, ThreadPoolExecutor(threads) as pool:

        def deliver(number: int) -> None:
            body = json.dumps(cash_event(number)).encode()
            while not sender.send(port, body):
                if time.monotonic() > deadline:
                    return
                time.sleep(0.05)
            with lock:
                file.write(f"e{number}\n")
                file.flush()

        list(pool.map(deliver, range(events)))


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
