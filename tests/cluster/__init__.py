"""Real engines: Prism, Flink and Kafka. They run where the engines can be had, and say why where they cannot."""
