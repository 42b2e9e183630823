"""Who a delivery comes from: each vendor's signature, windows, rotation, and forgeries."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lakehouse.errors import RtrError
from pipelines.receiver import verification
from pipelines.receiver.config import config_from
from pipelines.receiver.secrets import Secret
from pipelines.receiver.verification import BASIC, BEARER, PADDLE, SHOPIFY, STRIPE, WOOCOMMERCE, Verdict
from tests.pipelines.receiver.support import ENVIRONMENT, OTHER, SECRET, base64_digest, digest, paddle, stripe

NOW = 1_700_000_000.0
BODY = b'{"id": "evt_1"}'
FIRST, SECOND = Secret(SECRET.encode(), "first"), Secret(OTHER.encode(), "second")

Signer = Callable[..., dict[str, str]]


def test_stripes_own_example_of_a_signature() -> None:
    """The signature of https://docs.stripe.com/webhooks/signature: HMAC-SHA256 over `t.body`, in hexadecimal."""
    expected = hmac.new(b"whsec_first", b'1700000000.{"id": "evt_1"}', "sha256").hexdigest()
    header = {"stripe-signature": f"t=1700000000,v1={expected}"}
    assert STRIPE.verify(header, BODY, [FIRST], NOW) is Verdict.GENUINE


@pytest.mark.parametrize(("verifier", "sign"), [(STRIPE, stripe), (PADDLE, paddle)])
class TestTimeAndSignatureInOneHeader:
    def test_the_window_is_five_minutes_both_ways(self, verifier: verification.TimedHmac, sign: Signer) -> None:
        for seconds, verdict in ((0, "genuine"), (300, "genuine"), (301, "stale"), (-300, "genuine"), (-301, "stale")):
            assert verifier.verify(sign(BODY, at=NOW - seconds), BODY, [FIRST], NOW) == verdict

    def test_a_replay_under_a_new_time_is_wrong(self, verifier: verification.TimedHmac, sign: Signer) -> None:
        header = {name: text.replace("1699990000", "1700000000") for name, text in sign(BODY, at=1_699_990_000).items()}
        assert verifier.verify(header, BODY, [FIRST], NOW) is Verdict.WRONG

    def test_another_body_or_secret_is_wrong(self, verifier: verification.TimedHmac, sign: Signer) -> None:
        assert verifier.verify(sign(BODY, at=NOW), BODY + b" ", [FIRST], NOW) is Verdict.WRONG
        assert verifier.verify(sign(BODY, OTHER, at=NOW), BODY, [FIRST], NOW) is Verdict.WRONG

    def test_while_a_secret_is_replaced_either_fits(self, verifier: verification.TimedHmac, sign: Signer) -> None:
        assert verifier.verify(sign(BODY, OTHER, at=NOW), BODY, [FIRST, SECOND], NOW) is Verdict.GENUINE
        assert verifier.verify(sign(BODY, "unknown", SECRET, at=NOW), BODY, [FIRST], NOW) is Verdict.GENUINE

    @pytest.mark.parametrize("text", ["", "t", "t=,v1=", "v1=00", "t=1e9,v1=00", "t=１７,v1=00", "é=ü;ts=", "t=1,t=2,v1="])
    def test_a_header_that_cannot_be_read_is_refused(
        self, verifier: verification.TimedHmac, sign: Signer, text: str
    ) -> None:
        assert verifier.verify({verifier.header: text}, BODY, [FIRST], NOW) in (Verdict.WRONG, Verdict.UNSIGNED)
        assert verifier.verify({}, BODY, [FIRST], NOW) is Verdict.UNSIGNED


def test_a_secret_ends_at_its_time() -> None:
    end = datetime.fromtimestamp(NOW, UTC)
    ending = Secret(SECRET.encode(), "old", not_after=end)
    assert STRIPE.verify(stripe(BODY, at=NOW), BODY, [ending, SECOND], NOW) is Verdict.GENUINE
    over = Secret(SECRET.encode(), "old", not_after=end - timedelta(seconds=1))
    assert STRIPE.verify(stripe(BODY, at=NOW), BODY, [over, SECOND], NOW) is Verdict.WRONG


@pytest.mark.parametrize(
    ("verifier", "header"), [(SHOPIFY, "x-shopify-hmac-sha256"), (WOOCOMMERCE, "x-wc-webhook-signature")]
)
def test_base64_of_the_hash_of_the_body(verifier: verification.Hmac, header: str) -> None:
    assert verifier.verify({header: base64_digest(BODY)}, BODY, [FIRST], NOW) is Verdict.GENUINE
    assert verifier.verify({header: base64_digest(BODY, OTHER)}, BODY, [FIRST, SECOND], NOW) is Verdict.GENUINE
    assert verifier.verify({header: base64_digest(BODY, OTHER)}, BODY, [FIRST], NOW) is Verdict.WRONG
    assert verifier.verify({header: digest(BODY).hex()}, BODY, [FIRST], NOW) is Verdict.WRONG
    assert verifier.verify({header: base64_digest(BODY)}, BODY + b"\n", [FIRST], NOW) is Verdict.WRONG
    assert verifier.verify({}, BODY, [FIRST], NOW) is Verdict.UNSIGNED


def test_shopify_repeats_a_failed_delivery_for_hours_and_not_for_weeks() -> None:
    def at(days: float) -> Verdict:
        moment = datetime.fromtimestamp(NOW - days * 86400, UTC).isoformat().replace("+00:00", "Z")
        headers = {"x-shopify-hmac-sha256": base64_digest(BODY), "x-shopify-triggered-at": moment}
        return SHOPIFY.verify(headers, BODY, [FIRST], NOW)

    assert [at(0), at(2.9), at(3.1)] == [Verdict.GENUINE, Verdict.GENUINE, Verdict.STALE]


def test_bearer_and_basic() -> None:
    login = Secret(b"user:pass", "login")
    encoded = base64.b64encode(b"user:pass").decode()
    assert BEARER.verify({"authorization": f"bearer {SECRET}"}, b"", [FIRST], NOW) is Verdict.GENUINE
    assert BEARER.verify({"authorization": f"Bearer {SECRET}x"}, b"", [FIRST], NOW) is Verdict.WRONG
    assert BEARER.verify({"authorization": f"Basic {encoded}"}, b"", [login], NOW) is Verdict.UNSIGNED
    assert BASIC.verify({"authorization": f"Basic {encoded}"}, b"", [login], NOW) is Verdict.GENUINE
    assert BASIC.verify({"authorization": "Basic ***"}, b"", [login], NOW) is Verdict.WRONG
    assert BASIC.verify({"authorization": "Basic ÿé"}, b"", [login], NOW) is Verdict.WRONG
    assert BASIC.verify({}, b"", [login], NOW) is Verdict.UNSIGNED


def generic(**verify: str) -> verification.Verifier:
    given: Mapping[str, Any] = {"sources": {"a": {"system": "erp", "verify": verify, "secrets": [{"env": "FIRST"}]}}}
    return config_from(given, ENVIRONMENT).sources["a"].verifier


def test_a_generic_signature_as_github_and_slack_send_it() -> None:
    github = generic(header="X-Hub-Signature-256", prefix="sha256=")
    assert github.verify({"x-hub-signature-256": f"sha256={digest(BODY).hex()}"}, BODY, [FIRST], NOW) is Verdict.GENUINE
    assert github.verify({"x-hub-signature-256": digest(BODY).hex()}, BODY, [FIRST], NOW) is Verdict.WRONG
    slack = generic(
        header="X-Slack-Signature",
        prefix="v0=",
        timestamp_header="X-Slack-Request-Timestamp",
        signed="v0:{timestamp}:{body}",
    )
    signed = digest(b"v0:1700000000:" + BODY).hex()
    headers = {"x-slack-signature": f"v0={signed}", "x-slack-request-timestamp": "1700000000"}
    assert slack.verify(headers, BODY, [FIRST], NOW) is Verdict.GENUINE
    assert slack.verify(headers, BODY, [FIRST], NOW + 301) is Verdict.STALE
    assert slack.verify({**headers, "x-slack-request-timestamp": "1700000001"}, BODY, [FIRST], NOW) is Verdict.WRONG
    assert slack.verify({"x-slack-signature": f"v0={signed}"}, BODY, [FIRST], NOW) is Verdict.WRONG


def test_every_pair_is_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[tuple[bytes, bytes]] = []
    real = hmac.compare_digest

    def compare(one: bytes, other: bytes) -> bool:
        compared.append((one, other))
        return real(one, other)

    monkeypatch.setattr(verification.hmac, "compare_digest", compare)
    STRIPE.verify(stripe(BODY, SECRET, "unknown", at=NOW), BODY, [FIRST, SECOND], NOW)
    assert len(compared) == 4  # two signatures, two secrets, though the very first pair fits


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"secrets": ["whsec_in_the_file"]}, "sources.a.secrets[0]"),
        ({"secrets": "whsec_in_the_file"}, "sources.a.secrets"),
        ({"secrets": [{"env": "NOT_SET"}]}, "NOT_SET"),
        ({"secrets": [{"file": "/nowhere/at/all"}]}, "/nowhere/at/all"),
        ({"secrets": [{"env": "FIRST", "not_after": "soon"}]}, "not_after"),
        ({"verify": "magic"}, "sources.a.verify"),
        ({"verify": {"header": "x", "encoding": "rot13"}}, "encoding"),
        ({"verify": {"header": "x", "algorithm": "md5"}}, "algorithm"),
        ({"verify": {"header": "x", "signed": "{timestamp}{body}"}}, "signed"),
        ({"max_bytes": 0}, "max_bytes"),
        ({"rate": "much"}, "rate"),
        ({"max_byte": 5}, "max_byte"),
        ({"system": "../etc"}, "system"),
        ({"verify": "bearer", "tolerance_seconds": 5}, "tolerance_seconds"),
    ],
)
def test_a_configuration_that_does_not_fit_is_named_and_shows_no_secret(change: dict[str, Any], named: str) -> None:
    source = {"system": "stripe", "secrets": [{"env": "FIRST"}]} | change
    with pytest.raises(RtrError, match="RECEIVER_CONFIG") as raised:
        config_from({"sources": {"a": source}}, ENVIRONMENT)
    assert named in raised.value.message
    assert "whsec" not in str(raised.value)
