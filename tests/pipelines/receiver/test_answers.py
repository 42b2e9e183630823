"""Each answer of the receiver: what is kept, what is refused, and that nothing refused is written."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pipelines.receiver.support import Running, bearer, configured, receiving, stripe

BODY = b'{"id": "evt_1", "object": "event"}'
CONFIG = configured(
    {"body_seconds": 0.5, "header_seconds": 0.5},
    stripe={"system": "stripe"},
    small={"system": "native", "verify": "bearer", "max_bytes": 1000},
    few={"system": "native", "verify": "bearer", "rate": 0.5, "burst": 2},
)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with receiving(CONFIG, tmp_path_factory.mktemp("spool")) as receiver:
        yield receiver


def test_a_genuine_delivery_is_kept_and_accepted(running: Running) -> None:
    status, answer, _ = running.post("/webhooks/stripe", BODY, stripe(BODY))
    assert (status, answer) == (200, {"accepted": 1})
    assert running.lines("stripe")[-1] == BODY + b"\n"


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, "UNSIGNED"),
        ({"stripe-signature": "t=1,v1=00"}, "WRONG_SIGNATURE"),
        (stripe(BODY, "whsec_of_somebody_else"), "WRONG_SIGNATURE"),
        (stripe(BODY + b" "), "WRONG_SIGNATURE"),
        (stripe(BODY, at=time.time() - 3600), "STALE"),  # caught an hour ago, and sent again
    ],
)
def test_what_is_not_genuine_is_401_and_not_written(running: Running, headers: dict[str, str], code: str) -> None:
    before = running.lines("stripe")
    status, answer, told = running.post("/webhooks/stripe", BODY, headers)
    assert (status, answer["code"], told["www-authenticate"]) == (401, code, 'Signature realm="rtr"')
    assert running.lines("stripe") == before


def test_a_wrong_token_is_401_before_the_body_is_read(running: Running) -> None:
    head = b"POST /webhooks/small HTTP/1.1\r\nhost: x\r\nauthorization: Bearer forged\r\ncontent-length: 500\r\n\r\n"
    assert running.raw(head).startswith(b"HTTP/1.1 401")


def test_an_unknown_source_is_404_and_another_method_405(running: Running) -> None:
    assert running.post("/webhooks/nobody", BODY)[0] == 404
    assert running.post("/events", BODY)[0] == 404  # no source `events` is configured
    assert running.post("/elsewhere", BODY)[0] == 404
    assert running.send("GET", "/webhooks/stripe")[0] == 405


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"content-type": "text/xml"}, 415),
        ({"content-type": "application/x-www-form-urlencoded"}, 415),
        ({"content-encoding": "gzip"}, 415),
        ({"content-type": "application/json; charset=utf-8"}, 200),
        ({"content-type": "application/vnd.api+json"}, 200),
    ],
)
def test_only_json_as_it_is_is_read(running: Running, headers: dict[str, str], status: int) -> None:
    assert running.post("/webhooks/stripe", BODY, {**stripe(BODY), **headers})[0] == status


@pytest.mark.parametrize("size", [1001, 5_000_000])
def test_a_body_that_says_that_it_is_too_large_is_refused_before_it_is_sent(running: Running, size: int) -> None:
    before = running.lines("small")
    head = (
        f"POST /webhooks/small HTTP/1.1\r\nhost: x\r\nauthorization: Bearer whsec_first\r\ncontent-length: {size}\r\n\r\n"
    )
    assert running.raw(head.encode()).startswith(b"HTTP/1.1 413")  # not a byte of the body was sent
    assert running.lines("small") == before


def test_a_body_without_a_length_is_read_no_further_than_the_limit(running: Running) -> None:
    sent = 0

    def chunks() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(1000):
            sent += 1
            yield b" " * 100_000

    try:
        status = running.send("POST", "/webhooks/small", chunks(), {**bearer(), "content-type": "application/json"})[0]
    except (BrokenPipeError, ConnectionResetError):
        status = 413  # the connection ended before all was sent, which is the point
    assert status == 413
    assert sent < 1000
    assert running.lines("small") == []


def test_a_body_of_the_very_limit_is_kept(running: Running) -> None:
    body = b'{"a":"' + b"x" * 992 + b'"}'
    assert len(body) == 1000
    assert running.post("/webhooks/small", body, bearer())[0] == 200
    assert running.lines("small")[-1] == body + b"\n"


def test_a_content_length_that_says_too_little_cuts_the_body_and_breaks_the_signature(running: Running) -> None:
    before = running.lines("stripe")
    signature = stripe(BODY)["stripe-signature"]
    head = f"POST /webhooks/stripe HTTP/1.1\r\nhost: x\r\nstripe-signature: {signature}\r\ncontent-length: 5\r\n\r\n"
    assert running.raw(head.encode() + BODY[:5] + b"POST / HTTP/1.1\r\nconnection: close\r\n\r\n").startswith(
        b"HTTP/1.1 401"
    )
    assert running.raw(head.encode() + BODY).startswith((b"HTTP/1.1 400", b"HTTP/1.1 401"))  # the rest is no request
    assert running.lines("stripe") == before


def test_a_content_length_that_says_too_much_is_waited_for_and_given_up(running: Running) -> None:
    before = running.lines("stripe")
    signature = stripe(BODY)["stripe-signature"]
    head = f"POST /webhooks/stripe HTTP/1.1\r\nhost: x\r\nstripe-signature: {signature}\r\ncontent-length: 900\r\n\r\n"
    assert running.raw(head.encode() + BODY).startswith(b"HTTP/1.1 408")
    assert running.lines("stripe") == before


def test_a_client_that_drips_its_body_is_given_up(running: Running) -> None:
    head = b"POST /webhooks/stripe HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n"
    began = time.monotonic()
    assert running.raw(head, *[b"x"] * 40, pause=0.05).startswith(b"HTTP/1.1 408")
    assert time.monotonic() - began < 3


@pytest.mark.parametrize(
    "drip",
    [
        [b"POST /webhooks/stripe HTTP/1.1\r\n", *[b"x: y\r\n"] * 60],  # headers without end
        [b""],  # a connection on which nothing comes
        [b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n", *[b"\r\n"] * 60],  # and after a request
    ],
)
def test_a_client_that_drips_its_headers_is_given_up(running: Running, drip: list[bytes]) -> None:
    began = time.monotonic()
    running.raw(*drip, pause=0.05)
    assert time.monotonic() - began < 3.5


def test_headers_without_measure_are_refused(running: Running) -> None:
    many = b"".join(b"x-%d: %s\r\n" % (n, b"y" * 1000) for n in range(100))
    assert not running.raw(b"POST /webhooks/stripe HTTP/1.1\r\nhost: x\r\n", many).startswith(b"HTTP/1.1 200")


def test_what_is_sent_too_often_is_429_and_says_when_to_come_again(running: Running) -> None:
    answers = [running.post("/webhooks/few", b"{}", bearer()) for _ in range(3)]
    assert [status for status, _, _ in answers] == [200, 200, 429]
    assert answers[2][2]["retry-after"] == "2"  # one token in two seconds
    assert len(running.lines("few")) == 2


def test_a_forger_does_not_use_up_the_rate_of_a_source(tmp_path: Path) -> None:
    config = configured(few={"system": "native", "verify": "bearer", "rate": 0.5, "burst": 1})
    with receiving(config, tmp_path) as receiver:
        assert {receiver.post("/webhooks/few", b"{}", bearer("forged"))[0] for _ in range(5)} == {401}
        assert receiver.post("/webhooks/few", b"{}", bearer())[0] == 200


def test_more_bytes_at_once_than_there_is_memory_for_is_503(tmp_path: Path) -> None:
    config = configured({"buffered_mib": 1}, stripe={"system": "stripe"})
    body = b'{"a":"' + b"x" * 1_100_000 + b'"}'
    with receiving(config, tmp_path) as receiver:
        head = f"POST /webhooks/stripe HTTP/1.1\r\nhost: x\r\ncontent-length: {len(body)}\r\n\r\n".encode()
        received = receiver.raw(head + body)
        assert not received or received.startswith(b"HTTP/1.1 503")
        assert receiver.post("/webhooks/stripe", BODY, stripe(BODY))[0] == 200  # what was taken was given back


def test_alive_ready_and_figures(running: Running) -> None:
    assert running.send("GET", "/healthz")[:2] == (200, {"status": "alive"})
    assert running.send("GET", "/readyz")[:2] == (200, {"status": "ready"})
    running.post("/webhooks/nobody-in-particular", BODY)
    text = running.send("GET", "/metrics")[1]["text"]
    assert 'rtr_webhook_requests_total{source="stripe",status="200"}' in text
    assert 'rtr_webhook_requests_total{source="unknown",status="404"}' in text
    assert "nobody-in-particular" not in text
    assert "rtr_webhook_ready 1.0" in text
