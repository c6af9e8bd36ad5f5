"""A file of no known kind: its reading is drafted, answered in the browser, and let into use by a second person."""

import json
import re
import shutil
import uuid
from datetime import date
from pathlib import Path

import pytest

from tsunagu.catalog.checking import open_catalog
from tsunagu.store.home import open_home
from tsunagu.store.keys import create_keys

from .test_loading import EXAMPLE, find_file, pack, read, send

pytestmark = pytest.mark.slow  # part of `.ci/run`; too long for every run

UNKNOWN = "在籍一覧_20250410.csv"


@pytest.fixture
def empty_home(tmp_path):
    home = open_home(Path(shutil.copytree(EXAMPLE, tmp_path / "home")))
    create_keys(home)
    return home.path


@pytest.fixture
def people(employ, sign_in, use_home, empty_home):
    """One who drafts and one who approves."""
    use_home(empty_home)
    return sign_in(employ("C1", "coordinator")), sign_in(employ("V1", "supervisor"))


def make_unknown(city) -> bytes:
    """The list of pupils as another company's program writes it, with a column nobody knows."""
    text = find_file(city, "学齢簿").read_bytes().decode("cp932")
    head, _, rest = text.partition("\r\n")
    head = (
        head.replace("学籍番号", "児童生徒番号")
        .replace("異動年月日", "異動日")
        .replace("学校コード", "学校CD")
    )
    lines = [f"{line},{'赤青黄'[number % 3]}" for number, line in enumerate(rest.splitlines())]
    return "\r\n".join([f"{head},色組", *lines, ""]).encode("cp932")


@pytest.fixture
def unknown(small_city):
    return pack(UNKNOWN, make_unknown(small_city))


def draft(browser, home, desk, file) -> str:
    """Send, ask for a draft, let the worker draft; the draft's address."""
    from tsunagu.jobs.working import work

    sent = send(browser, file)
    assert "読み方を下書きする" in read(browser.get(sent["Location"]))
    asked = browser.send(sent["Location"] + "draft/", file="1")
    work(desk, home, is_once=True)
    done = browser.get(asked["Location"])
    assert done.context["work"].state == "done", done.context["work"].result
    return re.search(r'href="(/data/mappings/[^"]+/)"', done.content.decode())[1]


def unknown_text(file) -> str:
    file.seek(0)
    return file.read().decode("cp932")


def list_fields(page) -> dict[str, str]:
    """What the form would send if nobody typed anything."""
    return {
        name: value
        for name, value in re.findall(
            r'<input type="text" name="(cell/[^"]+)" value="([^"]*)"', page.content.decode()
        )
    }


def list_marks(page) -> list[str]:
    return re.findall(r'<input type="checkbox" name="(cell/[^"]+)"', page.content.decode())


def list_definitions(home: Path) -> set[str]:
    return {str(path.relative_to(home)) for path in (home / "definitions").rglob("*") if path.is_file()}


@pytest.mark.slow
def test_from_an_unknown_file_to_a_feed_of_the_municipality(desk, people, empty_home, unknown):
    from tsunagu.jobs.working import work

    drafter, approver = people
    before = list_definitions(empty_home)
    address = draft(drafter, empty_home, desk, unknown)
    page = drafter.get(address)
    assert "確かめる行が" in read(page)
    names = {line.split(",")[6] for line in unknown_text(unknown).splitlines()[1:]}
    assert len(names) > 50
    assert [name for name in names if name in page.content.decode()] == []

    # A browser would run the lines of such a value together.
    assert [name for name, value in list_fields(page).items() if "\n" in value] == []
    assert re.search(r"<textarea[^>]*>cp932\nutf-8</textarea>", page.content.decode())

    wrong = {**list_fields(page)}
    target = next(name for name in wrong if name.endswith("/行き先"))
    answer = drafter.send(address + "answer/", **{**wrong, target: "でたらめ"})
    assert answer.status_code == 422 and "候補にない言葉" in read(answer)

    drafter.send(address + "answer/", **{**list_fields(page), **dict.fromkeys(list_marks(page), "○")})
    page = drafter.get(address)
    assert "すべて確かめてあります" in read(page)

    refused = drafter.send(address + "approve/")
    assert refused.status_code == 403 and "自分では認められません" in read(refused)
    assert list_definitions(empty_home) == before

    assert approver.send(address + "answer/", **list_fields(page)).status_code == 403
    asked = approver.send(address + "approve/")
    work(desk, empty_home, is_once=True)
    done = approver.get(asked["Location"])
    assert done.context["work"].state == "done", done.context["work"].result
    feed = done.context["work"].result["feed"]
    assert f"definitions/feeds/{feed}/manifest.yaml" in list_definitions(empty_home) - before
    assert feed in open_catalog(empty_home, on=date(2025, 5, 1)).feeds
    assert drafter.get(address).status_code == 404


@pytest.fixture(scope="module")
def workbook(small_city, tmp_path_factory) -> bytes:
    """The draft of the unknown file, made once and in this process."""
    from tsunagu.intake.drafting import draft_feed, write_mapping

    folder = tmp_path_factory.mktemp("drafting")
    home = open_home(Path(shutil.copytree(EXAMPLE, folder / "home")))
    create_keys(home)
    path = folder / UNKNOWN
    path.write_bytes(make_unknown(small_city))
    catalog = open_catalog(home.path, on=date(2025, 5, 1))
    write_mapping(draft_feed(home, catalog, path), catalog, folder / "mapping.xlsx")
    return (folder / "mapping.xlsx").read_bytes()


@pytest.fixture
def drafted(people, empty_home, workbook):
    """A draft on the disk; its address."""
    from tsunagu.access.models import Staff

    number = uuid.uuid4()
    folder = empty_home / "var" / "desk" / "mappings" / str(number)
    folder.mkdir(parents=True)
    (folder / "mapping.xlsx").write_bytes(workbook)
    hands = {"file_name": UNKNOWN, "hands": [Staff.objects.get(staff_number="C1").pk]}
    (folder / "mapping.json").write_text(json.dumps(hands), encoding="utf-8")
    return f"/data/mappings/{number}/"


def test_answers_are_kept_whole_or_not_at_all(people, drafted, empty_home):
    drafter, approver = people
    page = drafter.get(drafted)
    fields, marks = list_fields(page), list_marks(page)
    assert marks and "確かめる行が" in read(page)
    target = next(name for name in fields if name.endswith("/行き先"))
    answer = drafter.send(drafted + "answer/", **{**fields, target: "でたらめ", marks[0]: "○"})
    assert answer.status_code == 422 and "候補にない言葉" in read(answer)
    assert len(list_marks(drafter.get(drafted))) == len(marks) and "確かめる行が" in read(
        drafter.get(drafted)
    )
    foreign = drafter.send(drafted + "answer/", **{"cell/列/3/最大": "9", "cell/列/999/型": "x"})
    assert foreign.status_code == 422 and "ここでは変えられません" in read(foreign)
    drafter.send(drafted + "answer/", **{**fields, **dict.fromkeys(marks, "○")})
    assert "すべて確かめてあります" in read(drafter.get(drafted))
    assert approver.send(drafted + "answer/", **fields).status_code == 403


def test_whoever_had_a_hand_in_it_cannot_approve(people, drafted, employ, sign_in):
    drafter, approver = people
    refused = drafter.send(drafted + "approve/")
    assert refused.status_code == 403 and "自分では認められません" in read(refused)
    analyst = sign_in(employ("A1", "analyst"))
    assert analyst.get(drafted).status_code == 200
    assert analyst.send(drafted + "approve/").status_code == 403
    assert "確かめたので、認める" in read(approver.get(drafted))
    assert approver.send(drafted + "approve/")["Location"].startswith("/data/work/")


def test_the_worker_asks_again_who_approves(people, drafted, empty_home, desk):
    """Were the page's own check gone, the worker's would still refuse."""
    from tsunagu.access.models import Staff
    from tsunagu.jobs.kinds import Kind
    from tsunagu.jobs.mappings import SamePersonError, keep_mapping
    from tsunagu.jobs.queueing import Working

    number = drafted.split("/")[3]
    drafter = Staff.objects.get(staff_number="C1").pk
    for asked_by in (drafter, None):
        working = Working(desk, empty_home, None, Kind.KEEP_MAPPING, {"mapping": number}, asked_by, "")
        with pytest.raises(SamePersonError):
            keep_mapping(working)


@pytest.mark.slow
def test_the_draft_as_excel_and_back(people, drafted):
    drafter, _ = people
    book = drafter.get(drafted + "file/").content
    bad = drafter.send(drafted + "upload/", workbook=pack("x.xlsx", b"PK nothing"))
    assert bad.status_code == 422 and "Excel ファイルとして読めません" in read(bad)
    good = drafter.send(drafted + "upload/", workbook=pack("読み方.xlsx", book))
    assert good.status_code == 302
    assert drafter.get(drafted + "file/").content == book
