"""Who answers for a gold table."""

from __future__ import annotations

FINANCE = "team:finance"
ANALYTICS = "team:analytics"
