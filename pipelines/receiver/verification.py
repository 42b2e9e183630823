"""Whether a delivery comes from whom it says: signatures over the body, in constant time and within a window.

Rules: https://docs.stripe.com/webhooks/signature (tolerance five minutes),
https://shopify.dev/docs/apps/build/webhooks/verify-deliveries,
https://developer.paddle.com/webhooks/about/signature-verification,
WooCommerce's `WC_Webhook::generate_signature`, RFC 6750 (bearer) and RFC 7617 (basic, as Chargebee sends it).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Protocol

from pipelines.receiver.secrets import Secret


class Verdict(StrEnum):
    """What is said of a delivery; of a forged one never more than that it is wrong."""

    GENUINE = "genuine"
    UNSIGNED = "unsigned"
    WRONG = "wrong"
    STALE = "stale"


class Encoding(StrEnum):
    HEX = "hex"
    BASE64 = "base64"


class Verifier(Protocol):
    """One way to prove where a delivery comes from. `needs_body` says whether the body takes part in it."""

    needs_body: bool

    def verify(self, headers: Mapping[str, str], body: bytes, secrets: Sequence[Secret], now: float) -> Verdict: ...


@dataclass(frozen=True)
class Hmac:
    """A keyed hash of the body in a header.

    With `timestamp_header` (seconds since 1970) the time is signed too: `signed` says how, and a delivery whose time is
    more than `tolerance` seconds from now is stale. `moment_header` is a time in ISO 8601 that is not signed, such as
    Shopify's: it tells a late repeat of the sender, and is no defence against one who forges headers.
    """

    header: str
    algorithm: str = "sha256"
    encoding: Encoding = Encoding.HEX
    prefix: str = ""
    timestamp_header: str | None = None
    signed: str = "{body}"
    moment_header: str | None = None
    tolerance: float = 300
    needs_body = True

    def verify(self, headers: Mapping[str, str], body: bytes, secrets: Sequence[Secret], now: float) -> Verdict:
        given = headers.get(self.header)
        if not given:
            return Verdict.UNSIGNED
        if not given.startswith(self.prefix):
            return Verdict.WRONG
        at = now
        message = body
        if self.timestamp_header is not None:
            timestamp = headers.get(self.timestamp_header, "")
            if not _is_number(timestamp):
                return Verdict.WRONG
            at = int(timestamp)
            message = self._message(timestamp, body)
        if not _matches([given.removeprefix(self.prefix)], message, secrets, now, self.algorithm, self.encoding):
            return Verdict.WRONG
        if self.moment_header is not None:
            at = _moment(headers.get(self.moment_header), now)
        return Verdict.GENUINE if abs(now - at) <= self.tolerance else Verdict.STALE

    def _message(self, timestamp: str, body: bytes) -> bytes:
        before, _, after = self.signed.partition("{body}")
        return before.replace("{timestamp}", timestamp).encode() + body + after.replace("{timestamp}", timestamp).encode()


@dataclass(frozen=True)
class TimedHmac:
    """Time and signatures in one header, `t=…,v1=…` of Stripe or `ts=…;h1=…` of Paddle: HMAC-SHA256 over time and body.

    While a secret is replaced the sender signs with both, so that there are several signatures.
    """

    header: str
    separator: str
    time_name: str
    signature_name: str
    joint: bytes
    tolerance: float = 300
    needs_body = True

    def verify(self, headers: Mapping[str, str], body: bytes, secrets: Sequence[Secret], now: float) -> Verdict:
        given = headers.get(self.header)
        if not given:
            return Verdict.UNSIGNED
        pairs = [part.strip().partition("=") for part in given.split(self.separator)]
        times = [value for name, _, value in pairs if name == self.time_name]
        signatures = [value for name, _, value in pairs if name == self.signature_name]
        if len(times) != 1 or not _is_number(times[0]):
            return Verdict.WRONG
        message = times[0].encode() + self.joint + body
        if not _matches(signatures, message, secrets, now, "sha256", Encoding.HEX):
            return Verdict.WRONG
        return Verdict.GENUINE if abs(now - int(times[0])) <= self.tolerance else Verdict.STALE


@dataclass(frozen=True)
class Credentials:
    """A token (`Bearer`) or a user and password (`Basic`, the secret is `user:password`) in the Authorization header."""

    scheme: str
    needs_body = False

    def verify(self, headers: Mapping[str, str], body: bytes, secrets: Sequence[Secret], now: float) -> Verdict:
        scheme, _, text = headers.get("authorization", "").partition(" ")
        if not text or scheme.lower() != self.scheme.lower():
            return Verdict.UNSIGNED
        given = text.strip().encode("latin-1", "replace")
        if self.scheme == "Basic":
            try:
                given = base64.b64decode(given, validate=True)
            except binascii.Error:
                return Verdict.WRONG
        return Verdict.GENUINE if _any_equal([given], [s.value for s in secrets if s.holds(now)]) else Verdict.WRONG


SHOPIFY_RETRIES_SECONDS = 3 * 24 * 3600

STRIPE = TimedHmac("stripe-signature", ",", "t", "v1", b".")
PADDLE = TimedHmac("paddle-signature", ";", "ts", "h1", b":")
SHOPIFY = Hmac(
    "x-shopify-hmac-sha256",
    encoding=Encoding.BASE64,
    moment_header="x-shopify-triggered-at",
    # Shopify repeats a failed delivery for hours with the time of the first.
    tolerance=SHOPIFY_RETRIES_SECONDS,
)
WOOCOMMERCE = Hmac("x-wc-webhook-signature", encoding=Encoding.BASE64)
BEARER = Credentials("Bearer")
BASIC = Credentials("Basic")


def _matches(
    given: Iterable[str], message: bytes, secrets: Sequence[Secret], now: float, algorithm: str, encoding: Encoding
) -> bool:
    digests = [hmac.digest(secret.value, message, algorithm) for secret in secrets if secret.holds(now)]
    if encoding is Encoding.HEX:
        return _any_equal(
            [text.lower().encode("latin-1", "replace") for text in given], [d.hex().encode() for d in digests]
        )
    return _any_equal([text.encode("latin-1", "replace") for text in given], [base64.b64encode(d) for d in digests])


def _any_equal(given: Iterable[bytes], expected: Sequence[bytes]) -> bool:
    """Whether any is one of the expected; every pair is compared, so that the time taken says nothing of which."""
    found = False
    for one in given:
        for other in expected:
            found |= hmac.compare_digest(one, other)
    return found


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 12


def _moment(text: str | None, now: float) -> float:
    """Seconds since 1970 of a moment that is not signed; now where there is none that can be read."""
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return now
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def known_algorithm(name: str) -> bool:
    """Whether a hash may key a signature: SHA-1 is in use (older hooks), MD5 is not accepted."""
    return name in ("sha1", "sha256", "sha384", "sha512") and name in hashlib.algorithms_guaranteed
