"""Staff with known passwords exist in a fictional city, and nowhere else."""

from datetime import date

import pytest

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
