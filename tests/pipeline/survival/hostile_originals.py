"""Valid files of every kind that intake reads: the shipped feeds' samples, and a few feeds of the rarer kinds.

`write_originals(catalog, folder)` gives the files; `add_rare_kinds(catalog)` the catalogue that reads them all.
"""

import csv
import importlib.util
import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path

from tsunagu.catalog.feeds import Feed
from tsunagu.catalog.formats import Encoding, FileKind
from tsunagu.catalog.loading import find_shipped_definitions

TESTS = Path(__file__).resolve().parents[2]


def load_module(path):
    spec = importlib.util.spec_from_file_location(f"beside_{path.parent.name}_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


samples = load_module(TESTS / "golden" / "feeds" / "conftest.py")
older_workbooks = load_module(TESTS / "unit" / "intake" / "conftest.py")

PEOPLE = [
    (f"{number:04d}", f"架空　{letter}子", "S1", "2024-04-01") for number, letter in enumerate("甲乙丙丁戊")
]
HEADINGS = {"番号": None, "氏名": "identity.name", "学校": "school_enrolment.school_id"}
LENGTHS = {"番号": 4, "氏名": 12, "学校": 4, "開始日": 10}


def make_feed(name, kind, pattern, *, headings=HEADINGS, start="開始日", number="番号", **shape):
    columns = [
        {"header": header} | ({"to": [target]} if target else {}) for header, target in headings.items()
    ]
    start_column = {"header": start, "to": ["school_enrolment.valid_from"], "type": "date", "required": True}
    return Feed.model_validate(
        {
            "id": f"education/{name}",
            "title": {"ja": name},
            "department": "education",
            "owner": "係",
            "cadence": "monthly",
            "delivery": "delta",
            "file_names": [pattern],
            "format": {"kind": kind, **shape},
            "known_from": "file_name",
            "subject": {"system": name, "column": number},
            "record_key": [number],
            "coverage": {"period": "reference_day", "stale_after_days": 30},
            "columns": [*columns, start_column],
        }
    )


def list_rare_feeds():
    places, start = [], 1
    for header, length in LENGTHS.items():
        places.append({"header": header, "start_byte": start, "length_bytes": length})
        start += length
    fields = [{"header": header, "path": f"child.{header}"} for header in LENGTHS]
    joined = {
        "rows.番号": None,
        "rows.人": None,
        "rows.学校": "school_enrolment.school_id",
        "people.氏名": "identity.name",
    }
    tables = [{"file": "people.csv", "key": "番号", "by": "rows.人"}]
    record = {"record_bytes": start - 1, "fields": places}
    return [
        make_feed("records", "fixed_width", "固定長_*.txt", encodings=["cp932"], record=record),
        make_feed("documents", "json", "文書_*.json", document={"rows": "children", "fields": fields}),
        make_feed(
            *("archives", "zip", "束_*.zip"),
            headings=joined,
            start="rows.開始日",
            number="rows.番号",
            archive={"rows": "rows.csv", "tables": tables},
        ),
        make_feed("older_books", "excel", "旧表_*.xls", sheet="旧表"),
    ]


def add_rare_kinds(catalog):
    return replace(catalog, feeds={**catalog.feeds, **{feed.id: feed for feed in list_rare_feeds()}})


def write_originals(catalog, folder):
    """Every shipped feed's sample as its department writes it, some in UTF-16 too, and one file of each rarer kind."""
    folder.mkdir()
    shipped = find_shipped_definitions() / "feeds"
    written = [
        _write_sample(folder / Path(samples.SAMPLE_NAMES[feed.id]).name, feed, shipped / feed.id)
        for feed in catalog.feeds.values()
        if (shipped / feed.id).is_dir()
    ]
    wide = [path for path in written if path.suffix == ".csv"][::4]
    for path in wide:
        other = path.with_name(f"16_{path.name}")
        other.write_bytes(_read_text(path.read_bytes()).encode("utf-16"))
        written.append(other)
    for name, content in _make_rare_files().items():
        (folder / name).write_bytes(content)
        written.append(folder / name)
    return written


def _write_sample(path, feed, sample):
    if (sample / "sample").is_dir():
        path.write_bytes(
            pack({part.name: part.read_bytes() for part in sorted((sample / "sample").iterdir())})
        )
        return path
    if feed.format.kind is FileKind.JSON:
        path.write_bytes((sample / "sample.json").read_bytes())
        return path
    text = (sample / "sample.csv").read_text(encoding="utf-8")
    if feed.format.kind is FileKind.EXCEL:
        samples._write_workbook(path, feed, text)
    elif feed.format.encodings[0] is Encoding.CP932:
        path.write_bytes(text.replace("\n", "\r\n").encode("cp932"))
    else:
        path.write_bytes(text.encode("utf-8-sig" if feed.id in samples.WITH_BOM else "utf-8"))
    return path


def _read_text(content):
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp932")


def _make_rare_files():
    records = [
        "".join(_pad(cell, length) for cell, length in zip(row, LENGTHS.values(), strict=True))
        for row in PEOPLE
    ]
    children = [{"child": dict(zip(LENGTHS, row, strict=True))} for row in PEOPLE]
    rows = [("番号", "人", "学校", "開始日"), *((f"E{row[0]}", row[0], row[2], row[3]) for row in PEOPLE)]
    people = [("番号", "氏名"), *(row[:2] for row in PEOPLE)]
    tables = {"rows.csv": _write_csv(rows), "people.csv": _write_csv(people)}
    return {
        "固定長_20250605.txt": "".join(f"{record}\r\n" for record in records).encode("cp932"),
        "文書_20250605.json": json.dumps({"children": children}, ensure_ascii=False, indent=1).encode(),
        "束_20250605.zip": pack(tables),
        "旧表_20250605.xls": older_workbooks._make_xls("旧表", [list(LENGTHS), *map(list, PEOPLE)]),
    }


def _pad(text, length):
    return text + " " * (length - len(text.encode("cp932")))


def _write_csv(rows):
    target = io.StringIO()
    csv.writer(target, lineterminator="\n").writerows(rows)
    return target.getvalue().encode()


def pack(members):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return target.getvalue()
