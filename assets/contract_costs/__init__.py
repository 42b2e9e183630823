"""Costs of contracts: capitalised, amortised as the contract is performed, impaired when it ends."""
