"""When a price becomes revenue, and how what is taken back unwinds it."""
