"""The laws of the design, checked on a live lakehouse: one line each."""

from __future__ import annotations

from cli.laws.law import Finding, Law
from cli.laws.laws import LAWS

__all__ = ["LAWS", "Finding", "Law"]
