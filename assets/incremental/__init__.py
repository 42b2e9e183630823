"""A refresh at the cost of what changed: the sales that new facts touch are computed, all others stay as they are."""
