"""The receiver: deliveries a second that are durable when they are answered, and how long an answer takes.

A sender in a second process keeps some connections of this machine busy, each with one signed Stripe event of 2.6 KB after
the other; the receiver verifies, writes, syncs and answers. The same without fsync shows what durability costs. One sender
and one receiver share the cores: on two of them neither has more than one.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import os
import shutil
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any, cast

import numpy as np

from bench.machine import describe
from pipelines.receiver.config import SegmentOptions, config_from
from pipelines.receiver.segments import durable

SECRET = "whsec_bench"
BODY_BYTES = 2600
WARM_UP_SECONDS = 2.0
ANSWER_END = b'{"accepted": 1}'


@dataclass(frozen=True)
class Way:
    """One way to receive: what makes a file durable."""

    name: str
    fsync: bool


@dataclass(frozen=True)
class Measured:
    """Deliveries of one round: how many a second, how long each took in milliseconds, and what the receiver spent on them:
    fsyncs, and seconds of a processor (which other work on the machine changes little)."""

    way: Way
    rate: float
    milliseconds: np.ndarray[Any, np.dtype[np.float64]]
    syncs: int
    processor_seconds: float


def run(seconds: int = 10, connections: int = 64, rounds: int = 3, folder: Path = Path("bench-data")) -> None:
    """Measure both ways in turns and print the best round of each."""
    ways = (Way("fsync before the answer", True), Way("without fsync", False))
    found = [measure(way, seconds, connections, folder / "receive") for _ in range(rounds) for way in ways]
    best = {way.name: max((m for m in found if m.way == way), key=lambda m: m.rate) for way in ways}
    print(f"\n{connections} connections, {seconds} s a round, best of {rounds}, on {describe()}\n")
    print("| | deliveries/s | p50 ms | p99 ms | max ms | deliveries an fsync | receiver's processor, ms each |")
    print("|---|---|---|---|---|---|---|")
    for name, one in best.items():
        p50, p99 = np.percentile(one.milliseconds, [50, 99])
        shared = f"{len(one.milliseconds) / one.syncs:.1f}" if one.way.fsync else ""
        spent = one.processor_seconds * 1000 / len(one.milliseconds)
        print(
            f"| {name} | {one.rate:,.0f} | {p50:.1f} | {p99:.1f} | {one.milliseconds.max():.1f} | {shared} | {spent:.2f} |"
        )
    ratio = best[ways[0].name].rate / best[ways[1].name].rate
    print(f"\nDurable, it receives {ratio:.2f} of what it receives without fsync.")


def measure(way: Way, seconds: float, connections: int, folder: Path) -> Measured:
    """One round: a receiver of its own, a warm-up, and the time that counts."""
    shutil.rmtree(folder, ignore_errors=True)
    context = get_context("spawn")
    port, syncs, found = _free_port(), context.Value("q", 0), context.Queue()
    receiver = context.Process(target=_receive, args=(folder, port, way.fsync, syncs))
    receiver.start()
    try:
        _wait_until_it_answers(port)
        sender = context.Process(target=_send, args=(port, connections, seconds, syncs, receiver.pid, found))
        sender.start()
        latencies, took, synced, spent = found.get()
        sender.join()
    finally:
        receiver.terminate()
        receiver.join(30)
        shutil.rmtree(folder, ignore_errors=True)
    return Measured(way, len(latencies) / took, np.array(latencies) * 1000, synced, spent)


def _receive(folder: Path, port: int, fsync: bool, syncs: Any) -> None:
    from pipelines.receiver.file_sink import FileSink
    from pipelines.receiver.serve import serve

    def sync(descriptor: int) -> None:
        syncs.value += 1
        if fsync:
            durable(descriptor)

    config = config_from({"sources": {"stripe": {"system": "stripe", "secrets": [{"env": "BENCH"}]}}}, {"BENCH": SECRET})
    serve(config, FileSink(folder, config.sources, SegmentOptions(), sync=sync), "127.0.0.1", port)


def _send(port: int, connections: int, seconds: float, syncs: Any, receiver: int, found: Any) -> None:
    import uvloop

    found.put(uvloop.run(_load(port, connections, seconds, lambda: (int(syncs.value), processor_seconds(receiver)))))


async def _load(
    port: int, connections: int, seconds: float, spent: Callable[[], tuple[int, float]]
) -> tuple[list[float], float, int, float]:
    """Latencies in seconds, the time they took together, and what the receiver spent meanwhile."""
    loop = asyncio.get_running_loop()
    clients = [(await loop.create_connection(partial(Client, n), "127.0.0.1", port))[1] for n in range(connections)]
    await asyncio.sleep(WARM_UP_SECONDS)
    before, began = spent(), time.perf_counter()
    for client in clients:
        client.latencies = []
    await asyncio.sleep(seconds)
    latencies = [latency for client in clients for latency in client.latencies]
    took, after = time.perf_counter() - began, spent()
    for client in clients:
        client.transport.close()
    if wrong := [client.wrong for client in clients if client.wrong]:
        raise RuntimeError(f"a delivery was not accepted: {wrong[0]!r}")
    return latencies, took, after[0] - before[0], after[1] - before[1]


def processor_seconds(process: int) -> float:
    """What a process has used of processors, all its threads together (proc(5), fields 14 and 15 of stat)."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Client(asyncio.Protocol):
    """One connection: a delivery, its answer, the next delivery."""

    def __init__(self, name: int) -> None:
        self._name = name
        self._number = 0
        self._sent = 0.0
        self._received = b""
        self.latencies: list[float] = []
        self.wrong = b""
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self._next()

    def data_received(self, data: bytes) -> None:
        self._received += data
        if self._received.endswith(ANSWER_END):
            self.latencies.append(time.perf_counter() - self._sent)
            self._received = b""
            self._next()
        elif not self._received.startswith(b"HTTP/1.1 200"[: len(self._received)]):
            self.wrong = self._received

    def _next(self) -> None:
        self._number += 1
        self._sent = time.perf_counter()
        self.transport.write(delivery(f"{self._name}_{self._number}"))


def delivery(name: str) -> bytes:
    """A signed request with an event of the size of a Stripe invoice event."""
    event = {"id": f"evt_{name}", "object": "event", "type": "invoice.paid", "data": {"object": {"id": f"in_{name}"}}}
    body = json.dumps(event)
    body = f'{body[:-1]}, "padding": "{"x" * (BODY_BYTES - len(body) - 15)}"}}'
    now = int(time.time())
    signature = hmac.new(SECRET.encode(), f"{now}.{body}".encode(), hashlib.sha256).hexdigest()
    head = "POST /webhooks/stripe HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
    return f"{head}stripe-signature: t={now},v1={signature}\r\ncontent-length: {len(body)}\r\n\r\n{body}".encode()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_it_answers(port: int, patience: float = 60.0) -> None:
    deadline = time.monotonic() + patience
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
