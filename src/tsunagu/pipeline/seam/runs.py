"""One run, before anybody looks at a child: what it is, what it rests on, until when it counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from tsunagu.catalog.packs import NeedLevel
from tsunagu.judgement.phrases import Phrase
from tsunagu.pipeline.disclosure import Disclosure, Figure, open_disclosure
from tsunagu.pipeline.manifest import LinkBasis, get_manifest
from tsunagu.pipeline.seam.listed import may_tell_silence, select_listed
from tsunagu.pipeline.seam.opening import Seam
from tsunagu.pipeline.views import attach_run
from tsunagu.store.commit import Reader, open_reader
from tsunagu.store.engine import read_sql

_PACKAGE = "tsunagu.pipeline"


@dataclass(frozen=True, slots=True)
class PackRun:
    """One pack of a run. `levels`: children of each level. `expires_on`: first day its results no longer count."""

    pack: str
    version: int
    title: Phrase
    purpose: str
    levels: Mapping[NeedLevel, Figure]
    expires_on: date


@dataclass(frozen=True, slots=True)
class RunDescription:
    """One run.

    `expires_on`: the first day on which results of some pack no longer count; None where no pack ran.
    `has_present_definitions`: whether the definitions are still those it was made with. `listed`: for each purpose
    exactly as many children as `list_children` gives. `children`: everybody judged, shown in steps in a real city.
    """

    run_id: str
    as_of: date
    purposes: tuple[str, ...]
    packs: tuple[PackRun, ...]
    expires_on: date | None
    children: Figure
    listed: Mapping[str, int]
    link_basis: LinkBasis | None
    program_version: str
    definitions_hash: str
    result_hash: str
    has_present_definitions: bool


def describe_run(seam: Seam, run_id: str | None = None) -> RunDescription:
    """Describe a run; the latest when none is named.

    Raises:
        RunNotFoundError: no such run.
    """
    with open_reader(seam.home, "seam run", details={"run_id": run_id} if run_id else {}) as reader:
        run = get_manifest(reader, run_id)
        attach_run(reader, run.run_id)
        disclosure = open_disclosure(seam.catalog)
        packs = _describe_packs(reader, seam, disclosure)
        listed = {
            purpose: len(
                select_listed(reader, purpose, tells_silence=may_tell_silence(seam.catalog, purpose, run))
            )
            for purpose in run.purposes
        }
        return RunDescription(
            run_id=run.run_id,
            as_of=run.as_of,
            purposes=run.purposes,
            packs=packs,
            expires_on=min((pack.expires_on for pack in packs), default=None),
            children=disclosure.show(run.counts["runs.population"]),
            listed=listed,
            link_basis=run.link_basis,
            program_version=run.version,
            definitions_hash=run.definitions_hash,
            result_hash=run.result_hash,
            has_present_definitions=run.definitions_hash == seam.catalog.get_content_hash(),
        )


def _describe_packs(reader: Reader, seam: Seam, disclosure: Disclosure) -> tuple[PackRun, ...]:
    levels: dict[str, dict[NeedLevel, Figure]] = {}
    for pack, level, children in reader.engine.list_rows(read_sql(_PACKAGE, "level_counts")):
        levels.setdefault(pack, {})[NeedLevel(level)] = disclosure.show(children)
    packs = []
    for name, version, purpose, expires_on in reader.engine.list_rows(read_sql(_PACKAGE, "seam_packs")):
        title = seam.catalog.get_pack(name).title
        words = Phrase(title.ja, title.en or name)
        packs.append(PackRun(name, version, words, purpose, levels[name], expires_on))
    return tuple(packs)
