"""What must hold of every silver and gold table, one file a table, and the gate that judges by it."""
