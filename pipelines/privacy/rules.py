"""What was agreed of a source's privacy stays agreed: a run that forgot its rules would write what nobody may keep."""

from __future__ import annotations

import json
from datetime import datetime

import polars as pl

from lakehouse.errors import RtrError
from lakehouse.store import Lakehouse
from lakehouse.tables import ops
from pipelines.privacy.privacy import Privacy

KNOWN_TEXT = b"realtime-revenue privacy"


def require_privacy(lake: Lakehouse, source: str, privacy: Privacy | None, now: datetime) -> None:
    """Note the rules of a source; a run without any is refused where there were some, until they are ended by empty ones.

    Raises RtrError PRIVACY_REQUIRED, SECRET_MISSING, and SECRET_CHANGED where the hashes of values would not be those that
    were taken in, unless the rules say that the secret was rotated.
    """
    held = lake.scan(ops.PRIVACY_RULES).filter(source=source).sort("recorded_at").collect()
    rules, check = held.select("rules", "secret_check").row(-1) if held.height else ("{}", None)
    if privacy is None:
        if rules != "{}":
            raise RtrError(
                "PRIVACY_REQUIRED",
                f"Fields of {source} are dropped or hashed before they are kept, and this run says nothing of it.",
                "Run with --config and its `privacy:`; to end it, name the system there with no fields: {}.",
            )
        return
    now_rules = json.dumps({path: str(action) for path, action in privacy.fields}, sort_keys=True)
    now_check = privacy.secret.hash(KNOWN_TEXT) if privacy.fields else None
    if check and now_check and check != now_check and not privacy.rotated:
        raise RtrError(
            "SECRET_CHANGED",
            f"The secret in {privacy.secret.place} is not the one with which fields of {source} were hashed before.",
            "Restore it. If it was rotated, say `rotated: true`: values from then on have other hashes, and events that "
            "come again are in conflict with what was taken in.",
        )
    if (now_rules, now_check) != (rules, check):
        row = {"source": source, "recorded_at": now, "rules": now_rules, "secret_check": now_check}
        lake.append(ops.PRIVACY_RULES, ops.PRIVACY_RULES.conform(pl.DataFrame([row])))
