"""Policies that ask for a right are written in the words of today, and nothing is shown while they are not."""

import pytest

from tsunagu.database.logins import Login

SELECT = "SELECT qual FROM pg_policies WHERE tablename = 'people_directory' AND policyname = 'see_by_find'"


@pytest.fixture
def owner(desk):
    import psycopg

    with psycopg.connect(desk.url(Login.OWNER), autocommit=True) as connection:
        yield connection


def test_each_upgrade_writes_them_in_the_words_of_today(desk, owner):
    from tsunagu.web.upgrading import bring_up_to_date

    (written,) = owner.execute(SELECT).fetchone()
    assert "access_relationship" in written
    owner.execute("ALTER POLICY see_by_find ON people_directory USING (true)")
    bring_up_to_date(desk)
    assert owner.execute(SELECT).fetchone() == (written,)


def test_a_table_whose_policy_is_not_written_yet_shows_nothing(desk, owner):
    from django.db import connections

    from tsunagu.access.row_policies import close_right_policies, write_right_policies
    from tsunagu.web.upgrading import OWNER_ALIAS, owner_connection

    with owner_connection(desk):
        close_right_policies(OWNER_ALIAS)
        try:
            left = owner.execute(
                "SELECT policyname FROM pg_policies WHERE cmd = 'SELECT' AND tablename = 'people_directory'"
            )
            assert left.fetchall() == []
            assert "people_directory" in connections[OWNER_ALIAS].introspection.table_names()
        finally:
            write_right_policies(OWNER_ALIAS)
    assert owner.execute(SELECT).fetchone()
