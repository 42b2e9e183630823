"""Which rules computed a figure: a digest of their code, so that no change of a rule can forget to say so."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

ASSETS = Path(__file__).parents[1]


@cache
def rule_version(folder: Path = ASSETS) -> str:
    """12 hexadecimal digits that are others whenever a module of the rules is."""
    digest = hashlib.sha256()
    for module in sorted(folder.rglob("*.py"), key=lambda path: path.relative_to(folder).as_posix()):
        content = module.read_bytes()
        digest.update(f"{module.relative_to(folder).as_posix()} {len(content)}\n".encode() + content)
    return digest.hexdigest()[:12]
