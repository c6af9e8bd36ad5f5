"""Who lives with a sealed child is sealed off too, for as long as the told seal holds and they live there."""

from datetime import date, timedelta

import psycopg
import pytest

from tsunagu.database.logins import Login

DAY = date(2026, 6, 1)
TELL = (
    "INSERT INTO access_seal (staff_id, person_id, kind, is_computed, sealed_by_id, valid_from, valid_to)"
    " VALUES (%s, %s, 'own_relative', false, %s, %s, %s)"
)


@pytest.fixture
def owner(desk):
    """The alias of the owner's connection."""
    from tsunagu.access.owner import OWNER_ALIAS, owner_connection

    with owner_connection(desk):
        yield OWNER_ALIAS


def list_computed(desk) -> list[tuple]:
    with psycopg.connect(desk.url(Login.OWNER)) as connection:
        rows = "SELECT staff_id, person_id, kind, valid_from FROM access_seal WHERE is_computed ORDER BY 1, 2"
        return connection.execute(rows).fetchall()


def test_seals_follow_the_household_and_end_with_the_told_one(desk, owner, make_staff) -> None:
    from tsunagu.people.sealing import list_sealed, spread_seals

    one, two = make_staff("S0001").pk, make_staff("S0002").pk
    later = DAY + timedelta(days=3)
    with psycopg.connect(desk.url(Login.OWNER)) as connection:
        connection.execute(TELL, [one, 1, one, DAY, None])
        connection.execute(TELL, [two, 2, two, DAY, later])
    assert list_sealed(on=DAY, using=owner) == [1, 2]
    households = [(1, 11), (1, 12), (2, 12)]
    for _ in range(2):
        assert spread_seals(households, on=DAY, using=owner) == 3
        assert list_computed(desk) == [
            (one, 11, "same_address", DAY),
            (one, 12, "same_address", DAY),
            (two, 12, "same_address", DAY),
        ]
    assert list_sealed(on=later, using=owner) == [1]
    assert spread_seals([(1, 12)], on=later, using=owner) == 1
    assert list_computed(desk) == [(one, 12, "same_address", DAY)]
    assert spread_seals([], on=later, using=owner) == 0
