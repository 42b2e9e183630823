"""Other engines on the same input, as optional peers of `rtr ingest`: each in its own environment, made on demand."""

from bench.peers.peer import PeerResult
from bench.peers.run import PEERS, run_variants

__all__ = ["PEERS", "PeerResult", "run_variants"]
