"""データの状態, shown of a city's real files: what came, what is missing, what may be shown to whom."""

import re

import pytest

pytestmark = pytest.mark.slow  # part of `.ci/run`; too long for every run


@pytest.fixture
def coordinator(employ, sign_in, use_home, judged_home):
    use_home(judged_home)
    return sign_in(employ("C1", "coordinator"))


def read(answer) -> str:
    """The page's words without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_every_delivered_file_is_there_with_its_state(coordinator, small_city):
    day = small_city.last_reference_date
    page = read(coordinator.get("/data/", {"on": day.isoformat()}))
    assert "住民記録" in page and "学齢簿" in page
    assert "最新" in page
    assert f"{day.isoformat()} までに分かっていたことで判定" in page
    received = coordinator.get("/data/", {"on": day.isoformat()}).context["received"]
    register = next(one.feed for one in received if one.feed.feed == "resident/resident_register")
    assert register.match is None or register.match.percent == 100
    assert int(register.rows.ja.replace(",", "")) > 100


def test_a_year_later_everything_is_late(coordinator):
    page = read(coordinator.get("/data/", {"on": "令和8年4月30日"}))
    assert "日遅れ" in page
    assert "確かめること" in page


def test_before_anything_came_the_page_says_why_it_is_empty(coordinator):
    page = read(coordinator.get("/data/", {"on": "2020-04-01"}))
    assert "まだ何も届いていません" in page


def test_a_day_that_cannot_be_read_is_asked_again(coordinator):
    answer = coordinator.get("/data/", {"on": "きのう"})
    assert answer.status_code == 422
    assert "日付を読めません" in read(answer)


def test_one_feed_shows_its_months_problems_and_legal_basis(coordinator, small_city):
    address = "/data/feeds/education/school_register/"
    page = read(coordinator.get(address, {"on": small_city.last_reference_date.isoformat()}))
    assert "法的根拠" in page and "使える" in page
    assert "12か月の届き方" in page
    assert coordinator.get("/data/feeds/education/nothing/").status_code == 404


def test_no_child_is_on_these_pages(coordinator, small_city):
    """Names of the city's own register, looked for in every page of the state of the data."""
    register = next(small_city.deliveries.rglob("住民記録_全件*.csv")).read_text(encoding="utf-8-sig")
    header, *lines = (line.split(",") for line in register.splitlines())
    column = next(place for place, name in enumerate(header) if name.strip('"') == "氏名")
    names = {line[column].strip('"').replace("　", "") for line in lines} - {""}
    assert len(names) > 50
    on = {"on": small_city.last_reference_date.isoformat()}
    shown = coordinator.get("/data/", on).content.decode().replace("　", "")
    shown += coordinator.get("/data/feeds/resident/resident_register/", on).content.decode().replace("　", "")
    assert [name for name in names if name in shown] == []


@pytest.mark.parametrize(("role", "status"), [("supervisor", 200), ("caseworker", 403)])
def test_who_may_see_it(employ, sign_in, use_home, judged_home, role, status):
    use_home(judged_home)
    browser = sign_in(employ("S1", role))
    assert browser.get("/data/").status_code == status
    assert browser.get("/data/feeds/education/school_register/").status_code == status
    assert ('href="/data/"' in browser.get("/").content.decode()) is (status == 200)


def test_what_is_read_is_recorded_and_what_is_refused_too(desk, employ, sign_in, use_home, judged_home):
    import psycopg

    from tsunagu.database.logins import Login

    use_home(judged_home)
    sign_in(employ("C1", "coordinator")).get("/data/feeds/education/school_register/")
    sign_in(employ("W1", "caseworker")).get("/data/")
    with psycopg.connect(desk.url(Login.CHECKPOINTER)) as checkpointer:
        rows = checkpointer.execute(
            "SELECT act, outcome, object_id, purpose FROM audit_row WHERE act LIKE 'data.%' ORDER BY at"
        ).fetchall()
    assert rows == [
        ("data.feed", "read", "education/school_register", "data_keeping"),
        ("data.state", "refused", "", "data_keeping"),
    ]


def test_problems_are_listed_by_file_without_a_value_and_go_back_as_excel(coordinator, tmp_path):
    import openpyxl

    address = "/data/feeds/resident/resident_register/problems/"
    page = coordinator.get(address)
    files = page.context["files"]
    assert len(files) == 2 and "住民記録_全件" in read(page)
    assert "行" in read(coordinator.get(address, {"file": files[0].file_id}))
    assert coordinator.get(address, {"file": "none"}).context["chosen"] is None
    answer = coordinator.get("/data/feeds/education/school_register/problems.xlsx")
    out = tmp_path / "problems.xlsx"
    out.write_bytes(answer.content)
    sheet = openpyxl.load_workbook(out)["問題一覧"]
    assert "対応" in [cell.value for row in sheet.iter_rows(max_row=5) for cell in row]
    assert answer["Content-Disposition"].startswith("attachment")
