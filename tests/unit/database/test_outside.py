"""An outside server is checked before it is trusted. The outside server of these tests is our own one."""

import psycopg
import pytest

from tsunagu.database import outside
from tsunagu.database.logins import Login
from tsunagu.database.outside import OutsideServerError, find_outside_server
from tsunagu.database.server import open_server


@pytest.fixture
def server(postgres):
    return postgres


def test_none_is_named():
    assert find_outside_server({"TSUNAGU_DATABASE_URL": ""}) is None


def test_a_process_has_the_logins_it_was_given(server, desk_home, monkeypatch):
    monkeypatch.setenv("TSUNAGU_APP_DATABASE_URL", server.url(Login.APP))
    with open_server(desk_home) as found:
        assert not found.is_ours
        assert list(found.addresses) == [Login.APP]
        with psycopg.connect(found.url(Login.APP)) as connection:
            assert connection.execute("SELECT current_user").fetchone() == ("tsunagu_app",)


def test_an_unreachable_server_is_told_without_its_password(tmp_path):
    with pytest.raises(OutsideServerError) as refused:
        find_outside_server({"TSUNAGU_DATABASE_URL": f"host={tmp_path} user=a password=himitsu"})
    assert "TSUNAGU_DATABASE_URL" in str(refused.value)
    assert "himitsu" not in str(refused.value)


def test_an_old_server_is_refused(server, monkeypatch):
    monkeypatch.setattr(outside, "OLDEST_VERSION", 990000)
    with pytest.raises(OutsideServerError, match="15 以上"):
        find_outside_server({"TSUNAGU_DATABASE_URL": server.url(Login.OWNER)})


def test_one_login_for_two_duties_is_refused(server):
    owner = server.url(Login.OWNER)
    both = {
        "TSUNAGU_DATABASE_URL": owner,
        "TSUNAGU_CHECKPOINTER_DATABASE_URL": server.url(Login.CHECKPOINTER),
    }
    assert find_outside_server(both) is not None
    with pytest.raises(OutsideServerError, match="表を作れます"):
        find_outside_server({**both, "TSUNAGU_APP_DATABASE_URL": owner})
    app = server.url(Login.APP)
    with pytest.raises(OutsideServerError, match="同じ利用者"):
        find_outside_server({"TSUNAGU_DATABASE_URL": app, "TSUNAGU_APP_DATABASE_URL": app})


def test_a_login_past_row_policies_is_refused(server, monkeypatch):
    """No login of ours is one, so the question is spoiled to say that it is."""

    class Answer:
        def fetchone(self):
            return (True, False)

    monkeypatch.setattr(psycopg.Connection, "execute", lambda *_: Answer())
    with pytest.raises(OutsideServerError, match="SUPERUSER"):
        find_outside_server({"TSUNAGU_DATABASE_URL": server.url(Login.OWNER)})
