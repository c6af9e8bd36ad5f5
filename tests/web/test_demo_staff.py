"""Staff with known passwords exist in a fictional city, and nowhere else."""

import json
from datetime import date

import psycopg
import pytest

from tsunagu.database.logins import Login

TODAY = date(2026, 11, 24)


def test_one_of_every_role_can_sign_in(desk, open_browser):
    from tsunagu.web.demo_staff import prepare_demo_staff

    for _ in range(2):
        staff = prepare_demo_staff(desk, "999999", ["poverty_support"], today=TODAY)
    assert len(staff) == 12
    for one in (staff[0], staff[-1]):
        browser = open_browser()
        browser.get("/sign-in/")
        browser.send("/sign-in/", login=one.staff_number, password=one.password)
        browser.send("/sign-in/code/", code=one.codes[0])
        standing = browser.get("/").context["standing"]
        assert standing.is_administrator is (one is staff[0])
        assert [grant.purpose for grant in standing.purposes] == ["poverty_support"][: one is not staff[0]]


def test_a_real_city_has_none(desk):
    from tsunagu.access.models import Staff
    from tsunagu.web.demo_staff import RealCityError, prepare_demo_staff

    with pytest.raises(RealCityError, match="架空"):
        prepare_demo_staff(desk, "131016", ["poverty_support"], today=TODAY)
    assert not Staff.objects.exists()


def test_everybody_of_a_demo_finds_children(desk, roles):
    """And the same children after a second start."""
    from tsunagu.access.models import Relationship, Staff
    from tsunagu.access.session import ADMINISTRATION, acting_as
    from tsunagu.cases.intake_models import Intake
    from tsunagu.web.demo_children import give_demo_children
    from tsunagu.web.demo_intakes import give_demo_intakes
    from tsunagu.web.demo_staff import prepare_demo_staff

    prepare_demo_staff(desk, "999999", ["poverty_support"], today=TODAY)
    put_on_list(desk)
    for _ in range(2):
        give_demo_children(TODAY)
        with acting_as(Staff.objects.get(staff_number="D0001"), ADMINISTRATION, TODAY):
            bonds = Relationship.objects.values_list("staff__staff_number", "kind")
            assert sorted({(number or "", kind) for number, kind in bonds}) == [
                ("", "team"),
                ("D0003", "assigned"),
                ("D0004", "assigned"),
                ("D0005", "assigned"),
                ("D0006", "shared"),
                ("D0007", "agenda"),
                ("D0008", "shared"),
            ]
            assert len(bonds) == 14 + 12 + 4 + 10 + 6 + 6 + 6
        give_demo_intakes(["poverty_support"], TODAY)
        with acting_as(Staff.objects.get(staff_number="D0003"), "poverty_support", TODAY):
            assert Intake.objects.count() == 2


def put_on_list(desk) -> None:
    """Fourteen children from three years of age, a year apart, listed."""
    rows = [
        {
            "person_id": number,
            "purpose": "poverty_support",
            "run_id": "run-1",
            "need_rank": 4,
            "headline_ja": "架空の理由",
            "headline_en": "made up",
            "has_red_flag": False,
            "silence_state": "",
            "is_silence_urgent": False,
            "silence_ja": "",
            "silence_en": "",
            "age_ja": "",
            "age_en": "",
            "age_years": number + 1,
            "is_unborn": False,
            "is_registered": True,
            "is_protected": False,
            "kinds": [],
            "listed_since": TODAY.isoformat(),
            "expires_on": "2027-06-01",
        }
        for number in range(1, 15)
    ]
    with psycopg.connect(desk.url(Login.OWNER)) as owner:
        owner.execute("SELECT set_config('tsunagu.purpose', 'poverty_support', true)")
        for table, names in (
            ("cases_listed", ", ".join(rows[0])),
            ("access_listed", "person_id, purpose, listed_since, expires_on"),
        ):
            owner.execute(
                f"INSERT INTO {table} ({names})"  # noqa: S608 # our own names
                f" SELECT {names} FROM jsonb_populate_recordset(NULL::{table}, %s::jsonb)",
                [json.dumps(rows)],
            )
