"""The slow, obvious engine: one child and one indicator at a time, day by day, in plain Python.

It shares the nodes with the SQL engine and nothing else. Where the two differ, read this one.
"""

from tsunagu.indicators.oracle.judging import judge_world

__all__ = ["judge_world"]
