"""The addresses: deliveries are answered with 2xx when, and only when, they are kept."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import time
import traceback
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pipelines.receiver.body import read_body
from pipelines.receiver.config import EVENTS, MEBIBYTE, ReceiverConfig, SourceConfig
from pipelines.receiver.deliveries import dialect_of
from pipelines.receiver.limits import Budget, Refused, TokenBucket
from pipelines.receiver.metrics import UNKNOWN, Metrics
from pipelines.receiver.sink import NotKept, Sink
from pipelines.receiver.verification import Credentials, Verdict

TICK_SECONDS = 1.0
# How old an answer of /readyz may be: a balancer that asks often does not wear out the disk.
READY_SECONDS = 1.0
PROBE_SECONDS = 5.0
PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"

log = logging.getLogger("rtr.receiver")
access = logging.getLogger("rtr.receiver.access")

REFUSALS = {
    Verdict.UNSIGNED: ("UNSIGNED", "The delivery carries no signature or credentials of the kind this source needs."),
    Verdict.WRONG: ("WRONG_SIGNATURE", "The delivery fits none of the secrets that hold now."),
    Verdict.STALE: ("STALE", "The delivery is signed, but its time is outside the window: check the clocks."),
}


class Receiver:
    """What stands behind the addresses. `clock` is in seconds since 1970."""

    def __init__(self, config: ReceiverConfig, sink: Sink, clock: Callable[[], float] = time.time) -> None:
        self.config = config
        self.metrics = Metrics()
        self._sink = sink
        self._clock = clock
        self._budget = Budget(config.limits.in_flight, config.limits.buffered_mib * MEBIBYTE)
        self._buckets = {s.name: TokenBucket(s.rate, s.burst) for s in config.sources.values() if s.rate}
        self._probing: asyncio.Task[None] | None = None
        self._probed = float("-inf")

    def app(self) -> Starlette:
        async def webhooks(request: Request) -> Response:
            return await self.answer(request, request.path_params["source"])

        async def events(request: Request) -> Response:
            return await self.answer(request, EVENTS)

        return Starlette(
            routes=[
                Route("/webhooks/{source}", webhooks, methods=["POST"]),
                Route("/events", events, methods=["POST"]),
                Route("/healthz", self.healthz),
                Route("/readyz", self.readyz),
                Route("/metrics", self.figures),
            ],
            lifespan=self._lifespan,
        )

    async def answer(self, request: Request, name: str) -> Response:
        """Receive a delivery, count it, and log what became of it: no header, no query, nothing of the body."""
        began = time.monotonic()
        source = self.config.sources.get(name)
        told = source.name if source else UNKNOWN
        try:
            response = await self._receive(request, source)
        except Refused as refused:
            response = _refusal(refused)
        except Exception as error:  # noqa: BLE001 - the sender keeps the delivery and comes again
            # Where it happened, without the words of the error: they may hold what a client sent.
            place = "".join(traceback.format_tb(error.__traceback__))
            log.error("%s: %s in the receiver\n%s", told, type(error).__name__, place)
            response = _refusal(Refused(500, "INTERNAL", "The receiver failed. Send the delivery again.", close=True))
        seconds = time.monotonic() - began
        self.metrics.answered(told, response.status_code, seconds)
        access.info("%s %s %d %.1f ms", request.method, told, response.status_code, seconds * 1000)
        return response

    async def _receive(self, request: Request, source: SourceConfig | None) -> Response:
        if source is None:
            raise Refused(404, "UNKNOWN_SOURCE", "No source of this name is configured.", close=True)
        limits, headers = self.config.limits, request.headers
        dialect = dialect_of(source.system)
        if headers.get("content-encoding", "identity").lower() != "identity":
            raise Refused(415, "UNSUPPORTED_MEDIA", "The body is compressed; send it as it was signed.", close=True)
        if not dialect.accepts(headers):
            raise Refused(415, "UNSUPPORTED_MEDIA", f"Content of this type is not read as {source.system}.", close=True)
        if not source.verifier.needs_body:
            self._verify(source, request, b"")
        with self._budget.share() as share, self.metrics.in_flight.track_inprogress():
            body = await read_body(request, source.max_bytes, limits.body_seconds, share)
            if dialect.greets(headers, body):
                return _accepted(0)
            if source.verifier.needs_body:
                self._verify(source, request, body)
            if bucket := self._buckets.get(source.name):
                bucket.take()
            lines = dialect.to_lines(headers, body)
            if lines:
                await self._keep(source, lines)
            self.metrics.kept(source.name, len(lines), sum(map(len, lines)))
            return _accepted(len(lines))

    def _verify(self, source: SourceConfig, request: Request, body: bytes) -> None:
        verdict = source.verifier.verify(request.headers, body, source.secrets, self._clock())
        if verdict is not Verdict.GENUINE:
            code, message = REFUSALS[verdict]
            scheme = source.verifier.scheme if isinstance(source.verifier, Credentials) else "Signature"
            raise Refused(401, code, message, close=not source.verifier.needs_body, challenge=f'{scheme} realm="rtr"')

    async def _keep(self, source: SourceConfig, lines: list[bytes]) -> None:
        try:
            async with asyncio.timeout(self.config.limits.commit_seconds):
                await self._sink.put(source.name, lines)
        except NotKept as error:
            self.metrics.ready.set(0)
            raise Refused(503, "NOT_KEPT", f"The delivery could not be kept: {error}.", retry_after=5) from error
        except TimeoutError:
            # It may be kept all the same; that it comes again does no harm.
            raise Refused(503, "NOT_KEPT", "Keeping the delivery takes too long.", retry_after=5) from None
        self.metrics.ready.set(1)

    async def healthz(self, request: Request) -> Response:
        """Whether the process answers; a restart would help if it did not."""
        return _json(200, {"status": "alive"})

    async def readyz(self, request: Request) -> Response:
        """Whether a record would be kept now: it is tried, one try at a time, for a disk that hangs would hold them all."""
        if self._probing is None and time.monotonic() - self._probed >= READY_SECONDS:
            self._probing = asyncio.create_task(self._probe())
        if self._probing is not None:
            await asyncio.wait([self._probing], timeout=PROBE_SECONDS)
        failure = self._sink.failure if self._probing is None else "the store does not answer"
        self.metrics.ready.set(0 if failure else 1)
        return _json(503, {"status": "not ready", "reason": failure}) if failure else _json(200, {"status": "ready"})

    async def _probe(self) -> None:
        try:
            await self._sink.probe()
        finally:
            self._probed, self._probing = time.monotonic(), None

    async def figures(self, request: Request) -> Response:
        return Response(self.metrics.text(), media_type=PROMETHEUS)

    @asynccontextmanager
    async def _lifespan(self, app: Starlette) -> AsyncIterator[None]:
        ticking = asyncio.create_task(self._tick())
        try:
            yield
        finally:
            ticking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await ticking
            await self._sink.close()

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK_SECONDS)
            try:
                await self._sink.tick()
            except OSError as error:
                log.warning("A segment could not be finished: %s", error.strerror)


def _accepted(records: int) -> Response:
    return _json(200, {"accepted": records})


def _refusal(refused: Refused) -> Response:
    headers = {}
    if refused.retry_after is not None:
        headers["retry-after"] = str(refused.retry_after)
    if refused.challenge is not None:
        headers["www-authenticate"] = refused.challenge
    if refused.close:
        headers["connection"] = "close"
    return _json(refused.status, {"code": refused.code, "message": refused.message}, headers)


def _json(status: int, content: dict[str, object], headers: dict[str, str] | None = None) -> Response:
    return Response(json.dumps(content), status, headers, "application/json")
