"""How far each obligation is performed, by time or by what was done."""
