"""A named step: one statement that makes or fills one temporary table."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """Make the temporary table `table` from a SELECT, or add its rows when `adds`."""

    table: str
    select: str
    adds: bool = False

    @property
    def sql(self) -> str:
        """The statement."""
        if self.adds:
            return f"INSERT INTO {self.table}\n{self.select}"
        return f"CREATE OR REPLACE TEMP TABLE {self.table} AS\n{self.select}"
