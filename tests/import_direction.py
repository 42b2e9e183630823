"""Imports run one way: cli, dagster_project -> assets, pipelines, expectations -> lakehouse.

Run as a module; exits 1 and names every import that runs the other way.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

MAY_IMPORT: dict[str, set[str]] = {
    "lakehouse": set(),
    "pipelines": {"lakehouse"},
    "assets": {"lakehouse"},
    "expectations": {"lakehouse"},
    "dagster_project": {"assets", "pipelines", "expectations", "lakehouse"},
    "cli": {"dagster_project", "assets", "pipelines", "expectations", "lakehouse", "bench"},
    "bench": {"pipelines", "assets", "lakehouse"},
}
# The simulator's truth is worth something because it shares nothing with the rules.
FORBIDDEN = {"pipelines/simulator": {"assets", "lakehouse"}}


def imported(path: Path) -> set[str]:
    """Top-level packages that a file imports."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
    return names


def breaches(root: Path = ROOT) -> list[str]:
    """Every import that runs the wrong way, as 'file imports package'."""
    found = []
    for package, allowed in MAY_IMPORT.items():
        for path in sorted((root / package).rglob("*.py")):
            name = path.relative_to(root).as_posix()
            wrong = (imported(path) & MAY_IMPORT.keys()) - allowed - {package}
            for folder, others in FORBIDDEN.items():
                if name.startswith(folder):
                    wrong |= imported(path) & others
            found += [f"{name} imports {other}" for other in sorted(wrong)]
    return found


if __name__ == "__main__":
    problems = breaches()
    print("\n".join(problems) or "Imports run one way.")
    sys.exit(1 if problems else 0)
