"""The double-entry journal of revenue: chart of accounts, postings, recompute and diff, periods, balances."""
