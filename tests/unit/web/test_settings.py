"""Settings that a careless hand could loosen."""

import stat
from datetime import date

import pytest

from tsunagu.web.installation import (
    HomeNotNamedError,
    RealDayError,
    get_demo_day,
    get_home,
    list_hosts,
    read_secret_key,
)


def test_djangos_own_check_finds_nothing(desk_server):
    from django.core.management import call_command

    call_command("check", deploy=True, fail_level="WARNING")


def test_a_loose_setting_would_be_found(desk_server):
    from django.core.management import CommandError, call_command
    from django.test import override_settings

    with override_settings(SESSION_COOKIE_SECURE=False), pytest.raises(CommandError):
        call_command("check", deploy=True, fail_level="WARNING")


def test_there_is_no_admin_site_and_no_debugging(desk_server):
    from django.conf import settings

    assert settings.DEBUG is False
    assert settings.USE_TZ is True
    assert [name for name in settings.INSTALLED_APPS if "admin" in name] == []
    assert settings.DATABASES["default"]["USER"] == "tsunagu_app"


def test_the_home_must_be_named():
    with pytest.raises(HomeNotNamedError, match="TSUNAGU_HOME"):
        get_home({})


def test_only_named_hosts_are_answered():
    assert list_hosts({}) == ["localhost", "127.0.0.1", "[::1]"]
    assert list_hosts({"TSUNAGU_HOSTS": " desk.example , "}) == ["desk.example"]


def test_the_secret_key_is_made_once_and_closed(tmp_path):
    key = read_secret_key(tmp_path)
    assert len(key) >= 64
    assert read_secret_key(tmp_path) == key
    (path,) = (tmp_path / "var" / "keys").iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def make_home(folder, code):
    folder.mkdir()
    (folder / "municipality.yaml").write_text(f'code: "{code}"\nname: 試験市\n', encoding="utf-8")
    return folder


def test_a_fictional_city_may_stand_still(tmp_path):
    home = make_home(tmp_path / "home", "999999")
    assert get_demo_day(home, {"TSUNAGU_DEMO_DAY": "2026-04-01"}) == date(2026, 4, 1)
    assert get_demo_day(home, {}) is None


def test_in_a_real_city_it_is_today(tmp_path):
    home = make_home(tmp_path / "home", "131016")
    assert get_demo_day(home, {}) is None
    with pytest.raises(RealDayError, match="架空"):
        get_demo_day(home, {"TSUNAGU_DEMO_DAY": "2026-04-01"})


def test_rights_hold_by_the_day_of_the_demo(desk_server):
    from django.test import override_settings
    from django.utils import timezone

    from tsunagu.access.clock import read_today

    assert read_today() == timezone.localdate()
    with override_settings(DEMO_DAY=date(2026, 4, 1)):
        assert read_today() == date(2026, 4, 1)
