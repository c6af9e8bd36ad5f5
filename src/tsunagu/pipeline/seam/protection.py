"""Who is under address protection (支援措置) as far as is known on the day of the deed, not on the day of the run."""

from tsunagu.catalog.items import get_fact_table
from tsunagu.linkage.protection import mark_protected_persons
from tsunagu.pipeline.manifest import Manifest
from tsunagu.pipeline.seam.opening import Seam
from tsunagu.store.commit import Reader
from tsunagu.store.facts import MEMBERSHIP, SUBJECT_PERSON

PROTECTION = "address_protection"
"""The item; linkage hides the district of whoever it names."""

_PACKAGE = "tsunagu.pipeline"


def mark_protected(reader: Reader, seam: Seam, run: Manifest) -> None:
    """Make `seam_protected`: everybody protected, and everybody who lives with somebody protected.

    Args:
        reader: a state of the store.
        seam: on whose day measures are known.
        run: whose links and households count.
    """
    reader.attach(SUBJECT_PERSON, run=run.run_id)
    reader.attach(MEMBERSHIP, run=run.run_id)
    table = get_fact_table(seam.catalog.get_item(PROTECTION))
    mark_protected_persons(reader, table, as_of=max(seam.on, run.as_of))
    reader.engine.run_file(_PACKAGE, "seam_protected", run_day=run.as_of)
