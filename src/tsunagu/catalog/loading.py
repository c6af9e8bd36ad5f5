"""Reads a folder of definitions: which file holds what, and where each entry is written.

Layout: `purposes.yaml`, `roles.yaml` and `items/*.yaml`, `indicators/*.yaml` hold lists; `silence.yaml`, `codes/*.yaml`,
`packs/*.yaml` hold one entry each; a feed is a folder `feeds/<department>/<feed>/` of `manifest.yaml`, `columns.yaml` and a sample.
"""

from dataclasses import dataclass, field
from pathlib import Path

import tsunagu
from tsunagu.catalog.feeds import Feed
from tsunagu.catalog.indicators import Indicator
from tsunagu.catalog.items import Item
from tsunagu.catalog.municipality import Kind
from tsunagu.catalog.packs import Pack
from tsunagu.catalog.problems import DefinitionProblem
from tsunagu.catalog.purposes import CodeList, Purpose
from tsunagu.catalog.roles import RoleRights
from tsunagu.catalog.silence import SilenceWatch
from tsunagu.catalog.validation import build_model
from tsunagu.catalog.words import Definition
from tsunagu.catalog.yaml_text import Document, Place, Spot, Text, read_yaml

MODELS: dict[Kind, type[Definition]] = {
    Kind.PURPOSE: Purpose,
    Kind.CODES: CodeList,
    Kind.ITEM: Item,
    Kind.FEED: Feed,
    Kind.INDICATOR: Indicator,
    Kind.PACK: Pack,
    Kind.SILENCE: SilenceWatch,
    Kind.ROLE: RoleRights,
}
LOCAL_ONLY_FILES = frozenset({"adoptions.yaml", "narrowings.yaml"})
# A file at the top, or every file of a folder.
_LISTS = {
    "purposes.yaml": Kind.PURPOSE,
    "roles.yaml": Kind.ROLE,
    "items/": Kind.ITEM,
    "indicators/": Kind.INDICATOR,
}
_SINGLES = {"silence.yaml": Kind.SILENCE, "codes/": Kind.CODES, "packs/": Kind.PACK}
_REPLACES = "replaces"


@dataclass(frozen=True, slots=True)
class Entry:
    """One definition and where it stands. `is_local` = from the municipality's overlay."""

    kind: Kind
    id: str
    definition: Definition
    document: Document = field(repr=False)
    place: Place = ()
    is_local: bool = False
    replaces_shipped: bool = False
    folder: Path | None = None
    """A feed's folder."""

    def get_spot(self, *inner: str | int) -> Spot:
        """Where the entry, or something inside it, is written."""
        return self.document.get_spot((*self.place, *inner))


@dataclass(slots=True)
class Definitions:
    """Everything read from one folder, problems included."""

    entries: list[Entry] = field(default_factory=list)
    problems: list[DefinitionProblem] = field(default_factory=list)

    def add_problem(self, code: str, spot: Spot, what: str, todo: str) -> None:
        """Note one problem."""
        self.problems.append(DefinitionProblem(spot.file, spot.line, code, what, todo))


def find_shipped_definitions() -> Path:
    """The shipped examples: inside an installed package, else the repository's `definitions/`."""
    package = Path(tsunagu.__file__).resolve().parent
    installed = package / "definitions"
    return installed if installed.is_dir() else package.parents[1] / "definitions"


def load_definitions(root: Path, *, is_local: bool = False, shown_as: str = "definitions") -> Definitions:
    """Read every definition under `root`.

    Args:
        root: the folder; a missing one holds nothing.
        is_local: whether it is a municipality's overlay.
        shown_as: how messages name the folder.
    """
    loaded = Definitions()
    for path in _list_yaml_files(root):
        _load_file(loaded, path.relative_to(root), root, is_local, shown_as)
    return loaded


def _list_yaml_files(root: Path) -> list[Path]:
    return sorted(path for path in root.rglob("*") if path.suffix in (".yaml", ".yml") and path.is_file())


def _load_file(loaded: Definitions, path: Path, root: Path, is_local: bool, shown_as: str) -> None:
    shown = f"{shown_as}/{path.as_posix()}"
    if is_local and path.as_posix() in LOCAL_ONLY_FILES:
        return
    list_kind, single_kind = _find_kind(path, _LISTS), _find_kind(path, _SINGLES)
    if list_kind is not None:
        _load_list(loaded, list_kind, read_yaml(root / path, shown), is_local)
    elif single_kind is not None:
        _load_single(loaded, single_kind, read_yaml(root / path, shown), is_local)
    elif len(path.parts) == 4 and path.parts[0] == "feeds" and path.name == "manifest.yaml":
        _load_feed(loaded, path.parent, root, is_local, shown_as)
    elif len(path.parts) == 4 and path.parts[0] == "feeds" and path.name == "columns.yaml":
        if not (root / path.parent / "manifest.yaml").is_file():
            loaded.add_problem(
                "missing_file",
                Spot(shown, 1),
                "同じフォルダーに manifest.yaml がありません。",
                "manifest.yaml を置いてください。",
            )
    else:
        loaded.add_problem(
            "unknown_file",
            Spot(shown, 1),
            "定義の置き場所として決まっていない場所にあります。読み込まれません。",
            "purposes.yaml、roles.yaml、silence.yaml、items/、codes/、indicators/、packs/、feeds/<部署>/<名前>/ のどれかに"
            "置いてください。名前の終わりは .yaml です。",
        )


def _find_kind(path: Path, kinds: dict[str, Kind]) -> Kind | None:
    if path.suffix != ".yaml":
        return None
    return kinds.get(path.as_posix() if len(path.parts) == 1 else f"{path.parent.as_posix()}/")


def _load_list(loaded: Definitions, kind: Kind, document: Document, is_local: bool) -> None:
    if document.data and not isinstance(document.data, list):
        document.add_problem(
            "not_a_list",
            document.get_spot(),
            "定義の並びではありません。",
            "「- id: …」の並びで書いてください。",
        )
    elif isinstance(document.data, list):
        for position, data in enumerate(document.data):
            _add_entry(loaded, kind, data, document, (position,), is_local)
    loaded.problems.extend(document.problems)


def _load_single(loaded: Definitions, kind: Kind, document: Document, is_local: bool) -> None:
    if document.data:
        _add_entry(loaded, kind, document.data, document, (), is_local)
        stem = Path(document.file).stem
        if (
            kind is not Kind.SILENCE
            and isinstance(document.data, dict)
            and document.data.get("id", stem) != stem
        ):
            document.add_problem(
                "wrong_file_name",
                document.get_spot(("id",)),
                "id とファイル名が違います。",
                f"id を {stem} にするか、ファイル名を直してください。",
            )
    loaded.problems.extend(document.problems)


def _load_feed(loaded: Definitions, folder: Path, root: Path, is_local: bool, shown_as: str) -> None:
    document = read_yaml(root / folder / "manifest.yaml", f"{shown_as}/{folder.as_posix()}/manifest.yaml")
    columns_path = root / folder / "columns.yaml"
    if not columns_path.is_file():
        document.add_problem(
            "missing_file",
            document.get_spot(),
            "同じフォルダーに columns.yaml がありません。",
            "列の定義 columns.yaml を置いてください。",
        )
    else:
        _merge_columns(document, read_yaml(columns_path, f"{shown_as}/{folder.as_posix()}/columns.yaml"))
    department, name = folder.parts[1:]
    if isinstance(document.data, dict) and columns_path.is_file():
        _fill_from_folder(document, document.data, {"id": f"{department}/{name}", "department": department})
        _add_entry(loaded, Kind.FEED, document.data, document, (), is_local, root / folder)
    loaded.problems.extend(document.problems)


def _merge_columns(document: Document, columns: Document) -> None:
    document.problems.extend(columns.problems)
    if not isinstance(columns.data, dict) or not isinstance(document.data, dict):
        return
    for key in sorted(columns.data.keys() & document.data.keys()):
        document.add_problem(
            "duplicate_key",
            columns.get_spot((key,)),
            f"「{key}」が manifest.yaml にも columns.yaml にも書かれています。",
            "どちらか一方を消してください。",
        )
    document.data = {**columns.data, **document.data}
    document.spots = {**columns.spots, **document.spots}


def _fill_from_folder(document: Document, data: dict[str, Text], expected: dict[str, str]) -> None:
    for key, value in expected.items():
        if data.setdefault(key, value) != value:
            document.add_problem(
                "wrong_folder",
                document.get_spot((key,)),
                f"「{key}」が置かれているフォルダーと違います。",
                f"{value} にするか、フォルダーを移してください。",
            )


def _add_entry(
    loaded: Definitions,
    kind: Kind,
    data: Text,
    document: Document,
    place: Place,
    is_local: bool,
    folder: Path | None = None,
) -> None:
    replaces = False
    if isinstance(data, dict) and is_local and _REPLACES in data:
        replaces = data[_REPLACES] == "shipped"
        if not replaces:
            document.add_problem(
                "unknown_word",
                document.get_spot((*place, _REPLACES)),
                "「replaces」に書けるのは shipped だけです。",
                "shipped と書くか、行を消してください。",
            )
        data = {key: value for key, value in data.items() if key != _REPLACES}
    definition = build_model(MODELS[kind], data, document, place)
    if definition is not None:
        # Every model of MODELS has an id.
        identifier = str(getattr(definition, "id", ""))
        loaded.entries.append(
            Entry(kind, identifier, definition, document, place, is_local, replaces, folder)
        )
