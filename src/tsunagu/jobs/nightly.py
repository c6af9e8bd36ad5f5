"""What brings the desk up to date with the last run: every night, after a run, and at the start of a demo.

As the owner of the tables. Each may be done twice without harm.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path

from tsunagu.access.owner import OWNER_ALIAS
from tsunagu.cases.loading import receive_run
from tsunagu.cases.sharing import drop_expired
from tsunagu.people import copying, loading, sealing
from tsunagu.pipeline.seam import (
    ChildResult,
    describe_run,
    list_children,
    list_directory,
    list_heads,
    list_households,
    open_seam,
)

Tell = Callable[[str, int, int], object]
"""Is told the step, how much is done, and of how much."""


def load_directory(home: Path, *, on: date, as_of: date, tell: Tell) -> int:
    """Replace the directory by that of the last run up to a day.

    Returns:
        How many children.
    """
    tell("名簿の読み込み", 0, 0)
    seam = open_seam(home, on=on)
    children = loading.load_directory(list_directory(seam, as_of=as_of), on=on, using=OWNER_ALIAS)
    sealed = sealing.list_sealed(on=on, using=OWNER_ALIAS)
    households = list_households(seam, sealed, as_of=as_of) if sealed else []
    sealing.spread_seals(households, on=on, using=OWNER_ALIAS)
    copying.drop_forgotten(on=on, using=OWNER_ALIAS)
    drop_expired(on=on, using=OWNER_ALIAS)
    return children


def receive_last_run(home: Path, *, on: date, tell: Tell) -> tuple[date, int]:
    """Put whom the last run lists before people, for each of its purposes that is in force.

    Returns:
        The day of the run, and how many children were listed, each purpose counted.
    """
    seam = open_seam(home, on=on)
    run = describe_run(seam)
    received, persons = 0, set[int]()
    for purpose in run.purposes:
        if purpose in seam.catalog.active_purposes:
            tell("気づきの受け取り", received, sum(run.listed.values()))
            children = _note_persons(list_children(seam, run.run_id, purpose), persons)
            received += receive_run(run, children, purpose=purpose, on=on, using=OWNER_ALIAS).children
    copying.fill_heads(list_heads(seam, persons, as_of=run.as_of), using=OWNER_ALIAS)
    return run.as_of, received


def _note_persons(children: Iterable[ChildResult], persons: set[int]) -> Iterator[ChildResult]:
    """The same children, each noted as it passes."""
    for child in children:
        persons.add(child.person_id)
        yield child
