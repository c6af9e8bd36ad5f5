"""Files in real formats that none of us wrote: every one of a kind we read loads, or is refused for the right reason."""

import csv
import io
import re
import zipfile
from collections import Counter
from xml.etree import ElementTree

import pytest

from tsunagu.catalog.feeds import Feed
from tsunagu.catalog.items import get_fact_table
from tsunagu.intake.batch import FileStatus, check_feed_file, intake_files
from tsunagu.intake.read_excel import Workbook
from tsunagu.intake.refusals import FileRefusedError
from tsunagu.intake.source import open_source
from tsunagu.japanese import is_municipality_code
from tsunagu.store.commit import open_reader
from tsunagu.store.engine import Engine
from tsunagu.store.landing import PROBLEM

KINDS = (".csv", ".json", ".xlsx", ".zip")
# Every file lies under exactly one of these. Anything that is neither a feed nor a fault is a layout nobody declared.
OUTCOMES = {
    "address/*/*.csv": {"unknown_layout": 5},
    "address/*/*/*.json": {"unknown_layout": 36},
    "address/geolonia_towns/*.json": {"unknown_layout": 1},
    "fhir_r4/*.json": {"unknown_layout": 23},
    "gif/*.xlsx": {"unknown_layout": 2},
    "jp_checkup_fhir/*.*": {"unknown_layout": 2},
    "jp_checkup_fhir/broken/*.json": {"bad_json": 36},
    "jp_checkup_fhir/valid/*.json": {"health/municipal_checkup": 7},
    "jsontestsuite/*/i_*.json": {"bad_json": 24, "unknown_layout": 11},
    "jsontestsuite/*/n_*.json": {"bad_json": 187, "empty_file": 1},
    # Two of the 95 give a name twice: JSON, but no data.
    "jsontestsuite/*/y_*.json": {"unknown_layout": 93, "repeated_name": 2},
    "mado/*.csv": {"resident/resident_register": 1, "unknown_layout": 1},
    "oneroster/da2022_csv_import/*.*": {"unknown_layout": 2},
    "oneroster/da2022_rest_json/*.json": {"education/oneroster_users": 1, "unknown_layout": 3},
    "oneroster/meibo_jp_profile_cases/v*.csv": {"lone_table": 18},
    "oneroster/meibo_jp_profile_cases/INDEX.csv": {"unknown_layout": 1},
    "oneroster/roster_bridge_jpp/*.csv": {"lone_table": 3},
    "oneroster/rosterhub_exports/*.csv": {"lone_table": 5, "empty_file": 1},
    "oneroster/sds_microsoft/*.csv": {"lone_table": 6},
    "oneroster/sis_poc_xlsx/*.xlsx": {"unknown_layout": 2},
    "students/*.csv": {"unknown_layout": 2},
    "supports/*/*.json": {"unknown_layout": 12},
    "vectors/**/*.json": {"unknown_layout": 530},
}


def list_files(realdata):
    return {path for path in realdata.rglob("*") if path.suffix in KINDS}


@pytest.fixture(scope="session")
def say_outcome(feed_catalog, tmp_path_factory):
    """The feed a file is read by, or the reason it is refused for."""
    folder = tmp_path_factory.mktemp("realdata")

    def say(path):
        try:
            source = open_source(path.read_bytes(), path.name, list(feed_catalog.feeds.values()), folder)
        except FileRefusedError as error:
            return error.code
        return source.layout.feed.id

    return say


def test_every_file_is_expected(realdata):
    expected = [path for pattern in OUTCOMES for path in realdata.glob(pattern) if path.suffix in KINDS]
    assert len(expected) == len(set(expected))
    assert set(expected) == list_files(realdata)


@pytest.mark.parametrize("pattern", OUTCOMES)
def test_every_file_loads_or_is_refused_for_the_right_reason(realdata, say_outcome, pattern):
    files = [path for path in realdata.glob(pattern) if path.suffix in KINDS]
    assert Counter(map(say_outcome, files)) == OUTCOMES[pattern]


def test_broken_reports_are_refused_at_the_line_of_the_alias(realdata, feed_catalog, tmp_path):
    """All 36 hold names (`$lc-jlac10`) where a value belongs: the first of them is the place that is told."""
    for path in sorted((realdata / "jp_checkup_fhir" / "broken").glob("*.json")):
        with pytest.raises(FileRefusedError) as refused:
            open_source(path.read_bytes(), path.name, list(feed_catalog.feeds.values()), tmp_path)
        place = re.match(r"([\d,]+) 行目の ([\d,]+) 文字目から", refused.value.what)
        line, column = (int(number.replace(",", "")) for number in place.groups())
        lines = path.read_text(encoding="utf-8").splitlines()
        assert lines[line - 1][column - 1] == "$", path.name
        assert not any(re.search(r": \$", text) for text in lines[: line - 1]), path.name


# What is wrong in each of the six, and the rule that says so.
WRONG_REPORTS = {
    "Bundle-example17": [],
    "Bundle-example17-ng-obs-1": ["検査の状態"],
    "Bundle-example17-ng-obs-g1": ["検査の状態"],
    "Bundle-example17-ng-obs-9P506000000000011-cat": ["検査項目の分類"],
    "Bundle-example17-ng-obs-9P506000000000011-disp": ["検査項目の名称"],
    "Bundle-example17-ng-obs-9P506000000000011-system": ["検査項目の符号系"],
    "Bundle-example17-ng-result-2010": ["偶発症なしの名称"],
}


@pytest.mark.parametrize("name", WRONG_REPORTS)
def test_reports_that_are_wrong_in_meaning_are_flagged(realdata, feed_catalog, home, tmp_path, name):
    folder = tmp_path / "2021-11-01"
    folder.mkdir()
    (folder / f"{name}.json").write_bytes(
        (realdata / "jp_checkup_fhir" / "valid" / f"{name}.json").read_bytes()
    )
    (outcome,) = intake_files(home, feed_catalog, [folder])
    assert (outcome.status, outcome.kept) == (FileStatus.ACCEPTED, 1), outcome.refusal
    with open_reader(home, "test") as reader:
        reader.attach(PROBLEM)
        found = reader.engine.list_rows("SELECT column_name FROM landing.problem ORDER BY 1")
    assert [column for (column,) in found] == WRONG_REPORTS[name]


# The other tables of a delivery, around the case: what its one row points to.
COMPANIONS = {
    "orgs": "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\ntestOrg,,,学校,school,1,\n",
    "academicSessions": "sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,schoolYear\n"
    "testAcademicSession,,,2022年度,schoolYear,2022-04-01,2023-03-31,,2022\n",
    "courses": "sourcedId,status,dateLastModified,schoolYearSourcedId,title,courseCode,grades,orgSourcedId,subjects,subjectCodes\n"
    "testCourse,,,testAcademicSession,2022年度,,,testOrg,,\n",
    "classes": "sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,location,schoolSourcedId\n"
    "testClass,,,テスト組,,testCourse,,homeroom,,testOrg\n",
    "users": "sourcedId,status,dateLastModified,enabledUser,username,familyName,givenName,grades\ntestUser,,,true,a,山田,太郎,\n",
    "enrollments": "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role\n"
    "testEnrollment,,,testClass,testOrg,testUser,student\n",
}
TABLES = {"classroom": "classes", "course": "courses", "user": "users"}


@pytest.fixture
def hand_roster(home, feed_catalog, tmp_path):
    """Take in a ZIP of these tables, with a manifest that names them."""

    def hand(tables, *, mode="bulk", day="2025-11-20", name="RO_20251120.zip"):
        path = tmp_path / day / name
        path.parent.mkdir(exist_ok=True)
        manifest = "propertyName,value\n" + "".join(f"file.{table},{mode}\n" for table in tables)
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
            for table, content in {"manifest": manifest, **tables}.items():
                file.writestr(f"{table}.csv", content)
        return intake_files(home, feed_catalog, [path])[0]

    return hand


@pytest.fixture
def list_problems(home):
    def list_all():
        with open_reader(home, "test") as reader:
            reader.attach(PROBLEM)
            return reader.engine.list_rows(
                "SELECT row, column_name, code FROM landing.problem ORDER BY 1, 2, 3"
            )

    return list_all


def test_the_profile_cases_are_judged_as_their_index_says(realdata, feed_catalog, make_home, tmp_path):
    """Eighteen single rows; each goes into a delivery that is right but for that row."""
    folder = realdata / "oneroster" / "meibo_jp_profile_cases"
    index = list(csv.DictReader(io.StringIO((folder / "INDEX.csv").read_text(encoding="utf-8-sig"))))
    home = make_home(tmp_path / "home")
    said = {}
    for case in index:
        table = TABLES[case["file"].split("_")[2]]
        path = tmp_path / "2025-11-20" / f"RO_{case['file']}.zip"
        path.parent.mkdir(exist_ok=True)
        tables = {**COMPANIONS, table: (folder / case["file"]).read_text(encoding="utf-8")}
        manifest = "propertyName,value\n" + "".join(f"file.{name},bulk\n" for name in tables)
        with zipfile.ZipFile(path, "w") as file:
            for name, text in {"manifest": manifest, **tables}.items():
                file.writestr(f"{name}.csv", text)
        outcome = check_feed_file(home, feed_catalog, path)
        said[case["file"]] = "reject" if outcome.refusal else "accept"
        if outcome.refusal:
            assert outcome.refusal.code == "too_many_bad_rows"
            assert set(outcome.problems) <= {"unknown_code", "bad_format"}
    assert len(said) == 18
    assert said == {case["file"]: case["upstream_expects"] for case in index}


HUB_ENROLLMENTS = (
    "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,beginDate\n"
    + "".join(
        f"e{number},active,2025-01-15,testClass,org-e2e-001,{user},{role},2024-04-01\n"
        for number, (user, role) in enumerate(
            [
                ("csv-export-001", "student"),
                ("user-e2e-001", "student"),
                ("user-e2e-002", "teacher"),
                ("user-e2e-003", "student"),
            ]
        )
    )
)
HUB_CLASSES = COMPANIONS["classes"].replace("testOrg", "org-e2e-001").replace("testCourse", "")


def read_hub(realdata, name):
    (path,) = (realdata / "oneroster" / "rosterhub_exports").glob(f"{name}*.csv")
    return path.read_bytes()


def list_enrolments(home, feed_catalog):
    table = get_fact_table(feed_catalog.items["school_enrolment"])
    with open_reader(home, "test") as reader:
        reader.attach(table)
        sql = f"SELECT row, valid_from, valid_to, school_id, grade FROM {table.full_name} ORDER BY row"  # noqa: S608 # our own table
        return [tuple(map(str, row)) for row in reader.engine.list_rows(sql)]


def test_a_hub_that_departs_from_the_profile_is_read(
    realdata, home, feed_catalog, hand_roster, list_problems
):
    """`[]` without quotes, dates without a time, columns of version 1.1, a deleted pupil."""
    tables = {
        "users": read_hub(realdata, "users-2025-11-15-11796db0"),
        "orgs": read_hub(realdata, "orgs-2025-11-15"),
        "classes": HUB_CLASSES,
        "enrollments": HUB_ENROLLMENTS,
    }
    outcome = hand_roster(tables)
    assert (outcome.status, outcome.rows, outcome.kept) == (FileStatus.ACCEPTED, 3, 3), outcome.refusal
    assert list_enrolments(home, feed_catalog) == [
        ("2", "2024-04-01", "2026-04-01", "org-e2e-001", "None"),
        ("3", "2024-04-01", "2026-04-01", "org-e2e-001", "None"),
        # Deleted in the hub on that day.
        ("5", "2024-04-01", "2025-01-17", "org-e2e-001", "None"),
    ]
    assert list_problems() == []


@pytest.mark.parametrize(
    ("users", "orgs", "code"),
    [
        ("users-2025-11-15-298b7b29", "orgs-2025-11-15", "missing_table"),
        ("users-2025-11-15-11796db0", "orgs-2025-11-16-a5827b19", "broken_reference"),
    ],
)
def test_an_empty_table_is_no_roster(realdata, hand_roster, users, orgs, code):
    """A file without a byte, and one with headings alone."""
    outcome = hand_roster(
        {
            "users": read_hub(realdata, users),
            "orgs": read_hub(realdata, orgs),
            "classes": HUB_CLASSES,
            "enrollments": HUB_ENROLLMENTS,
        }
    )
    assert outcome.refusal.code == code


def test_a_delta_speaks_only_of_whom_it_names(realdata, home, feed_catalog, hand_roster):
    tables = {
        "users": read_hub(realdata, "users-2025-11-15-11796db0"),
        "orgs": read_hub(realdata, "orgs-2025-11-15"),
        "classes": HUB_CLASSES,
        "enrollments": HUB_ENROLLMENTS,
    }
    hand_roster(tables)
    tables["users"] = read_hub(realdata, "users-2025-11-15-051a36fe")
    tables["enrollments"] = "".join(HUB_ENROLLMENTS.splitlines(keepends=True)[:2]).replace(
        "active,2025-01-15", "tobedeleted,2025-12-01"
    )
    outcome = hand_roster(tables, mode="delta", day="2025-12-02", name="RO_20251202.zip")
    assert outcome.status is FileStatus.ACCEPTED, outcome.refusal
    assert [row[2] for row in list_enrolments(home, feed_catalog)].count("2026-04-01") == 2
    assert ("2", "2024-04-01", "2025-12-01", "org-e2e-001", "None") in list_enrolments(home, feed_catalog)


def test_grades_of_another_country_are_told(realdata, hand_roster):
    """`10` is no grade of the profile; `True` and columns nobody declared do no harm."""
    folder = realdata / "oneroster" / "roster_bridge_jpp"
    enrollments = (
        COMPANIONS["enrollments"].splitlines()[0]
        + "\n"
        + "".join(f"e{user},,,testClass,org1,{user},student\n" for user in (1, 3, 4))
    )
    outcome = hand_roster(
        {
            "users": (folder / "sample_users.csv").read_bytes(),
            "orgs": (folder / "sample_orgs.csv").read_bytes(),
            "academicSessions": (folder / "sample_academicSessions.csv").read_bytes(),
            "classes": COMPANIONS["classes"].replace("testOrg", "org1"),
            "enrollments": enrollments,
        }
    )
    assert outcome.refusal.code == "too_many_bad_rows"
    assert outcome.problems == {"unknown_code": 3}


def test_the_sds_roster_is_read(realdata, home, feed_catalog, tmp_path):
    path = tmp_path / "2025-09-10" / "SDS_sample.zip"
    path.parent.mkdir()
    with zipfile.ZipFile(path, "w") as file:
        for table in (realdata / "oneroster" / "sds_microsoft").glob("*.csv"):
            file.write(table, table.name)
    (outcome,) = intake_files(home, feed_catalog, [path])
    assert (outcome.status, outcome.kept, outcome.problems) == (FileStatus.ACCEPTED, 3, {})
    assert sorted(row[3:] for row in list_enrolments(home, feed_catalog)) == [
        ("SCH001", "h1"),
        ("SCH001", "h2"),
        ("SCH002", "j3"),
    ]


@pytest.fixture
def read_cells(tmp_path):
    """The cells of a file under a layout declared here, with the encoding and what is odd about it."""

    def read(path, headers, **file_format):
        feed = Feed.model_validate(
            {
                "id": "education/realdata",
                "title": {"ja": "実物"},
                "department": "education",
                "owner": "係",
                "cadence": "yearly",
                "delivery": "snapshot",
                "file_names": ["*"],
                "format": {"kind": "csv", **file_format},
                "known_from": "received_on",
                "subject": {"system": "realdata", "column": headers[0]},
                "record_key": [headers[0]],
                "coverage": {"period": "reference_day", "stale_after_days": 30},
                "columns": [{"header": header} for header in headers],
            }
        )
        source = open_source(path.read_bytes(), path.name, [feed], tmp_path)
        with Engine(spill=tmp_path, readable=[tmp_path]) as engine:
            (part,) = source.load(engine, range(source.layout.width), "true")
            columns = ", ".join(f"c{source.layout.positions[header]}" for header in headers)
            rows = engine.list_rows(f"SELECT {columns} FROM intake_raw ORDER BY rowid")  # noqa: S608 # our own names
        return rows, source.encoding, part.codes

    return read


PUPIL = ["school", "sex", "age", "Mjob", "absences", "G1", "G3"]


def test_lines_in_quotes_are_understood(realdata, read_cells):
    """Every line of one file is a single quoted field; the other quotes cell by cell."""
    mathematics, encoding, remarks = read_cells(
        realdata / "students" / "student-mat.csv", PUPIL, delimiter=";"
    )
    assert (len(mathematics), encoding, remarks) == (395, "utf-8", ("quoted_twice",))
    assert mathematics[0] == ("GP", "F", "18", "at_home", "6", "5", "6")
    portuguese, _, remarks = read_cells(realdata / "students" / "student-por.csv", PUPIL, delimiter=";")
    assert (len(portuguese), remarks) == (649, ())
    assert portuguese[0] == ("GP", "F", "18", "at_home", "4", "0", "11")


def test_municipalities_read_the_same_in_both_encodings(realdata, read_cells):
    folder, headers = realdata / "address" / "localgov_codes", ["cid", "pref", "city", "citykana", "phrase"]
    legacy, encoding, _ = read_cells(folder / "20200104_localgovjp-sjis.csv", headers)
    assert (len(legacy), encoding) == (1_916, "cp932")
    assert read_cells(folder / "20200104_localgovjp-utf8.csv", headers) == (legacy, "utf-8", ())


def test_every_municipality_code_passes_its_check_digit(realdata, read_cells):
    codes, _, _ = read_cells(realdata / "address" / "localgov_codes" / "localgovjp-utf8.csv", ["lgcode"])
    assert len(codes) == 1_916
    assert all(is_municipality_code(code) for (code,) in codes)


SHARED = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def list_shared_texts(path):
    """The strings of a workbook that have a reading beside them: without it, and glued together with it."""
    with zipfile.ZipFile(path) as file:
        root = ElementTree.fromstring(file.read("xl/sharedStrings.xml"))  # noqa: S314 # a file of ours
    read = [item for item in root if item.find(f"{SHARED}rPh") is not None]
    plain = {"".join(t.text or "" for t in item.iterfind(f"{SHARED}t")) for item in read}
    return plain, {"".join(t.text or "" for t in item.iter(f"{SHARED}t")) for item in read}


def test_readings_are_never_glued_to_names(realdata):
    found = 0
    for path in [*realdata.glob("oneroster/sis_poc_xlsx/*.xlsx"), *realdata.glob("gif/*.xlsx")]:
        plain, glued = list_shared_texts(path)
        book = Workbook(path.read_bytes())
        cells = {cell for sheet in book.list_sheets(["*"]) for row in book.list_rows(sheet) for cell in row}
        assert not cells & glued, path.name
        found += len(cells & plain)
    assert found > 500


def test_two_sheets_of_a_school_are_one_table(realdata, read_cells):
    path = realdata / "oneroster" / "sis_poc_xlsx" / "initial-student-roster.xlsx"
    rows, _, _ = read_cells(
        path, ["正式氏名（姓）", "フリガナ（姓）", "シート名"], kind="excel", sheets=["v*"]
    )
    assert Counter(sheet for _, _, sheet in rows) == {"v2": 12, "v1": 12}
    assert not any(reading in name for name, reading, _ in rows)


def test_a_workbook_with_line_breaks_in_its_headings_is_read(realdata, read_cells):
    path = realdata / "gif" / "491-2_コード_コード一覧_20240814.xlsx"
    rows, _, _ = read_cells(path, ["通しNo", "名前", "公表組織名"], kind="excel", sheet="行政")
    assert len(rows) == 84
    assert rows[0][:2] == ("1", "通貨コード")
