"""The manifest of a drafted feed: that of the known feed it is like, said in the headings of the file."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tsunagu.catalog.feeds import KEY_WORDS, Feed, FeedColumn
from tsunagu.catalog.words import Department
from tsunagu.intake.drafting.proposals import Proposal
from tsunagu.intake.drafting.table_shape import FoundTable
from tsunagu.intake.naming import find_name_date

UNSURE = "確"
"""Begins the note of a setting that an officer has to look at."""
_DIGITS = re.compile(r"\d+")
_STARS = re.compile(r"\*[*_\-. ]*\*")
_NEW_NAME = "new_feed"
# Said of a file that is like no known feed; each of it is marked for the officer to look at.
_UNKNOWN_FEED: Mapping[str, Any] = {
    "cadence": "monthly",
    "delivery": "delta",
    "coverage.scope": "municipality",
    "coverage.period": "reference_day",
    "coverage.stale_after_days": 45,
}
# What a known feed's manifest says, by what becomes of it in the draft: taken over as it is (plain values, and blocks
# whose values have paths of their own); said anew from the file; or said in the file's headings.
_PLAIN = ("owner", "cadence", "delivery", "scope", "may_be_empty", "delta_when_name_has")
_BLOCKS = ("coverage", "volume")
_SAID_ANEW = ("id", "title", "department", "file_names", "format", "columns", "adoption", "known_from")
_BY_HEADINGS = ("subject", "record_key", "items", "checks", "constants")


def draft_settings(
    file_name: str,
    table: FoundTable,
    family: Feed | None,
    proposals: Sequence[Proposal],
    known_ids: Iterable[str],
    department: Department | None,
) -> tuple[dict[str, Any], dict[str, str]]:
    """Settings by path, and notes for those an officer has to look at."""
    headings = map_headings(proposals)
    settings: dict[str, Any] = dict(_UNKNOWN_FEED) if family is None else _take_over(family)
    notes: dict[str, str] = {}
    if family is None:
        notes = {path: f"{UNSURE}かめてください。似た様式が無いので、仮の値です。" for path in _UNKNOWN_FEED}
    settings |= _describe_format(table)
    settings["id"] = _find_free_id(family, known_ids, department)
    settings["title.ja"] = _make_title(file_name)
    settings.setdefault("owner", "（担当課）")
    if family is None:
        notes["owner"] = f"{UNSURE}かめてください。担当課の名前を書いてください。"
    settings["file_names"] = [make_pattern(file_name)]
    settings["known_from"] = "file_name" if find_name_date(file_name) else "received_on"
    _fill_keys(settings, notes, family, headings, proposals)
    return settings, notes


def map_headings(proposals: Sequence[Proposal]) -> dict[str, str]:
    """The file's heading for each heading of the known feed."""
    return {one.concept: one.heading for one in proposals if one.concept is not None and one.entries}


def draft_details(family: Feed | None, headings: Mapping[str, str]) -> dict[str, Any]:
    """Rules of the known feed that still make sense: every heading they name is in the file."""
    if family is None:
        return {}
    content = family.model_dump(mode="json", exclude_defaults=True)
    details: dict[str, Any] = {}
    for item, rule in content.get("items", {}).items():
        details[f"items.{item}"] = _translate_rule(rule, headings)
    for target, value in content.get("constants", {}).items():
        details[f"constants.{target}"] = value
    checks = [
        {**check, "column": headings[check["column"]], "other": headings.get(check["other"], check["other"])}
        for check in content.get("checks", [])
        if check["column"] in headings and (check["other"] in headings or check["other"].startswith("@"))
    ]
    if checks:
        details["checks"] = checks
    known = {*_PLAIN, *_BLOCKS, *_SAID_ANEW, *_BY_HEADINGS}
    return details | {key: value for key, value in content.items() if key not in known}


def translate_entry(
    entry: FeedColumn, headings: Mapping[str, str], spellings: Mapping[str, Sequence[str]]
) -> FeedColumn:
    """A reading with its conditions said in the file's headings and spellings; conditions that cannot be are dropped.

    Args:
        entry: the reading.
        headings: the file's heading for each known one.
        spellings: by known heading and spelling (`heading=spelling`), how the file writes the same code.
    """

    def translate(condition: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
        return {
            headings[header]: tuple(
                dict.fromkeys(mine for text in texts for mine in spellings.get(f"{header}={text}", (text,)))
            )
            for header, texts in condition.items()
            if header in headings
        }

    update = {"when": translate(entry.when), "unknown_when": translate(entry.unknown_when)}
    return entry.model_copy(update=update)


def make_pattern(file_name: str) -> str:
    """The file's name with every number left open."""
    path = Path(unicodedata.normalize("NFC", file_name))
    stem = _STARS.sub("*", _DIGITS.sub("*", path.stem))
    return f"{stem if '*' in stem else stem + '*'}{path.suffix}"


def _take_over(family: Feed) -> dict[str, Any]:
    content = family.model_dump(mode="json", exclude_defaults=True)
    settings: dict[str, Any] = {key: content[key] for key in _PLAIN if key in content}
    for block in _BLOCKS:
        settings |= {f"{block}.{key}": value for key, value in content.get(block, {}).items()}
    return settings


def _describe_format(table: FoundTable) -> dict[str, Any]:
    content = table.format.model_dump(mode="json", exclude_none=True)
    return {f"format.{key}": value for key, value in content.items()}


def _find_free_id(family: Feed | None, known_ids: Iterable[str], department: Department | None) -> str:
    folder, name = family.id.split("/") if family else (department or Department.EDUCATION, _NEW_NAME)
    known = set(known_ids)
    number = 2 if family else 1
    while f"{folder}/{name}_{number}" in known:
        number += 1
    return f"{folder}/{name}_{number}"


def _make_title(file_name: str) -> str:
    stem = unicodedata.normalize("NFC", Path(file_name).stem)
    return " ".join(_DIGITS.sub(" ", stem).replace("_", " ").split()) or "新しい様式"


def _fill_keys(
    settings: dict[str, Any],
    notes: dict[str, str],
    family: Feed | None,
    headings: Mapping[str, str],
    proposals: Sequence[Proposal],
) -> None:
    """Who and what a row is about, in the file's own headings."""
    subject = headings.get(family.subject.column) if family else None
    record_key = _translate(family.record_key, headings) if family else []
    if family is not None:
        settings["subject.system"] = family.subject.system
        others = _translate(family.subject.with_columns, headings)
        settings["subject.with_columns"] = others
        if len(others) < len(family.subject.with_columns):
            notes["subject.with_columns"] = (
                f"{UNSURE}かめてください。{family.title.ja}では「{'、'.join(family.subject.with_columns)}」も要りました。"
            )
    else:
        settings["subject.system"] = "new_system"
        notes["subject.system"] = (
            f"{UNSURE}かめてください。番号を出している業務システムの名前を、英小文字で。"
        )
    if subject is None:
        subject = _find_key(proposals)
        notes["subject.column"] = f"{UNSURE}かめてください。どの列が一人を指すか、見つけられませんでした。"
    settings["subject.column"] = subject
    if family is None or len(record_key) < len(family.record_key):
        notes["record_key"] = f"{UNSURE}かめてください。どの列で一つの記録が決まるか、言い切れません。"
    settings["record_key"] = record_key or [subject]


def _find_key(proposals: Sequence[Proposal]) -> str:
    for target in ("identity.atena_number", "identity.name"):
        found = next((one.heading for one in proposals if target in one.targets), None)
        if found is not None:
            return found
    return next((one.heading for one in proposals if one.entries), "")


def _translate(names: Sequence[str], headings: Mapping[str, str]) -> list[str]:
    return [headings.get(name, name) for name in names if name in headings or name in KEY_WORDS]


def _translate_rule(rule: Mapping[str, Any], headings: Mapping[str, str]) -> dict[str, Any]:
    translated = dict(rule)
    if "record_key" in rule:
        translated["record_key"] = _translate(rule["record_key"], headings)
    if "only_when" in rule:
        translated["only_when"] = {headings[k]: v for k, v in rule["only_when"].items() if k in headings}
    return {key: value for key, value in translated.items() if value}
