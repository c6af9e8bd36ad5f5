"""A home's backup: taken while it works, and put back elsewhere after it was checked."""
