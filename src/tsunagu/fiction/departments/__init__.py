"""One module a file layout: each writes what its department's system would export, for the whole period."""
