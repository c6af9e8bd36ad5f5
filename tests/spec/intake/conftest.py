"""A town with three hand-made feeds, to which a test hands files of a few lines."""

import json
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest

from tsunagu.catalog.catalog import Catalog
from tsunagu.catalog.feeds import Feed
from tsunagu.catalog.items import Item, get_fact_table
from tsunagu.catalog.municipality import Municipality
from tsunagu.catalog.purposes import CodeList, Purpose
from tsunagu.intake import check_feed_file, intake_files
from tsunagu.intake.tables import DELIVERY
from tsunagu.store.commit import open_reader
from tsunagu.store.facts import CLOSURE, COVERAGE
from tsunagu.store.identity import RECORD, RECORD_CLOSURE
from tsunagu.store.landing import FILE, PROBLEM

PURPOSE = "poverty_support"
OPENED_FOR = date(2024, 12, 31)


def make_title(text):
    return {"ja": text}


def make_codes(name, **written):
    codes = [
        {"id": code, "title": make_title(code), "written": spellings} for code, spellings in written.items()
    ]
    return CodeList.model_validate({"id": name, "title": make_title(name), "codes": codes})


def make_item(name, kind, uses=(PURPOSE,), **values):
    use = {"legal_basis": "例", "relevance": "例", "recipients": ["coordinator"], "retain_years": 5}
    return Item.model_validate(
        {
            "id": name,
            "title": make_title(name),
            "department": "education",
            "kind": kind,
            "holder": "教育委員会",
            "values": {key: {"title": make_title(key), **value} for key, value in values.items()},
            "uses": [{"purpose": purpose, "review_on": "2030-03-31", **use} for purpose in uses],
        }
    )


def make_feed(name, columns, **changes):
    department = name.partition("/")[0]
    return Feed.model_validate(
        {
            "id": name,
            "title": make_title(name),
            "department": department,
            "owner": "係",
            "cadence": "monthly",
            "delivery": "snapshot",
            "file_names": ["*.csv"],
            "format": {"kind": "csv"},
            "known_from": "file_name",
            "coverage": {"period": "reference_day", "stale_after_days": 30},
            "columns": columns,
            **changes,
        }
    )


CODE_LISTS = {
    "sex": make_codes("sex", male=["男", "1"], female=["女", "2"]),
    "circle": make_codes("circle", yes=["○"], no=[""]),
    "yes_no": make_codes("yes_no", yes=["有"], no=["無"]),
    "mark": make_codes("mark", absent=["欠席", "欠"], late=["遅刻"]),
}
ITEMS = {
    "mark": make_item("mark", "event", mark={"type": "code", "codes": "mark"}),
    "stay": make_item(
        "stay", "state", place={"type": "text"}, is_special={"type": "flag"}, fee={"type": "yen"}
    ),
    "measure": make_item("measure", "event", height={"type": "number"}, teeth={"type": "integer"}),
    "secret": make_item("secret", "event", uses=()),
}
MARKS = make_feed(
    "education/marks",
    [
        {"header": "学校", "to": ["scope.school"], "required": True},
        {"header": "年月", "to": ["scope.month"], "type": "year_month", "required": True},
        {"header": "番号", "required": True},
        {"header": "日付", "to": ["mark.occurred_on"], "type": "date", "required": True},
        {"header": "区分", "to": ["mark.mark"], "type": "code", "codes": "mark", "required": True},
    ],
    subject={"system": "school", "column": "番号"},
    record_key=["番号", "日付"],
    coverage={"scope": "school", "period": "month", "stale_after_days": 30},
)
STAYS = make_feed(
    "education/stays",
    [
        {"header": "番号", "aliases": ["整理番号"]},
        {"header": "氏名", "to": ["identity.name"]},
        {"header": "カナ", "to": ["identity.kana"], "may_be_absent": True},
        {"header": "生年月日", "to": ["identity.birth_date"], "type": "date", "may_be_absent": True},
        {"header": "性別", "to": ["identity.sex"], "type": "code", "codes": "sex", "may_be_absent": True},
        {"header": "園", "to": ["stay.place"]},
        {"header": "開始日", "to": ["stay.valid_from"], "type": "date", "required": True},
        {"header": "終了日", "to": ["stay.valid_to"], "type": "date", "is_last_day": True},
        {
            "header": "特別",
            "to": ["stay.is_special"],
            "type": "flag",
            "codes": "circle",
            "may_be_absent": True,
        },
        {"header": "料金", "to": ["stay.fee"], "type": "yen", "may_be_absent": True, "minimum": 0},
    ],
    subject={"system": "stays", "column": "番号"},
    record_key=["番号"],
)
MEASURES = make_feed(
    "health/measures",
    [
        {"header": "宛名番号", "to": ["identity.atena_number"], "required": True},
        {"header": "測定日", "to": ["measure.occurred_on"], "type": "date", "required": True},
        {"header": "身長", "to": ["measure.height"], "type": "number", "minimum": 30, "maximum": 200},
        {"header": "歯", "to": ["measure.teeth"], "type": "integer"},
        {"header": "予定日", "type": "date"},
        {"header": "整理", "pattern": "[A-Z][0-9]{3}"},
    ],
    delivery="delta",
    subject={"system": "health", "column": "宛名番号"},
    record_key=["宛名番号", "測定日"],
    checks=[
        {
            "code": "early",
            "kind": "not_before",
            "column": "測定日",
            "other": "予定日",
            "message": "予定日より前です。",
        }
    ],
)


def make_catalog(*feeds, items=ITEMS, active=(PURPOSE,), code="999999"):
    purpose = Purpose.model_validate(
        {
            "id": PURPOSE,
            "title": make_title("支援"),
            "description": "例",
            "coordinator": "例",
            "review_on": "2030-03-31",
        }
    )
    return Catalog(
        purposes={PURPOSE: purpose},
        items=items,
        code_lists=CODE_LISTS,
        feeds={feed.id: feed for feed in feeds},
        indicators={},
        packs={},
        opened_for=OPENED_FOR,
        municipality=Municipality(code=code, name="試験市", active_purposes=active),
    )


@dataclass
class Town:
    """A home, its catalogue and a folder for what departments hand over."""

    home: object
    inbox: Path
    catalog: Catalog = field(default_factory=lambda: make_catalog(MARKS, STAYS, MEASURES))

    def write(self, name, text, *, day="2024-06-05", encoding="utf-8"):
        """A file below the folder of the day it was handed over; the table's blanks are left out."""
        path = self.inbox / day / name
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = [line.strip() for line in text.strip().splitlines()]
        content = text if isinstance(text, bytes) else ("\n".join(lines) + "\n").encode(encoding)
        path.write_bytes(content)
        return path

    def take(self, *paths, **options):
        return intake_files(self.home, self.catalog, list(paths), **options)

    def hand_over(self, name, text, *, day="2024-06-05", encoding="utf-8", **options):
        """Write one file and take it in."""
        (outcome,) = self.take(self.write(name, text, day=day, encoding=encoding), **options)
        return outcome

    def check(self, name, text, **options):
        return check_feed_file(self.home, self.catalog, self.write(name, text), **options)

    def query(self, sql):
        tables = [FILE, PROBLEM, DELIVERY, RECORD, RECORD_CLOSURE, CLOSURE, COVERAGE]
        with open_reader(self.home, "test") as reader:
            for table in [*tables, *map(get_fact_table, self.catalog.items.values())]:
                reader.attach(table)
            return reader.engine.list_rows(sql)

    def list_known(self, item, columns, as_of):
        """The rows of an item's versions that count as known on a day, sorted."""
        order = ", ".join(str(place + 1) for place in range(columns.count(",") + 1))
        return self.query(
            f"SELECT {columns} FROM facts.{item} AS v WHERE v.known_from <= DATE '{as_of}' AND NOT EXISTS ("  # noqa: S608 - our own names
            f"SELECT 1 FROM facts.closure AS c WHERE c.item = '{item}' AND c.record_id = v.record_id "
            f"AND c.version_known_from = v.known_from AND c.known_to <= DATE '{as_of}') ORDER BY {order}"
        )

    def list_problems(self):
        return self.query(
            "SELECT row, column_name, code, is_row_dropped FROM landing.problem ORDER BY row, column_name, code"
        )

    @property
    def journal(self):
        text = (self.home.journal / "journal.jsonl").read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines()]


@pytest.fixture
def town(home, tmp_path):
    return Town(home, tmp_path / "inbox")


@pytest.fixture
def feeds():
    """The hand-made feeds and the makers, for tests that change them."""
    return {
        "marks": MARKS,
        "stays": STAYS,
        "measures": MEASURES,
        "make_feed": make_feed,
        "make_catalog": make_catalog,
        "make_item": make_item,
        "items": ITEMS,
    }
