"""How the project is run: image, cluster."""
