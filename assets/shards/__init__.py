"""Recognition in parts: what belongs together is computed together, the rest anywhere."""
