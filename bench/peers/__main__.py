"""`python -m bench.peers --input 'bench-data/stripe-50/events/*.jsonl'`: measure the peers that can be installed here."""

from __future__ import annotations

import argparse
import sys
from glob import glob
from pathlib import Path

from bench.peers.run import PEERS, run_variants, table


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench.peers", description=__doc__)
    parser.add_argument("--input", required=True, help="pattern of the files of JSON lines")
    parser.add_argument("--folder", type=Path, default=Path("bench-data"), help="where environments and output go")
    parser.add_argument("--peer", action="append", choices=list(PEERS), help="only this one; may be repeated")
    parser.add_argument("--rounds", type=int, default=1, help="the best of so many counts")
    parser.add_argument("--limit-mib", type=int, help="only the first files of the input, of at least so many MiB")
    parser.add_argument("--in-batches", action="store_true", help="the variants that commit about every 16 MiB")
    chosen = parser.parse_args()
    if not glob(chosen.input):
        print(f"no file matches {chosen.input}", file=sys.stderr)
        return 2
    limit = None if chosen.limit_mib is None else chosen.limit_mib * 2**20
    results = [
        result
        for name in chosen.peer or PEERS
        for result in run_variants(name, chosen.input, chosen.folder, chosen.rounds, limit, chosen.in_batches)
    ]
    print(table(results))
    return 0


if __name__ == "__main__":
    sys.exit(main())
