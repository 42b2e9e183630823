"""What must hold of what the rules made of the facts, one file a table."""
