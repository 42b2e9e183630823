"""`rtr trace`: from a number to its events, and from an event to what it caused."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from typing import Annotated

import typer
from rich.markup import escape
from rich.tree import Tree

from cli.terminal import DEFAULT_ROOT, Root, lakehouse, out


class Format(StrEnum):
    TREE = "tree"
    JSON = "json"


def trace(
    key: Annotated[
        str,
        typer.Argument(
            help="A journal line, entry, obligation, contract, object or event; or a figure such as Revenue:2025-01:USD."
        ),
    ],
    root: Root = DEFAULT_ROOT,
    format: Annotated[Format, typer.Option("--format", help="How to print the answer.")] = Format.TREE,
) -> None:
    """Say what a number rests on: entries, obligations, contract, policy, events, records; or what an event caused."""
    from cli.tracing import Node, trace_key

    node = trace_key(lakehouse(root), key)
    if format is Format.JSON:
        sys.stdout.write(json.dumps(node.as_json(), indent=1) + "\n")
        return

    def grown(of: Node, tree: Tree) -> Tree:
        for child in of.children:
            grown(child, tree.add(label(child)))
        return tree

    def label(of: Node) -> str:
        told = "  ".join(f"{name} [cyan]{escape(str(value))}[/]" for name, value in of.fields.items() if value is not None)
        return f"[bold]{of.kind}[/] {escape(of.key)}  {told}"

    out.print(grown(node, Tree(label(node))), highlight=False)
