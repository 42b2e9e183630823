"""From rows of silver to what is known: the state of each object, what waits, which cash settles which invoice."""
