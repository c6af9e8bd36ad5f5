"""What may be loaded, used and shown: the definitions, checked, as frozen objects."""
