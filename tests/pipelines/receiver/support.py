"""A receiver in a thread of the test, senders that sign as the vendors do, and what stands in the spool."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.receiver.config import ReceiverConfig, config_from
from pipelines.receiver.file_sink import FileSink
from pipelines.receiver.segments import Sync, durable
from pipelines.receiver.serve import server
from pipelines.receiver.sink import Sink

SECRET, OTHER = "whsec_first", "whsec_second"
ENVIRONMENT = {"FIRST": SECRET, "SECOND": OTHER, "LOGIN": "user:pass"}


def configured(limits: Mapping[str, Any] | None = None, **sources: Mapping[str, Any]) -> ReceiverConfig:
    """A configuration whose sources have the first secret where nothing else is said."""
    named = {name: {"secrets": [{"env": "FIRST"}], **given} for name, given in sources.items()}
    return config_from({"sources": named, "limits": dict(limits or {})}, ENVIRONMENT)


@dataclass(frozen=True)
class Running:
    """A receiver that answers at a port of this machine."""

    port: int
    spool: Path

    def post(
        self, path: str, body: bytes, headers: Mapping[str, str] | None = None
    ) -> tuple[int, dict[str, Any], http.client.HTTPMessage]:
        """Status, answer and headers."""
        return self.send("POST", path, body, {"content-type": "application/json", **(headers or {})})

    def send(
        self, method: str, path: str, body: bytes | Iterator[bytes] | None = None, headers: Mapping[str, str] | None = None
    ) -> tuple[int, dict[str, Any], http.client.HTTPMessage]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, body, dict(headers or {}))
            answer = connection.getresponse()
            content = answer.read()
            return (
                answer.status,
                json.loads(content) if content.startswith(b"{") else {"text": content.decode()},
                answer.msg,
            )
        finally:
            connection.close()

    def raw(self, data: bytes, *more: bytes, pause: float = 0.0) -> bytes:
        """What comes back on a connection on which bytes are sent as they are, until the receiver ends it."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as connection:
            connection.sendall(data)
            for piece in more:
                time.sleep(pause)
                try:
                    connection.sendall(piece)
                except OSError:
                    break
            received = b""
            try:
                while piece := connection.recv(65536):
                    received += piece
            except ConnectionResetError:
                pass
            return received

    def lines(self, source: str) -> list[bytes]:
        """Everything in the segments of a source, in order."""
        return [line for path in segments(self.spool, source) for line in path.read_bytes().splitlines(keepends=True)]

    def records(self, source: str) -> list[Any]:
        return [json.loads(line) for line in self.lines(source)]


def segments(spool: Path, source: str) -> list[Path]:
    return sorted((spool / source).glob("*.jsonl"))


@contextmanager
def receiving(
    config: ReceiverConfig, spool: Path, sync: Sync = durable, sink: Sink | None = None, pause_seconds: float = 0.05
) -> Iterator[Running]:
    """The receiver, until the block ends; then it has finished cleanly."""
    used = sink or FileSink(spool, config.sources, config.segments, sync=sync, pause_seconds=pause_seconds)
    running = server(config, used, "127.0.0.1", 0)
    thread = threading.Thread(target=running.run)
    thread.start()
    deadline = time.monotonic() + 20
    while not running.started:
        assert thread.is_alive()
        assert time.monotonic() < deadline
        time.sleep(0.01)
    try:
        yield Running(running.servers[0].sockets[0].getsockname()[1], spool)
    finally:
        running.should_exit = True
        thread.join(30)
        assert not thread.is_alive()


def digest(body: bytes, secret: str = SECRET, algorithm: str = "sha256") -> bytes:
    return hmac.new(secret.encode(), body, getattr(hashlib, algorithm)).digest()


def stripe(body: bytes, *secrets: str, at: float | None = None) -> dict[str, str]:
    """The header of https://docs.stripe.com/webhooks/signature, with a signature for each secret."""
    moment = int(time.time() if at is None else at)
    signed = [f"v1={digest(f'{moment}.'.encode() + body, secret).hex()}" for secret in secrets or (SECRET,)]
    return {"stripe-signature": ",".join([f"t={moment}", *signed, "v0=ignored"])}


def paddle(body: bytes, *secrets: str, at: float | None = None) -> dict[str, str]:
    moment = int(time.time() if at is None else at)
    signed = [f"h1={digest(f'{moment}:'.encode() + body, secret).hex()}" for secret in secrets or (SECRET,)]
    return {"paddle-signature": ";".join([f"ts={moment}", *signed])}


def base64_digest(body: bytes, secret: str = SECRET) -> str:
    return base64.b64encode(digest(body, secret)).decode()


def bearer(token: str = SECRET) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}
