"""What must hold of the facts before a rule reads them, one file a table."""
