"""A statement is planned once a connection, and answers whoever asks by what holds for them in that transaction."""

from datetime import date

ON = date(2026, 6, 1)
TIMES = 4


def count_purposes(staff, request_purpose: str) -> int:
    from tsunagu.access.models import PurposeGrant
    from tsunagu.access.session import acting_as

    with acting_as(staff, request_purpose, ON):
        return PurposeGrant.objects.filter(purpose="poverty_support").count()


def test_a_kept_plan_asks_the_row_policies_anew(desk, make_officer, grant) -> None:
    from django.db import connection

    granted, stranger = make_officer("S0001"), make_officer("S0002")
    grant(granted)
    seen = [
        (count_purposes(granted, "own_account"), count_purposes(stranger, "own_account"))
        for _ in range(TIMES)
    ]
    assert seen == [(1, 0)] * TIMES
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT max(generic_plans), sum(custom_plans) FROM pg_prepared_statements"
            " WHERE statement LIKE '%access_purposegrant%COUNT%' OR statement LIKE '%COUNT%access_purposegrant%'"
        )
        generic, custom = cursor.fetchone()
    assert generic >= TIMES
    assert custom == 0


def test_a_connection_keeps_the_plans_of_more_pages_than_there_are(desk) -> None:
    from django.db import connection

    def ask(number: int) -> None:
        cursor.execute(f"SELECT {number} + %s", [1])

    connection.close()
    with connection.cursor() as cursor:
        for number in [*range(TIMES), *range(TIMES), *range(200), *range(200)]:
            ask(number)
        cursor.execute(
            "SELECT count(*), max(generic_plans) FROM pg_prepared_statements WHERE statement ~ '^SELECT \\d'"
        )
        kept, most = cursor.fetchone()
    assert kept == 200, "a page's plans pushed out another's"
    assert most == 3
