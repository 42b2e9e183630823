"""The transaction price of a contract: fixed, variable, what is given back."""
