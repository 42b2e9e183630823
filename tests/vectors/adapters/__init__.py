"""One file a subject: how its published examples are told as facts, and where in gold their answers stand.

An adapter computes nothing and knows no example by name. Every module here lists its adapters in `ADAPTERS`.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from tests.vectors.example import Adapter

_HERE = Path(__file__).parent


def _listed() -> dict[str, Adapter]:
    found: dict[str, Adapter] = {}
    for path in sorted(_HERE.glob("*.py")):
        if path.stem == "__init__":
            continue
        for adapter in getattr(import_module(f"{__name__}.{path.stem}"), "ADAPTERS", ()):
            for topic in adapter.topics:
                if topic in found:
                    raise ValueError(f"two adapters read the topic {topic}")
                found[topic] = adapter
    return found


ADAPTERS: dict[str, Adapter] = _listed()
"""The adapter of each topic."""
