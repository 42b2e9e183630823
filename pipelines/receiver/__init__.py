"""The webhook receiver: signed deliveries of other systems become durable records that `rtr ingest` follows."""
