"""The part `privacy` of the file of sources: which fields, and where the secret is."""

from __future__ import annotations

from pipelines.privacy.fields import Action, steps
from pipelines.privacy.privacy import Privacy
from pipelines.privacy.secret import Secret
from pipelines.systems.mapped.located import Located


def read_privacy(at: Located) -> dict[str, Privacy]:
    """What is to be done with the records of each system; the secret itself is not read here."""
    fields = at.fields(("secret", "systems", "rotated"), ("secret", "systems"))
    secret = fields["secret"].attempt(_secret) or Secret()
    rotated = "rotated" in fields and fields["rotated"].flag()
    return {name: Privacy(_rules(inner), secret, rotated) for name, inner in fields["systems"].entries()}


def _secret(at: Located) -> Secret:
    if not at.is_mapping():
        raise at.refuse("names no place.", "Write {environment: NAME} or {file: /path}, never the secret itself.")
    fields = at.fields(("environment", "file"))
    if len(fields) != 1:
        raise at.refuse("names no place, or two.", "Write {environment: RTR_PRIVACY_SECRET} or {file: /path}.")
    return Secret(**{name: inner.text() for name, inner in fields.items()})


def _rules(at: Located) -> tuple[tuple[str, Action], ...]:
    rules = []
    for path, inner in at.entries():
        try:
            steps(path)
        except ValueError:
            inner.wrong("is no path of a field.", "Join names by dots, such as customer.email, or write **.email.")
            continue
        action = inner.attempt(lambda at: Action(at.choice([*Action])))
        if action:
            rules.append((path, action))
    return tuple(rules)
