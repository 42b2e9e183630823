"""What the receiver answers to: its sources with their proofs and limits, and where records go."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

import yaml

from pipelines.receiver import verification
from pipelines.receiver.options import misuse, only, positive, section
from pipelines.receiver.secrets import Secret, secrets_from
from pipelines.receiver.verification import Encoding, Hmac, TimedHmac, Verifier

MEBIBYTE = 1024 * 1024
# The source that `POST /events` belongs to.
EVENTS = "events"
NAME = re.compile(r"[a-z][a-z0-9_-]{0,62}")
HEADER = re.compile(r"[a-z0-9-]+")

SCHEMES: Mapping[str, Verifier] = {
    "stripe": verification.STRIPE,
    "shopify": verification.SHOPIFY,
    "woocommerce": verification.WOOCOMMERCE,
    "paddle": verification.PADDLE,
    "bearer": verification.BEARER,
    "basic": verification.BASIC,
}
# How each system proves itself where the configuration does not say.
USUAL = {**{name: name for name in ("stripe", "shopify", "woocommerce", "paddle")}, "chargebee": "basic"}


class SinkKind(StrEnum):
    FILES = "files"
    KAFKA = "kafka"


@dataclass(frozen=True)
class SourceConfig:
    """One sender: the system its records are of, how it proves itself, and how much it may send.

    `rate` is deliveries a second, `burst` how many may come at once; no rate, no limit.
    """

    name: str
    system: str
    verifier: Verifier
    secrets: tuple[Secret, ...]
    max_bytes: int = 4 * MEBIBYTE
    rate: float | None = None
    burst: float = 0.0

    @property
    def path(self) -> str:
        return "/events" if self.name == EVENTS else f"/webhooks/{self.name}"


@dataclass(frozen=True)
class Limits:
    """What the service bears before it says 503, and how long it waits for a client."""

    in_flight: int = 512
    buffered_mib: int = 128
    connections: int = 2048
    header_seconds: float = 10.0
    body_seconds: float = 15.0
    commit_seconds: float = 20.0


@dataclass(frozen=True)
class SegmentOptions:
    """When a segment file is finished and the next one begun."""

    max_mib: int = 64
    max_seconds: float = 3600.0


@dataclass(frozen=True)
class KafkaSinkOptions:
    """Where records go instead of files. `topic` may hold `{source}`; `properties` are settings of librdkafka."""

    bootstrap_servers: str
    topic: str = "webhooks.{source}"
    properties: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class ReceiverConfig:
    sources: Mapping[str, SourceConfig]
    sink: SinkKind = SinkKind.FILES
    limits: Limits = Limits()
    segments: SegmentOptions = SegmentOptions()
    kafka: KafkaSinkOptions | None = None


def load(path: Path, environment: Mapping[str, str] = os.environ) -> ReceiverConfig:
    """The configuration of a file; RtrError RECEIVER_CONFIG names what is wrong and where."""
    try:
        given = yaml.safe_load(path.read_bytes())
    except OSError as error:
        raise misuse(str(path), f"cannot be read: {error.strerror}") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise misuse(str(path), f"is no YAML{f' from line {mark.line + 1} on' if mark else ''}") from None
    return config_from(section(given, str(path)), environment)


def config_from(given: Mapping[str, Any], environment: Mapping[str, str] = os.environ) -> ReceiverConfig:
    """The configuration as a mapping; secrets are read at once, so that a missing one is told at the start."""
    only(given, ("sources", "sink", "limits", "segments", "kafka"), "")
    named = section(given.get("sources"), "sources")
    if not named:
        raise misuse("sources", "names no source: nothing would be received")
    sources = {name: _source(name, section(entry, f"sources.{name}"), environment) for name, entry in named.items()}
    limits = section(given.get("limits"), "limits")
    only(limits, Limits.__dataclass_fields__, "limits")
    segments = section(given.get("segments"), "segments")
    only(segments, SegmentOptions.__dataclass_fields__, "segments")
    try:
        sink = SinkKind(given.get("sink", SinkKind.FILES))
    except ValueError:
        raise misuse("sink", f"must be one of {', '.join(SinkKind)}") from None
    return ReceiverConfig(
        sources,
        sink,
        Limits(**{name: positive(limits, name, getattr(Limits(), name), "limits") for name in limits}),
        SegmentOptions(
            **{name: positive(segments, name, getattr(SegmentOptions(), name), "segments") for name in segments}
        ),
        _kafka(given.get("kafka")) if sink is SinkKind.KAFKA else None,
    )


def _source(name: str, given: Mapping[str, Any], environment: Mapping[str, str]) -> SourceConfig:
    place = f"sources.{name}"
    if not NAME.fullmatch(name):
        raise misuse(place, "must be small letters, digits, '-' and '_': it is part of an address and of a folder's name")
    only(given, ("system", "verify", "tolerance_seconds", "secrets", "max_bytes", "rate", "burst"), place)
    system = str(given.get("system", "cloudevents" if name == EVENTS else ""))
    if not NAME.fullmatch(system):
        raise misuse(f"{place}.system", "must name the system its records are of, such as stripe")
    rate = positive(given, "rate", 0.0, place) if "rate" in given else None
    return SourceConfig(
        name,
        system,
        _verifier(given.get("verify", USUAL.get(system)), given, place),
        secrets_from(given.get("secrets"), f"{place}.secrets", environment),
        positive(given, "max_bytes", SourceConfig.max_bytes, place),
        rate,
        max(1.0, positive(given, "burst", 2 * rate, place)) if rate else 0.0,
    )


def _verifier(verify: object, given: Mapping[str, Any], place: str) -> Verifier:
    if isinstance(verify, Mapping):
        chosen: Verifier = _hmac(section(verify, f"{place}.verify"), f"{place}.verify")
    elif isinstance(verify, str) and verify in SCHEMES:
        chosen = SCHEMES[verify]
    else:
        raise misuse(f"{place}.verify", f"must be one of {', '.join(SCHEMES)}, or a mapping with the header of an HMAC")
    if "tolerance_seconds" not in given:
        return chosen
    if not isinstance(chosen, Hmac | TimedHmac):
        raise misuse(f"{place}.tolerance_seconds", "needs a scheme that signs a time")
    return replace(chosen, tolerance=positive(given, "tolerance_seconds", 300.0, place))


def _hmac(given: Mapping[str, Any], place: str) -> Hmac:
    only(given, ("header", "algorithm", "encoding", "prefix", "timestamp_header", "signed"), place)
    text = {name: str(value) for name, value in given.items()}
    header, timestamp = text.get("header", "").lower(), text.get("timestamp_header", "").lower() or None
    if not HEADER.fullmatch(header) or (timestamp and not HEADER.fullmatch(timestamp)):
        raise misuse(f"{place}.header", "must be the name of the header that holds the signature")
    signed = text.get("signed", "{timestamp}.{body}" if timestamp else "{body}")
    if signed.count("{body}") != 1 or ("{timestamp}" in signed) != (timestamp is not None):
        raise misuse(f"{place}.signed", "must hold {body} once, and {timestamp} if there is a timestamp_header")
    if not verification.known_algorithm(text.get("algorithm", "sha256")):
        raise misuse(f"{place}.algorithm", "must be sha1, sha256, sha384 or sha512")
    try:
        encoding = Encoding(text.get("encoding", Encoding.HEX))
    except ValueError:
        raise misuse(f"{place}.encoding", f"must be one of {', '.join(Encoding)}") from None
    return Hmac(header, text.get("algorithm", "sha256"), encoding, text.get("prefix", ""), timestamp, signed)


def _kafka(given: object) -> KafkaSinkOptions:
    options = section(given, "kafka")
    only(options, KafkaSinkOptions.__dataclass_fields__, "kafka")
    if not options.get("bootstrap_servers"):
        raise misuse("kafka.bootstrap_servers", "is missing")
    properties = {str(name): str(text) for name, text in section(options.get("properties"), "kafka.properties").items()}
    topic = str(options.get("topic", KafkaSinkOptions.topic))
    return KafkaSinkOptions(str(options["bootstrap_servers"]), topic, properties)
