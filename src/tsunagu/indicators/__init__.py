"""Declared indicators per child, as of a day, three-valued, compiled to set-based SQL."""
