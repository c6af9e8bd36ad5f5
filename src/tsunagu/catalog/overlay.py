"""Lays a municipality's definitions over the shipped examples: it may add, narrow, adopt; never silently replace.

- A new id is added.
- An id that is shipped too must say `replaces: shipped`; the replacement then stands among the catalogue's changes.
- `narrowings.yaml` takes uses or recipients away; nothing in it can widen.
- `adoptions.yaml` makes entries the municipality's own as they read now; the fingerprint pins the content.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from tsunagu.catalog.adopting import get_fingerprint, get_use_fingerprint
from tsunagu.catalog.items import Item, Use
from tsunagu.catalog.loading import Definitions, Entry
from tsunagu.catalog.municipality import Kind, LocalAdoption, Municipality, Narrowing
from tsunagu.catalog.problems import DefinitionProblem, suggest
from tsunagu.catalog.purposes import CodeList
from tsunagu.catalog.validation import Model, build_model
from tsunagu.catalog.words import Adoption, Definition, Status
from tsunagu.catalog.yaml_text import Document, Place, Spot, read_yaml

Entries = dict[tuple[Kind, str], Entry]


@dataclass(slots=True)
class Merged:
    """The definitions in force here, what the municipality changed, and what is wrong."""

    entries: Entries = field(default_factory=dict)
    changes: list[str] = field(default_factory=list)
    problems: list[DefinitionProblem] = field(default_factory=list)

    def add_problem(self, code: str, spot: Spot, what: str, todo: str) -> None:
        """Note one problem."""
        self.problems.append(DefinitionProblem(spot.file, spot.line, code, what, todo))


def merge_definitions(shipped: Definitions, local: Definitions) -> Merged:
    """Lay `local` over `shipped`; narrowings and adoptions come after (`apply_overlay_files`)."""
    merged = Merged(problems=[*shipped.problems, *local.problems])
    for entry in [*shipped.entries, *local.entries]:
        _lay_entry(merged, entry)
    return merged


def apply_overlay_files(merged: Merged, folder: Path) -> None:
    """Carry out `narrowings.yaml`, then `adoptions.yaml`: what is adopted is the narrowed entry."""
    for narrowing, document, position in _read_lines(merged, folder / "narrowings.yaml", Narrowing):
        _narrow(merged, narrowing, document.get_spot((position,)))
    for adoption, document, position in _read_lines(merged, folder / "adoptions.yaml", LocalAdoption):
        _adopt(merged, adoption, document.get_spot((position,)))


def read_municipality(home: Path, problems: list[DefinitionProblem]) -> tuple[Municipality | None, Document]:
    """Read `municipality.yaml` of a home; problems are added to the list."""
    document = read_yaml(home / "municipality.yaml", "municipality.yaml")
    municipality = build_model(Municipality, document.data, document, ()) if document.data else None
    problems.extend(document.problems)
    return municipality, document


def _lay_entry(merged: Merged, entry: Entry) -> None:
    _check_statuses(merged, entry)
    before = merged.entries.get((entry.kind, entry.id))
    if before is not None and before.is_local == entry.is_local:
        place = before.get_spot("id")
        merged.add_problem(
            "duplicate_id",
            entry.get_spot("id"),
            f"「{entry.id}」は {place.file} の{place.line}行目にもあります。",
            "どちらか一方を消すか、id を変えてください。",
        )
        return
    if before is not None and not entry.replaces_shipped:
        merged.add_problem(
            "silent_replacement",
            entry.get_spot("id"),
            f"「{entry.id}」は標準の定義（{before.get_spot('id').file}）にもあります。断りなく置き換えることはできません。",
            "置き換えるなら「replaces: shipped」を書き足し、そうでなければ id を変えてください。",
        )
        return
    if before is None and entry.replaces_shipped:
        merged.add_problem(
            "nothing_to_replace",
            entry.get_spot("id"),
            f"置き換える相手の「{entry.id}」が標準の定義にありません。",
            "「replaces: shipped」を消すか、id を直してください。",
        )
        return
    if entry.is_local:
        change = "標準の定義を置き換え" if before else "追加"
        merged.changes.append(f"{entry.kind.label} {entry.id}: {change}")
    merged.entries[entry.kind, entry.id] = entry


def _check_statuses(merged: Merged, entry: Entry) -> None:
    for place, adoption in _list_own_adoptions(entry.definition):
        if adoption.status is not Status.ADOPTED:
            continue
        spot = entry.get_spot(*place, "adoption")
        if not entry.is_local:
            merged.add_problem(
                "shipped_adopted",
                spot,
                f"標準の定義「{entry.id}」が採用済みになっています。標準の定義は例であり、採用するのは市です。",
                "status: example にしてください。",
            )
        elif not (adoption.adopted_by and adoption.adopted_on and adoption.review_on):
            merged.add_problem(
                "adoption_incomplete",
                spot,
                f"「{entry.id}」の採用に、担当・採用日・見直し日のどれかがありません。",
                "adopted_by、adopted_on、review_on を書いてください。",
            )


def _list_own_adoptions(definition: Definition) -> Iterator[tuple[Place, Adoption]]:
    if isinstance(definition, Item):
        for position, use in enumerate(definition.uses):
            yield ("uses", position), use.adoption
    else:
        adoption = getattr(definition, "adoption", None)
        if isinstance(adoption, Adoption):
            yield (), adoption


def _read_lines(merged: Merged, path: Path, model: type[Model]) -> Iterable[tuple[Model, Document, int]]:
    if not path.is_file():
        return
    document = read_yaml(path, f"definitions/{path.name}")
    lines = document.data if isinstance(document.data, list) else []
    if document.data and not isinstance(document.data, list):
        document.add_problem(
            "not_a_list", document.get_spot(), "並びではありません。", "「- 」で始まる並びで書いてください。"
        )
    for position, data in enumerate(lines):
        built = build_model(model, data, document, (position,))
        if built is not None:
            yield built, document, position
    merged.problems.extend(document.problems)


def _narrow(merged: Merged, narrowing: Narrowing, spot: Spot) -> None:
    entry = merged.entries.get((Kind.ITEM, narrowing.item))
    item = entry.definition if entry else None
    use = item.find_use(narrowing.purpose) if isinstance(item, Item) else None
    if entry is None or not isinstance(item, Item) or use is None:
        merged.add_problem(
            "unknown_use",
            spot,
            f"狭める相手の「{narrowing.item}」×「{narrowing.purpose}」が台帳にありません。",
            "item と purpose を確かめてください。",
        )
        return
    narrowed = _narrow_use(use, narrowing)
    if narrowed is use:
        merged.add_problem(
            "not_narrower",
            spot,
            f"「{narrowing.item}」×「{narrowing.purpose}」は、これでは狭まりません。",
            "remove_use、remove_recipients、今より短い retain_years のどれかを書いてください。",
        )
        return
    uses = tuple(
        narrowed if one is use else one for one in item.uses if one is not use or narrowed is not None
    )
    merged.entries[Kind.ITEM, item.id] = replace(entry, definition=item.model_copy(update={"uses": uses}))
    merged.changes.append(f"{Kind.USE.label} {item.id}:{use.purpose}: {narrowing.because}（狭めた）")


def _narrow_use(use: Use, narrowing: Narrowing) -> Use | None:
    """The narrowed use; None when nothing is left of it; `use` itself when nothing became narrower."""
    recipients = tuple(role for role in use.recipients if role not in narrowing.remove_recipients)
    if narrowing.remove_use or not recipients:
        return None
    years = min(use.retain_years, narrowing.retain_years or use.retain_years)
    if recipients == use.recipients and years == use.retain_years:
        return use
    return use.model_copy(update={"recipients": recipients, "retain_years": years})


def _adopt(merged: Merged, adoption: LocalAdoption, spot: Spot) -> None:
    adopt_one = _ADOPTERS.get(adoption.kind)
    if adopt_one is None:
        merged.add_problem(
            "not_adoptable",
            spot,
            f"{adoption.kind.label}は、それだけでは採用の対象になりません。",
            "項目は use（<項目>:<目的>）として採用します。コード表は、それを使うものと一緒に採用されます。",
        )
        return
    if adoption.review_on <= adoption.adopted_on:
        merged.add_problem(
            "adoption_incomplete",
            spot,
            f"「{adoption.id}」の見直し日が採用日より後ではありません。",
            "review_on を直してください。",
        )
        return
    adopt_one(merged, adoption, spot)


def _adopt_entry(merged: Merged, adoption: LocalAdoption, spot: Spot) -> None:
    entry = merged.entries.get((adoption.kind, adoption.id))
    if entry is None:
        _report_unknown(merged, adoption, spot, (id for kind, id in merged.entries if kind is adoption.kind))
    elif _check_fingerprint(
        merged, adoption, spot, get_fingerprint(entry.definition, list_code_lists(merged.entries))
    ):
        adopted = entry.definition.model_copy(update={"adoption": _make_adoption(adoption)})
        merged.entries[adoption.kind, adoption.id] = replace(entry, definition=adopted)


def _adopt_use(merged: Merged, adoption: LocalAdoption, spot: Spot) -> None:
    item_id, _, purpose = adoption.id.partition(":")
    entry = merged.entries.get((Kind.ITEM, item_id))
    item = entry.definition if entry else None
    use = item.find_use(purpose) if isinstance(item, Item) else None
    if entry is None or not isinstance(item, Item) or use is None:
        _report_unknown(merged, adoption, spot, _list_use_ids(merged.entries))
        return
    fingerprint = get_use_fingerprint(item, use, list_code_lists(merged.entries))
    if _check_fingerprint(merged, adoption, spot, fingerprint):
        adopted = use.model_copy(update={"adoption": _make_adoption(adoption)})
        uses = tuple(adopted if one is use else one for one in item.uses)
        merged.entries[Kind.ITEM, item.id] = replace(entry, definition=item.model_copy(update={"uses": uses}))


_ADOPTERS: Mapping[Kind, Callable[[Merged, LocalAdoption, Spot], None]] = {
    Kind.PURPOSE: _adopt_entry,
    Kind.FEED: _adopt_entry,
    Kind.INDICATOR: _adopt_entry,
    Kind.PACK: _adopt_entry,
    Kind.SILENCE: _adopt_entry,
    Kind.ROLE: _adopt_entry,
    Kind.USE: _adopt_use,
}


def list_code_lists(entries: Entries) -> dict[str, CodeList]:
    """The code lists among the entries, by id."""
    return {
        entry.id: entry.definition for entry in entries.values() if isinstance(entry.definition, CodeList)
    }


def _make_adoption(adoption: LocalAdoption) -> Adoption:
    return Adoption(
        status=Status.ADOPTED,
        adopted_by=adoption.adopted_by,
        adopted_on=adoption.adopted_on,
        review_on=adoption.review_on,
    )


def _check_fingerprint(merged: Merged, adoption: LocalAdoption, spot: Spot, fingerprint: str) -> bool:
    if adoption.fingerprint == fingerprint:
        return True
    if adoption.fingerprint is None:
        merged.add_problem(
            "adoption_unpinned",
            spot,
            f"「{adoption.id}」をどの内容で採用したのかが書かれていません。",
            f"内容を確かめたうえで「fingerprint: {fingerprint}」を書き足してください。",
        )
    else:
        merged.add_problem(
            "changed_since_adoption",
            spot,
            f"「{adoption.id}」の内容が、採用したときから変わっています。",
            f"内容を確かめ直し、採用し直すなら fingerprint を {fingerprint} にして日付を改めてください。",
        )
    return False


def _report_unknown(merged: Merged, adoption: LocalAdoption, spot: Spot, known: Iterable[str]) -> None:
    merged.add_problem(
        "unknown_adoption",
        spot,
        f"採用する相手の{adoption.kind.label}「{adoption.id}」がありません。",
        suggest(adoption.id, known) or "id を確かめてください。",
    )


def _list_use_ids(entries: Entries) -> list[str]:
    return [
        f"{entry.id}:{use.purpose}"
        for entry in entries.values()
        if isinstance(entry.definition, Item)
        for use in entry.definition.uses
    ]
