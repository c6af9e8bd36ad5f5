"""A child is fetched when somebody who may see it has opened it that day, and what stands in the way is noted."""

from datetime import date

import psycopg
import pytest

from tsunagu.database.logins import Login

DAY = date(2026, 6, 1)
PURPOSE = "poverty_support"


@pytest.fixture
def owner(desk):
    """The alias of the owner's connection."""
    from tsunagu.access.owner import OWNER_ALIAS, owner_connection

    with owner_connection(desk):
        yield OWNER_ALIAS


@pytest.fixture
def opened(desk):
    with psycopg.connect(desk.url(Login.OWNER)) as connection:
        connection.execute(
            "INSERT INTO people_opening (person_id, purpose, opened_on) VALUES (1, %s, %s)", [PURPOSE, DAY]
        )


@pytest.mark.parametrize(
    ("person_id", "purpose", "day"),
    [(2, PURPOSE, DAY), (1, "abuse_prevention", DAY), (1, PURPOSE, DAY.replace(day=2))],
)
def test_nobody_opened_it_so_nothing_is_fetched(home, owner, opened, person_id, purpose, day) -> None:
    from tsunagu.people.fetching import NotOpenedError, fetch_copy

    with pytest.raises(NotOpenedError):
        fetch_copy(home.path, person_id, purpose, as_of=day, using=owner)


def test_what_stands_in_the_way_is_noted(desk, home, owner, opened) -> None:
    from tsunagu.people.fetching import Trouble, fetch_copy
    from tsunagu.people.models import Fetched

    (home.path / "municipality.yaml").write_text(
        'code: "999999"\nname: サンプル市\nactive_purposes: [poverty_support]\n', encoding="utf-8"
    )
    assert fetch_copy(home.path, 1, PURPOSE, as_of=DAY, using=owner) is Trouble.NO_RUN
    assert [(one.person_id, one.trouble) for one in Fetched.objects.using(owner)] == [(1, "no_run")]


def test_a_purpose_that_is_not_in_force_is_refused_on_record(desk, home, owner, opened) -> None:
    from tsunagu.people.fetching import Trouble, fetch_copy

    assert fetch_copy(home.path, 1, PURPOSE, as_of=DAY, using=owner) is Trouble.PURPOSE_REFUSED
