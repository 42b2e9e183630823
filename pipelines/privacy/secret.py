"""The secret that salts hashes: named by where it is, read where it is used, and shown nowhere."""

from __future__ import annotations

import hashlib
import hmac
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lakehouse.errors import RtrError

SHORTEST = 16
HASH_DIGITS = 32


@dataclass(frozen=True)
class Secret:
    """An environment variable or a file. Only this travels to the workers of a cluster, never the secret itself."""

    environment: str | None = None
    file: str | None = None

    @property
    def place(self) -> str:
        return f"the environment variable {self.environment}" if self.environment else f"the file {self.file}"

    def hash(self, text: bytes) -> str:
        """HMAC-SHA-256 of a value, its first 128 bits: equal for equal values under one secret, and nothing without it."""
        return "hash:" + hmac.new(_read(self), text, hashlib.sha256).hexdigest()[:HASH_DIGITS]

    def require(self) -> None:
        """Raises RtrError SECRET_MISSING where it cannot be read or is too short to be one."""
        _read(self)


@cache
def _read(secret: Secret) -> bytes:
    try:
        found = os.environ[secret.environment].encode() if secret.environment else Path(str(secret.file)).read_bytes()
    except (KeyError, OSError):
        raise RtrError(
            "SECRET_MISSING", f"Fields are to be hashed, and {secret.place} is not there.", "Set it, 16 bytes or more."
        ) from None
    if len(found.strip()) < SHORTEST:
        raise RtrError(
            "SECRET_MISSING",
            f"Fields are to be hashed, and {secret.place} has fewer than {SHORTEST} bytes.",
            "Put a random text there, for instance that of `openssl rand -hex 32`.",
        )
    return found.strip()
