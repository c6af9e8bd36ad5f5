"""Every kind of file through the whole of intake: ZIP of CSV, JSON, fixed width, TSV, headings anywhere."""

import io
import json
import zipfile

import pytest

from tsunagu.intake import FileStatus

PUPILS = "sourcedId,role,schoolSourcedId,userSourcedId,classSourcedId,beginDate\n"
USERS = "sourcedId,familyName,givenName,grades\n"
CLASSES = "sourcedId,title,classType\n"
MANIFEST = "propertyName,value\nfile.enrollments,{mode}\nfile.users,{mode}\nfile.classes,{mode}\n"


@pytest.fixture
def roster(feeds):
    """A feed of three tables in a ZIP."""
    codes = {"type": "code", "codes": "mark"}
    return feeds["make_feed"](
        "education/roster",
        [
            {"header": "enrollments.sourcedId", "required": True},
            {"header": "enrollments.userSourcedId"},
            {"header": "enrollments.schoolSourcedId", "to": ["scope.school", "stay.place"], "required": True},
            {"header": "enrollments.beginDate", "to": ["stay.valid_from"], "type": "date"},
            {"header": "users.sourcedId", "required": True},
            {"header": "users.familyName", "to": ["identity.name"]},
            {"header": "users.givenName", "to": ["identity.name"]},
            {"header": "users.grades", "several": ",", "when_bad": "drop", "may_be_absent": True, **codes},
            {"header": "classes.sourcedId", "may_be_absent": True},
        ],
        file_names=["RO_*.zip"],
        subject={"system": "roster", "column": "users.sourcedId"},
        record_key=["enrollments.sourcedId"],
        format={
            "kind": "zip",
            "archive": {
                "rows": "enrollments.csv",
                "manifest": "manifest.csv",
                "tables": [
                    {"file": "users.csv", "key": "sourcedId", "by": "enrollments.userSourcedId"},
                    {"file": "classes.csv", "key": "sourcedId", "by": "enrollments.classSourcedId"},
                ],
                "others": ["orgs.csv"],
                "left_out": {"enrollments.role": ["teacher"], "classes.classType": ["scheduled"]},
            },
        },
    )


@pytest.fixture
def hand_zip(town, roster, feeds):
    town.catalog = feeds["make_catalog"](roster)

    def hand(*, mode="bulk", day="2024-06-05", name="RO.zip", **changes):
        members = {
            "manifest.csv": MANIFEST.format(mode=mode),
            "enrollments.csv": PUPILS + "e1,student,s1,u1,c1,2024-04-08\ne2,teacher,s1,u9,c1,\n"
            "e3,student,s1,u2,c2,2024-04-08\ne4,student,s1,u2,c1,2024-04-09\n",
            "users.csv": USERS + 'u1,青葉,空,欠席\nu2,若草,海,"欠席,遅刻"\nu9,森,亮,\n',
            "classes.csv": CLASSES + "c1,1組,homeroom\nc2,算数,scheduled\n",
        }
        members |= {f"{key}.csv": text for key, text in changes.items()}
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as file:
            for member, text in members.items():
                if text is not None:
                    file.writestr(zipfile.ZipInfo(member), text)
        return town.hand_over(name, content.getvalue(), day=day)

    return hand


def list_stays(town, as_of="2024-12-31"):
    return town.list_known("stay", "place, valid_from, valid_to, row", as_of)


def test_tables_in_a_zip_are_one_delivery(town, hand_zip):
    outcome = hand_zip()
    assert outcome.status is FileStatus.ACCEPTED, outcome.refusal
    assert (outcome.rows, outcome.kept, outcome.problems) == (2, 2, {})
    # Teachers and the classes of single subjects are another kind of row; row numbers stay those of the file.
    assert [(str(start), row) for _, start, _, row in list_stays(town)] == [
        ("2024-04-08", 2),
        ("2024-04-09", 5),
    ]
    assert town.query("SELECT name, row FROM identity.record ORDER BY row") == [
        ("青葉　空", 2),
        ("若草　海", 5),
    ]


def test_a_bulk_delivery_ends_what_it_no_longer_lists_and_a_delta_does_not(town, hand_zip):
    hand_zip()
    later = PUPILS + "e1,student,s1,u1,c1,2024-04-08\n"
    hand_zip(mode="delta", day="2024-07-01", enrollments=later)
    assert [end for _, _, end, _ in list_stays(town)] == [None, None]
    hand_zip(day="2024-08-01", enrollments=later)
    assert [str(end) for _, _, end, _ in list_stays(town)] == ["None", "2024-08-01"]


def test_headings_that_stand_twice_shift_no_column_after_them(town, hand_zip):
    rows = [PUPILS.strip() + ",memo,memo,", "e1,student,s1,u1,c1,2024-04-08,x,y,z"]
    outcome = hand_zip(enrollments="\n".join(rows) + "\n")
    assert (outcome.status, outcome.problems) == (FileStatus.ACCEPTED, {}), outcome.refusal
    assert town.query("SELECT name FROM identity.record") == [("青葉　空",)]


def test_a_cell_that_drops_its_row_drops_it_and_a_blank_one_does_not(town, hand_zip):
    outcome = hand_zip(users=USERS + "u1,青葉,空,\nu2,若草,海,P9\n")
    assert (outcome.rows, outcome.dropped) == (2, 1)
    assert town.list_problems() == [(5, "users.grades", "unknown_code", 1)]


def test_a_reference_that_leads_nowhere_is_a_problem_of_the_row(town, hand_zip):
    outcome = hand_zip(users=USERS + "u1,青葉,空,\n")
    assert (outcome.status, outcome.dropped) == (FileStatus.ACCEPTED, 1)
    assert (5, "users.sourcedId", "missing", 1) in town.list_problems()


REFUSED = {
    "wrong_manifest": [
        {"manifest": None},
        {"manifest": "a,b\n"},
        {"manifest": "propertyName,value\n" + "x" * 200_000 + ",bulk\n"},
        {"manifest": "propertyName,value\nfile.users,bulk\n"},
        {"manifest": MANIFEST.format(mode="bulk").replace("enrollments,bulk", "enrollments,some")},
        {"manifest": MANIFEST.format(mode="bulk").replace("file.classes,bulk", "file.classes,absent")},
    ],
    "missing_table": [{"users": None}, {"users": ""}, {"users": "\n"}, {"enrollments": None}],
    "unknown_layout": [{"users": "sourcedId,family\nu1,a\n"}],
    "broken_reference": [
        {"users": USERS + "u1,青葉,空,\nu1,青葉,空,\n"},
        {"users": USERS + "x1,青葉,空,\nx2,青葉,空,\n"},
        {"classes": "id,title\nc1,1組\n"},
    ],
    "unknown_member": [{"orgz": "sourcedId\n"}],
    "my_number_header": [
        {"users": "sourcedId,familyName,givenName,grades,個人番号\nu1,青葉,空,,\n"},
        {"orgs": "sourcedId,マイナンバー\n"},
    ],
    "wrong_cell_count": [{"users": USERS + "u1,青葉\n"}],
    "unclosed_quote": [{"users": USERS + 'u1,"青葉,空,\n'}],
    "undecodable": [{"users": b"sourcedId,familyName,givenName\nu1,\xff\xff,\xff\n"}],
    "nul_byte": [{"users": USERS + "u1,\0,空,\n"}],
    "empty_file": [{"enrollments": PUPILS}],
    "too_many_bad_rows": [{"enrollments": PUPILS + "e1,student,,u1,c1,\n"}],
}


@pytest.mark.parametrize(
    ("code", "changes"), [(code, changes) for code, cases in REFUSED.items() for changes in cases]
)
def test_a_zip_comes_in_whole_or_not_at_all(town, hand_zip, code, changes):
    outcome = hand_zip(**changes)
    assert outcome.refusal is not None
    assert outcome.refusal.code == code
    assert town.query("SELECT count(*) FROM identity.record") == [(0,)]


def test_a_table_that_comes_alone_is_called_so(town, hand_zip):
    outcome = town.hand_over("users_20240605.csv", USERS + "u1,青葉,空,\n")
    assert outcome.refusal.code == "lone_table"
    assert "users.csv" in outcome.refusal.what


@pytest.fixture
def document_town(town, feeds):
    fields = [
        {"header": "番号", "path": "sourcedId"},
        {"header": "氏名", "path": "name.given"},
        {"header": "園", "path": "primaryOrg.sourcedId"},
        {"header": "開始日", "path": "start"},
        {"header": "特別", "path": "special"},
    ]
    columns = [
        {"header": "番号"},
        {"header": "氏名", "to": ["identity.name"]},
        {"header": "園", "to": ["stay.place"]},
        {"header": "開始日", "to": ["stay.valid_from"], "type": "date", "required": True},
        {"header": "特別", "may_be_absent": True},
    ]
    town.catalog = feeds["make_catalog"](
        feeds["make_feed"](
            "education/users",
            columns,
            format={"kind": "json", "document": {"rows": "users", "fields": fields}},
            subject={"system": "users", "column": "番号"},
            record_key=["番号"],
        )
    )
    return town


def make_user(number, start="2024-04-01", **more):
    return {
        "sourcedId": number,
        "name": {"given": ["空"]},
        "primaryOrg": {"sourcedId": "s1"},
        "start": start,
        **more,
    }


def test_objects_of_a_document_are_rows(document_town):
    users = [make_user("u1"), make_user("u2", "soon"), make_user("u3")]
    outcome = document_town.hand_over("users_20240605.json", json.dumps({"users": users}).encode())
    assert (outcome.rows, outcome.dropped, outcome.encoding) == (3, 1, "utf-8")
    assert document_town.list_problems() == [(2, "開始日", "bad_date", 1)]
    assert [row for _, _, _, row in list_stays(document_town)] == [1, 3]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('{"users": [}', "bad_json"),
        ('{"users": []}', "empty_file"),
        ('{"orgs": []}', "unknown_layout"),
        ('{"users": [{"sourcedId": "1", "sourcedId": "2"}]}', "repeated_name"),
        (
            '{"users": [{"sourcedId": "u\\u0000", "name": {"given": "a"}, "primaryOrg": {"sourcedId": "s"}, "start": "1"}]}',
            "nul_byte",
        ),
        ('{"users": [], "マイナンバー": ""}', "my_number_header"),
    ],
)
def test_a_document_that_is_no_delivery_is_refused(document_town, text, code):
    outcome = document_town.hand_over("users_20240605.json", text.encode())
    assert outcome.refusal.code == code


def write_my_number(number):
    digits = f"{number:011d}"
    rest = sum(int(d) * w for d, w in zip(digits, (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2), strict=True)) % 11
    return digits + str(0 if rest <= 1 else 11 - rest)


def test_my_numbers_under_a_name_nobody_declared_are_seen(document_town):
    users = [make_user(f"u{n}", memo=write_my_number(12345678900 + n)) for n in range(20)]
    outcome = document_town.hand_over("users_20240605.json", json.dumps({"users": users}).encode())
    assert outcome.refusal.code == "my_number_values"
    users[0]["memo"], users[1]["memo"], users[2]["memo"] = "1", "2", "3"
    outcome = document_town.hand_over("users_20240605.json", json.dumps({"users": users}).encode())
    assert outcome.status is FileStatus.ACCEPTED


@pytest.fixture
def record_town(town, feeds):
    columns = [
        {"header": "番号"},
        {"header": "氏名", "to": ["identity.name"]},
        {"header": "園", "to": ["stay.place"]},
        {"header": "開始日", "to": ["stay.valid_from"], "type": "date", "required": True},
    ]
    lengths = {"番号": 4, "氏名": 12, "園": 4, "開始日": 8}
    fields, start = [], 1
    for header, length in lengths.items():
        fields.append({"header": header, "start_byte": start, "length_bytes": length})
        start += length
    feed = feeds["make_feed"](
        "education/records",
        columns,
        format={
            "kind": "fixed_width",
            "encodings": ["cp932"],
            "record": {"record_bytes": start - 1, "fields": fields, "skip_records": 1},
        },
        file_names=["TAIYO_*.txt"],
        subject={"system": "records", "column": "番号"},
        record_key=["番号"],
    )
    town.catalog = feeds["make_catalog"](feed, feeds["marks"])
    return town


def write_records(*rows):
    lines = [b"H".ljust(28)] + [
        b"".join(cell.encode("cp932").ljust(length) for cell, length in zip(row, (4, 12, 4, 8), strict=True))
        for row in rows
    ]
    return b"\r\n".join(lines) + b"\r\n"


def test_records_of_fixed_width_are_rows(record_town):
    content = write_records(("0001", "髙橋　空", "一園", "20240401"), ("0002", "ﾓﾘ", "二園", "20241301"))
    outcome = record_town.hand_over("TAIYO_20240605.txt", content)
    assert (outcome.rows, outcome.dropped, outcome.encoding) == (2, 1, "cp932")
    assert record_town.list_problems() == [(3, "開始日", "bad_date", 1)]
    assert record_town.query("SELECT name FROM identity.record") == [("髙橋　空",)]


def test_a_file_of_another_name_is_not_taken_for_records(record_town):
    content = write_records(("0001", "甲", "一園", "20240401"))
    assert record_town.hand_over("x_20240605.txt", content).refusal.code == "unknown_layout"
    assert record_town.hand_over("x_20240605.txt", content, feed_id="education/records").rows == 1
    assert record_town.hand_over("TAIYO_20240606.txt", content[:-3], day="2024-06-06").refusal.code == (
        "wrong_record_length"
    )


STAYS = "番号,氏名,園,開始日,終了日\n1,甲,い,2024-04-01,\n2,乙,ろ,2024-04-01,\n"


@pytest.mark.parametrize("delimiter", ["\t", ";"])
def test_other_delimiters(town, feeds, delimiter):
    feed = feeds["stays"]
    town.catalog = feeds["make_catalog"](
        feed.model_copy(update={"format": feed.format.model_copy(update={"delimiter": delimiter})})
    )
    outcome = town.hand_over("x_20240605.csv", STAYS.replace(",", delimiter).encode())
    assert (outcome.status, outcome.kept) == (FileStatus.ACCEPTED, 2)


@pytest.mark.parametrize("above", ["在籍一覧\n", "在籍一覧,,,,\n\n基準日,2024-06-05,,,\n", "\n" * 18])
def test_headings_may_stand_further_down(town, above):
    outcome = town.hand_over(
        "x_20240605.csv", (above + STAYS.replace("い,2024-04-01", "い,someday")).encode()
    )
    assert (outcome.status, outcome.rows, outcome.kept) == (FileStatus.ACCEPTED, 2, 1)
    assert town.list_problems()[0][0] == above.count("\n") + 2


def test_headings_are_not_looked_for_without_end(town):
    assert town.hand_over("x_20240605.csv", ("\n" * 20 + STAYS).encode()).refusal.code == "unknown_layout"


def test_a_my_number_heading_further_down_is_seen(town):
    text = STAYS.replace("番号,氏名", "番号,個人番号,氏名").replace("\n1,", "\n1,,").replace("\n2,", "\n2,,")
    assert town.hand_over("x_20240605.csv", ("在籍一覧\n" + text).encode()).refusal.code == "my_number_header"


TWICE = '番号,氏名,園,開始日,終了日\n"1,""甲"",い,2024-04-01,"\n\n"2,""乙, 丙"",ろ,2024-04-01,"\n'


def test_lines_in_quotes_are_read_and_said(town):
    outcome = town.hand_over("x_20240605.csv", TWICE.encode())
    assert (outcome.status, outcome.kept, outcome.problems) == (FileStatus.ACCEPTED, 2, {"quoted_twice": 1})
    assert town.query("SELECT row, name FROM identity.record ORDER BY row") == [(2, "甲"), (4, "乙, 丙")]
    assert town.list_problems() == [(1, None, "quoted_twice", 0)]


@pytest.mark.parametrize(
    "text",
    [
        TWICE.replace('"2,""乙, 丙"",ろ,2024-04-01,"', "2,乙,ろ,2024-04-01,"),
        TWICE.replace("い,", ""),
        TWICE[:-2],
    ],
)
def test_only_some_lines_in_quotes_are_a_shifted_file(town, text):
    assert town.hand_over("x_20240605.csv", text.encode()).refusal.code in (
        "wrong_cell_count",
        "unclosed_quote",
    )


def test_what_is_already_known_is_known_for_every_kind(town, hand_zip):
    hand_zip()
    assert hand_zip().status is FileStatus.ALREADY
    assert town.query("SELECT count(*) FROM landing.file") == [(1,)]
