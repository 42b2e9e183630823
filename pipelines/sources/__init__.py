"""Where records come from; each source yields blocks of records with their positions."""
