"""The shipped table of roles, as a text table; what a table must not say; and that a real city adopts its own."""

from datetime import date

import pytest

from tsunagu.catalog.adopting import draft_adoptions
from tsunagu.catalog.checking import check_definitions, find_problems
from tsunagu.catalog.loading import find_shipped_definitions
from tsunagu.catalog.roles import BROAD_REACHES, Right
from tsunagu.catalog.words import Role

ON = date(2026, 6, 1)
REAL = 'code: "131016"\nname: サンプル市\nactive_purposes: []\n'
# role · finds · head · contact · with a reason · facts · reasons · council register · in an emergency
SHIPPED = """
coordinator           everyone               everyone               -        everyone listed         listed,followed -      everyone
caseworker            everyone               everyone               assigned -        assigned,team  assigned,team   agenda everyone
public_health_nurse   before_school,assigned before_school,assigned assigned -        assigned,team  assigned,team   -      before_school
school_social_worker  place,assigned         place,assigned         -        -        place,assigned place,assigned  agenda -
school                shared                 shared                 -        -        shared         -               -      -
council_member        agenda                 agenda                 -        -        -              -               agenda -
child_guidance_center shared                 shared                 shared   -        -              -               shared -
supervisor            team                   team                   team     -        team           team            team   everyone
data_holder           -                      -                      -        -        -              -               -      -
analyst               -                      -                      -        -        -              -               -      -
auditor               -                      -                      -        -        -              -               -      -
"""
SHOWN = (
    Right.FIND,
    Right.HEAD,
    Right.CONTACT,
    Right.CONTACT_WITH_REASON,
    Right.FACTS,
    Right.REASONS,
    Right.COUNCIL_REGISTER,
    Right.BREAK_GLASS,
)
ROLES = """\
- id: caseworker
  title: {ja: 担当}
  rights:
    find: [everyone]
    head: [everyone]
    contact: [assigned]
    facts: [team]
  lanes: [health]
- id: school
  title: {ja: 学校}
  rights: {find: [shared]}
"""
BROKEN = [
    ("contact: [assigned]", "contact: [everyone]", "関わりのない子ども", 0),
    ("facts: [team]", "facts: [team, before_school]", "関わりのない子ども", 0),
    ("contact: [assigned]", "contact: [assigned, assigned]", "二度", 0),
    ("contact: [assigned]", "contact: []", "範囲がない", 0),
    ("    head: [everyone]\n", "", "「head」がありません", 0),
    ("  lanes: [health]\n", "", "lanes", 0),
    ("contact: [assigned]", "contact: [asigned]", "知らない語", 5),
    ("contact: [assigned]", "telephone: [assigned]", "知らない語", 5),
    ("id: school\n", "id: king\n", "知らない語", 9),
    ("id: school\n", "id: caseworker\n", "にもあります", 9),
]


def test_the_shipped_table_is_this_one() -> None:
    roles = check_definitions(find_shipped_definitions(), None, on=ON).roles
    found = [
        [role, *(",".join(roles[role].rights.get(right, ())) or "-" for right in SHOWN)] for role in Role
    ]
    assert found == [line.split() for line in SHIPPED.strip().splitlines()]


def test_no_shipped_role_sees_addresses_or_facts_in_breadth() -> None:
    roles = check_definitions(find_shipped_definitions(), None, on=ON).roles.values()
    close = [
        role.rights.get(right, ()) for role in roles for right in (Right.CONTACT, Right.FACTS, Right.REASONS)
    ]
    assert [reaches for reaches in close if BROAD_REACHES & set(reaches)] == []
    assert sum(map(len, close)) > 10


@pytest.mark.parametrize(("old", "new", "what", "line"), BROKEN)
def test_a_table_that_gives_too_much_is_refused(world, old: str, new: str, what: str, line: int) -> None:
    world.change(("roles.yaml", "", ROLES))
    assert world.find_problems() == []
    world.change(("roles.yaml", old, new))
    (problem,) = [problem for problem in world.find_problems() if what in problem.what]
    assert problem.file == "標準の定義/roles.yaml"
    assert problem.line >= max(line, 1)


def test_a_real_city_has_the_roles_it_adopted(world) -> None:
    world.change(("roles.yaml", "", ROLES))
    assert [role.id for role in world.open().list_roles(on=ON)] == ["caseworker", "school"]
    draft = draft_adoptions(
        world.open(), "helping", adopted_by="課長", adopted_on=date(2026, 4, 1), review_on=date(2027, 3, 31)
    )
    lines = draft.split("- kind: role\n")
    assert len(lines) == 3
    world.write_home(municipality=REAL)
    assert world.open().list_roles(on=ON) == []
    world.write_home(adoptions=f"- kind: role\n{lines[1]}")
    assert [role.id for role in world.open().list_roles(on=ON)] == ["caseworker"]
    catalog, _ = find_problems(world.shipped, world.home, on=date(2027, 4, 1))
    assert catalog.list_roles(on=date(2027, 4, 1)) == []
