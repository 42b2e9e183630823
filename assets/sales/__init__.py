"""Sales as they happen, day by day."""
