"""The command `rtr`: from raw billing events to recognised revenue."""

from __future__ import annotations

import sys

import typer

from cli import (
    bench,
    close,
    demo,
    ingest,
    maintain,
    mapping,
    quarantine,
    receive,
    refresh,
    simulate,
    sql,
    trace,
    up,
    verify,
)
from cli.terminal import quiet_libraries, report_error
from lakehouse.errors import RtrError

app = typer.Typer(
    name="rtr",
    help="Raw billing events to recognised, audited revenue: exactly once, to the cent.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command()(simulate.simulate)
# What is not ours goes to Beam.
app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(ingest.ingest)
app.command()(receive.receive)
app.command()(refresh.refresh)
app.command()(demo.demo)
app.command()(sql.sql)
app.command()(verify.verify)
app.command()(close.close)
app.command()(close.reopen)
app.command()(trace.trace)
app.command()(up.up)
app.command()(maintain.maintain)
app.command()(bench.bench)
app.add_typer(quarantine.app, name="quarantine")
app.add_typer(mapping.app, name="mapping")


def main() -> None:
    """Run a command; exit code 0 done, 1 failed, 2 misuse."""
    quiet_libraries()
    try:
        app()
    except RtrError as error:
        report_error(error)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
