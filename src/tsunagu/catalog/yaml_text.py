"""YAML read as text: every scalar stays the text it was written as, and every key remembers its line.

Refused, because they hide what a reader needs to see: duplicate keys, anchors and aliases, merge keys, tags,
several documents in a file, and empty values (leave the key out instead; `""` is an explicit empty text).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

import yaml

from tsunagu.catalog.problems import DefinitionProblem

Place = tuple[str | int, ...]
"""Keys and positions from the top of a document down to one value."""

Text = str | list["Text"] | dict[str, "Text"]
"""What a YAML document becomes: text, lists and mappings, nothing else."""

MAXIMUM_DEPTH = 20
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_EMPTY_WORDS = ("", "~", "null", "Null", "NULL")


@dataclass(frozen=True, slots=True)
class Spot:
    """Where something is written; the first line is 1."""

    file: str
    line: int


@dataclass(slots=True)
class Document:
    """What was read: `data` as text, and for each place in it the spot it was written at.

    A feed is one document made of two files.
    """

    file: str
    data: Text = ""
    spots: dict[Place, Spot] = field(default_factory=dict)
    problems: list[DefinitionProblem] = field(default_factory=list)

    def get_spot(self, place: Place = ()) -> Spot:
        """The spot of `place`, or of the nearest thing around it."""
        while place and place not in self.spots:
            place = place[:-1]
        return self.spots.get(place, Spot(self.file, 1))

    def add_problem(self, code: str, spot: Spot, what: str, todo: str) -> None:
        """Note one problem."""
        self.problems.append(DefinitionProblem(spot.file, spot.line, code, what, todo))


class _UnreadableError(Exception):
    """The document cannot be read past this point; the problem is already noted."""


def read_yaml(path: Path, shown_as: str) -> Document:
    """Read one YAML file; what is wrong with it stands in `problems`."""
    document = Document(shown_as)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        document.add_problem(
            "not_utf8",
            Spot(shown_as, 1),
            "文字コードがUTF-8ではありません。",
            "UTF-8で保存し直してください。",
        )
        return document
    return parse_yaml(text, shown_as)


def parse_yaml(text: str, shown_as: str) -> Document:
    """Read YAML text; what is wrong with it stands in `problems`."""
    document = Document(shown_as)
    try:
        _Builder(document, iter(yaml.parse(text, Loader=_LOADER))).build()
    except _UnreadableError:
        pass
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        document.add_problem(
            "yaml_syntax",
            Spot(shown_as, line),
            "YAMLとして読めません。",
            "字下げ（半角空白）、コロンの後の空白、引用符の閉じ忘れを確かめてください。",
        )
    except yaml.YAMLError:
        document.add_problem(
            "yaml_syntax",
            Spot(shown_as, 1),
            "YAMLに使えない文字が入っています。",
            "制御文字を消してください。",
        )
    return document


def _is_plain(event: yaml.Event) -> bool:
    # Without quotes; libyaml says "" where the Python parser says None.
    return not getattr(event, "style", None)


class _Builder:
    """Turns the parser's events into text, noting what is not allowed."""

    def __init__(self, document: Document, events: Iterator[yaml.Event]) -> None:
        self.document = document
        self.events = events

    def build(self) -> None:
        is_filled = False
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent) and is_filled:
                self._refuse(
                    event,
                    "many_documents",
                    "一つのファイルに文書が二つ以上あります。",
                    "「---」でファイルを分けてください。",
                )
            if isinstance(event, yaml.NodeEvent):
                self.document.data = self._build_node(event, ())
                is_filled = True
        if not is_filled:
            self.document.add_problem(
                "empty_file",
                Spot(self.document.file, 1),
                "ファイルに何も書かれていません。",
                "内容を書くか、ファイルを消してください。",
            )
            raise _UnreadableError

    def _build_node(self, event: yaml.Event, place: Place) -> Text:
        self.document.spots.setdefault(place, self._get_spot(event))
        if len(place) > MAXIMUM_DEPTH:
            self._refuse(event, "too_deep", "入れ子が深すぎます。", "字下げを見直してください。")
        self._check_plainness(event)
        if isinstance(event, yaml.MappingStartEvent):
            return self._build_mapping(place)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._build_sequence(place)
        return self._build_scalar(event)

    def _build_mapping(self, place: Place) -> dict[str, Text]:
        mapping: dict[str, Text] = {}
        for key_event in self.events:
            if isinstance(key_event, yaml.MappingEndEvent):
                break
            key = self._build_key(key_event)
            inner = (*place, key)
            if key in mapping:
                self._note(
                    key_event,
                    "duplicate_key",
                    f"「{key}」が同じ場所に二度書かれています（{self.document.spots[inner].line}行目にもあります）。",
                    "どちらか一方を消してください。",
                )
                self._build_node(next(self.events), (*place, f"{key} (2)"))
                continue
            self.document.spots[inner] = self._get_spot(key_event)
            mapping[key] = self._build_node(next(self.events), inner)
        return mapping

    def _build_key(self, event: yaml.Event) -> str:
        if not isinstance(event, yaml.ScalarEvent):
            self._refuse(
                event, "bad_key", "見出し（キー）が語ではありません。", "見出しには語を一つ書いてください。"
            )
        self._check_plainness(event)
        if event.value == "<<" and _is_plain(event):
            self._note(
                event,
                "merge_key",
                "「<<」は使えません。読む人から意味が隠れるためです。",
                "取り込みたい行を、その場に書いてください。",
            )
        return str(event.value)

    def _build_sequence(self, place: Place) -> list[Text]:
        values: list[Text] = []
        for event in self.events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            values.append(self._build_node(event, (*place, len(values))))
        return values

    def _build_scalar(self, event: yaml.Event) -> str:
        value = str(getattr(event, "value", ""))
        if _is_plain(event) and value in _EMPTY_WORDS:
            self._note(
                event,
                "empty_value",
                "値が書かれていません。",
                '値を書くか、行を消してください（空の文字を表すには "" と書きます）。',
            )
        return value

    def _check_plainness(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.AliasEvent):
            self._refuse(
                event,
                "alias",
                "「*」による参照は使えません。読む人から意味が隠れるためです。",
                "参照先の内容を、その場に書いてください。",
            )
        if getattr(event, "anchor", None):
            self._note(
                event,
                "alias",
                "「&」による目印は使えません。読む人から意味が隠れるためです。",
                "目印を消してください。",
            )
        if getattr(event, "tag", None):
            self._note(
                event,
                "tag",
                "「!」による型の指定は使えません。",
                "型の指定を消してください。",
            )

    def _get_spot(self, event: yaml.Event) -> Spot:
        return Spot(self.document.file, event.start_mark.line + 1 if event.start_mark else 1)

    def _note(self, event: yaml.Event, code: str, what: str, todo: str) -> None:
        self.document.add_problem(code, self._get_spot(event), what, todo)

    def _refuse(self, event: yaml.Event, code: str, what: str, todo: str) -> NoReturn:
        self._note(event, code, what, todo)
        raise _UnreadableError
