"""Real engines on this machine: Prism, Flink and Kafka, for tests and for trying things out."""
