"""What a table is: declared schemas, money and time types, and how a table is read and committed."""
