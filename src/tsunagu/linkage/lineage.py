"""What became of the persons of the run before: ids that went into others, or lost records to them.

An id is made from the register's number, or from the record that opened the person, so it never moves by itself. It
goes when the record finds somebody, and comes back when that is undone.
"""

from tsunagu.store.commit import Writer
from tsunagu.store.engine import read_sql
from tsunagu.store.identity import LINK, PERSON_LINEAGE


def stage_lineage(writer: Writer, *, run_id: str, earlier_run_id: str | None) -> int:
    """Stage how this run's persons follow from those of the run before; returns the rows.

    Reads:
        `linkage_link`, `identity.link` of the earlier run.
    """
    tags = {"run": run_id}
    if earlier_run_id is None:
        writer.drop(PERSON_LINEAGE, tags=tags)
        return 0
    writer.attach(LINK, run=earlier_run_id)
    select = read_sql("tsunagu.linkage", "person_lineage")
    return writer.replace(PERSON_LINEAGE, select, tags=tags, earlier_run_id=earlier_run_id)
