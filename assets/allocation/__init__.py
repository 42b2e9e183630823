"""The transaction price shared over obligations by standalone selling prices."""
