"""Seven months of books for each kind of business, written by hand and compared with what the rules post."""
