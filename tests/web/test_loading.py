"""Files sent from the browser: looked at, taken in by the worker, refused in the officer's words; nothing left lying."""

import re
import shutil
import stat
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tsunagu.store.home import open_home
from tsunagu.store.keys import create_keys

pytestmark = pytest.mark.slow  # part of `.ci/run`; too long for every run

EXAMPLE = Path(__file__).resolve().parents[2] / "municipalities" / "example_city"


@pytest.fixture
def empty_home(tmp_path):
    """A home of the example city into which nothing was taken."""
    home = open_home(Path(shutil.copytree(EXAMPLE, tmp_path / "home")))
    create_keys(home)
    return home.path


@pytest.fixture
def coordinator(employ, sign_in, use_home, empty_home):
    use_home(empty_home)
    return sign_in(employ("C1", "coordinator"))


def read(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def pack(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def find_file(city, start: str) -> Path:
    return next(city.deliveries.rglob(f"{start}*"))


def list_left(home: Path) -> list[Path]:
    """Files that lie in the desk's folders."""
    desk = home / "var" / "desk"
    return [path for path in desk.rglob("*") if path.is_file() and path.name != "batch.json"]


def send(browser, *files):
    return browser.send("/data/load/send/", files=list(files))


def take_in_all(browser, page, **fields):
    numbers = re.findall(r'name="file" value="(\d+)"[^>]*>\s*<strong>', page.content.decode())
    address = re.search(r'action="(/data/load/[^"]+/take-in/)"', page.content.decode())[1]
    return browser.send(address, file=numbers, received_on="令和7年5月1日", **fields)


def test_real_files_wrong_ones_an_excel_file_and_a_truncated_one(desk, coordinator, empty_home, small_city):
    from tsunagu.jobs.working import work

    register = find_file(small_city, "住民記録_全件").read_bytes()
    sent = send(
        coordinator,
        pack("学齢簿_20250410.csv", find_file(small_city, "学齢簿").read_bytes()),
        pack("給食費未納一覧_20250430.xlsx", find_file(small_city, "給食費未納一覧").read_bytes()),
        pack("買い物.csv", "品名,値段\n鉛筆,50\n".encode()),
        pack("住民記録_全件_20250401.csv", register[: len(register) // 2]),
    )
    page = coordinator.get(sent["Location"])
    assert "学齢簿" in read(page) and "見出し" in read(page)
    assert "知っている見出しが一つもありません" in read(page)
    left = list_left(empty_home)
    assert len(left) == 4
    assert {stat.S_IMODE(path.stat().st_mode) for path in left} == {0o600}
    done = take_in_all(coordinator, page)
    work(desk, empty_home, is_once=True)
    result = coordinator.get(done["Location"])
    assert result.context["work"].state == "done", result.context["work"].result
    files = {file["name"]: file for file in result.context["files"]}
    assert files["学齢簿_20250410.csv"]["status"] == "accepted"
    assert files["給食費未納一覧_20250430.xlsx"]["status"] == "accepted"
    assert "refused" in files["買い物.csv"] and "refused" in files["住民記録_全件_20250401.csv"]
    assert not re.search(r"--[a-z]|tsunagu ", read(result)), "the command line has no place on a page"
    assert {path.name for path in list_left(empty_home)} == {"買い物.csv", "住民記録_全件_20250401.csv"}
    assert "学齢簿" in read(coordinator.get("/data/", {"on": "2025-05-02"}))


def test_a_file_thrown_away_is_gone(coordinator, empty_home):
    sent = send(coordinator, pack("買い物.csv", b"a,b\n1,2\n"))
    gone = coordinator.send(sent["Location"] + "discard/", file="1")
    assert gone["Location"] == "/data/load/"
    assert list_left(empty_home) == []
    assert coordinator.get(sent["Location"]).status_code == 404


def test_nothing_chosen_is_said_kindly(coordinator, empty_home):
    answer = coordinator.send("/data/load/send/")
    assert answer.status_code == 422
    assert "ファイルを一つ以上選んでください" in read(answer)
    sent = send(coordinator, pack("買い物.csv", b"a,b\n1,2\n"))
    answer = coordinator.send(sent["Location"] + "take-in/", received_on="きのう")
    assert answer.status_code == 422
    assert "日付を読めません" in read(answer) and "取り込むファイルを一つ以上" in read(answer)


@pytest.mark.parametrize("name", ["../../etc/学齢簿.csv", ".学齢簿.csv"])
def test_a_name_that_leads_elsewhere_stays_in_its_folder_or_is_refused(coordinator, empty_home, name):
    before = {path for path in empty_home.parent.rglob("*") if path.name.endswith(".csv")}
    answer = send(coordinator, pack(name, b"a,b\n1,2\n"))
    after = {path for path in empty_home.parent.rglob("*") if path.name.endswith(".csv")} - before
    if answer.status_code == 302:
        assert [path.name for path in after] == ["学齢簿.csv"]
        assert all("desk/uploads" in str(path) for path in after)
    else:
        assert answer.status_code == 422
        assert after == set()


@pytest.mark.parametrize(
    "name", ["../x.csv", "/x.csv", "a/b.csv", "..", "", ".x", "~$x.xlsx", "x\n.csv", "a\\b"]
)
def test_which_names_are_refused(name):
    from tsunagu.jobs.uploads import FileNameRefusedError, check_name

    with pytest.raises(FileNameRefusedError):
        check_name(name)


def test_too_much_at_once_is_refused_and_leaves_nothing(coordinator, empty_home):
    from django.conf import settings
    from django.test import override_settings

    with override_settings(UPLOAD_MOST_BYTES=1000):
        answer = send(coordinator, pack("大きい.csv", b"x" * 2000))
    assert answer.status_code == 400
    assert "大きさを超えました" in read(answer)
    assert list_left(empty_home) == []
    assert [path for path in Path(settings.FILE_UPLOAD_TEMP_DIR).iterdir() if path.stat().st_size] == []


def test_the_files_of_one_are_no_business_of_another(coordinator, employ, sign_in):
    sent = send(coordinator, pack("買い物.csv", b"a,b\n1,2\n"))
    other = sign_in(employ("C2", "coordinator"))
    assert other.get(sent["Location"]).status_code == 404
    assert other.send(sent["Location"] + "discard/", file="1").status_code == 404
    assert other.send(sent["Location"] + "take-in/", file="1", received_on="2025-05-01").status_code == 404
    assert coordinator.get(sent["Location"]).status_code == 200


def test_who_may_not_load_sends_nothing(employ, sign_in, use_home, empty_home):
    use_home(empty_home)
    browser = sign_in(employ("S1", "supervisor"))
    assert browser.get("/data/load/").status_code == 403
    assert send(browser, pack("買い物.csv", b"a,b\n1,2\n")).status_code == 403
    assert list_left(empty_home) == []


def test_a_form_of_another_site_is_refused(coordinator, empty_home):
    sent = coordinator.post(
        "/data/load/send/",
        {"files": [pack("買い物.csv", b"a,b\n")]},
        secure=True,
        headers={"referer": "https://localhost/"},
    )
    assert sent.status_code == 403
    assert list_left(empty_home) == []


def test_judging_is_asked_for_followed_and_stopped(desk, coordinator, empty_home):
    from tsunagu.jobs.working import work

    answer = coordinator.send("/data/run/", as_of="2999-01-01")
    assert answer.status_code == 422 and "まだ来ていない日" in read(answer)
    asked = coordinator.send("/data/run/", as_of="令和7年5月1日")
    page = coordinator.get(asked["Location"])
    assert "順番を待っています" in read(page)
    part = coordinator.get(asked["Location"], headers={"HX-Request": "true"})
    assert b"<html" not in part.content and b"hx-trigger" in part.content
    coordinator.send(asked["Location"] + "stop/")
    work(desk, empty_home, is_once=True)
    assert "取りやめました" in read(coordinator.get(asked["Location"]))
    assert "判定" in read(coordinator.get("/data/work/"))


def test_a_page_that_asks_by_itself_keeps_nobody_at_the_desk(coordinator):
    """Progress is asked for every second; the idle lock must come all the same."""
    asked = coordinator.send("/data/run/", as_of="令和7年5月1日")["Location"]
    session = coordinator.session
    session["seen_at"] = 1_000_000.0
    session.save()
    answer = coordinator.get(asked, headers={"HX-Request": "true"})
    assert answer.status_code == 423 and answer["HX-Refresh"] == "true"


def test_what_it_asks_is_not_being_seen(coordinator):
    asked = coordinator.send("/data/run/", as_of="令和7年5月1日")["Location"]
    session = coordinator.session
    seen = session["seen_at"] = session["seen_at"] - 60
    session.save()
    coordinator.get(asked, headers={"HX-Request": "true"})
    assert coordinator.session["seen_at"] == seen
    coordinator.get(asked)
    assert coordinator.session["seen_at"] > seen


@pytest.mark.slow
def test_a_run_brings_the_desk_up_to_date(desk, coordinator, judged_home, use_home, tmp_path, small_city):
    """The whole of it: judged anew by the worker, the directory follows, and the overview says so."""
    from tsunagu.jobs.working import work

    home = Path(shutil.copytree(judged_home, tmp_path / "judged"))
    use_home(home)
    asked = coordinator.send("/data/run/", as_of=small_city.last_reference_date.isoformat())
    work(desk, home, is_once=True)
    assert "再実行" in read(coordinator.get(asked["Location"]))
    assert "名簿を、こども" in read(coordinator.get("/data/work/"))
