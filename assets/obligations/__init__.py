"""What a contract promises: which promises are obligations, and how each is performed."""
