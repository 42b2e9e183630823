"""The one root of errors: a code for programs, a message and a remedy for people."""

from __future__ import annotations


class RtrError(Exception):
    """Something went wrong that a person can act on.

    `code` is stable and in capitals; `message` says what is wrong and where; `remedy` says what to do.
    """

    transient = False

    def __init__(self, code: str, message: str, remedy: str) -> None:
        super().__init__(f"{code}: {message} {remedy}")
        self.code = code
        self.message = message
        self.remedy = remedy


class TransientError(RtrError):
    """Trying again later may succeed without anyone doing anything."""

    transient = True


class CommitError(RtrError):
    """A commit was refused because what was to be committed is not what the table declares."""
