"""Address protection as known on any day, by the links of a finished run."""

from datetime import date

from tsunagu.store.commit import Reader
from tsunagu.store.facts import CLOSURE
from tsunagu.store.identity import RECORD
from tsunagu.vocabulary.tables import Table

_PACKAGE = "tsunagu.linkage"


def mark_protected_persons(reader: Reader, protection: Table, *, as_of: date) -> None:
    """Make `linkage_protected`: everybody under a measure known on the day.

    Reads:
        `facts.subject_person` of the run, attached by the caller; `identity.record`, the item of protection.

    A measure received after the run has no link yet: its in-house number says whom it protects.
    """
    for table in (protection, CLOSURE, RECORD):
        reader.attach(table)
    reader.engine.run_file(_PACKAGE, "protection_links", as_of=as_of)
    reader.engine.run_file(_PACKAGE, "protected_persons", as_of=as_of)
