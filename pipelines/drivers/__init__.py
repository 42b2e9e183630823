"""How the graph is driven: `micro` in this process, batch after batch."""
