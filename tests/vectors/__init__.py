"""Published worked examples, told as silver facts, computed by the real graph, read from gold tables."""
