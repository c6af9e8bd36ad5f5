"""How circumstances come about, grow heavier or lighter, are helped, and end: one step for every month.

Everything here reads only the present state of the city. The shares, lengths and factors are chosen by us so that
the totals come out in a believable size; they are no findings about real families.
"""

from dataclasses import dataclass

import numpy as np

from tsunagu.fiction.almanac import YEAR_DAYS, Month, is_child, school_grade
from tsunagu.fiction.arrays import NEVER, NOBODY, Bools, Floats, Ints, Rng, choose, draw, whole_numbers
from tsunagu.fiction.circumstances import (
    BULLYING,
    CAUSES,
    DEVELOPMENT,
    FADED,
    FAMILY_KINDS,
    FOREIGN,
    GROWN_UP,
    HARDSHIP,
    HELPED,
    ILLNESS,
    ISOLATION,
    LEFT,
    LONE_PARENT,
    MANY_SIBLINGS,
    MOVED,
    NEGLECT,
    NEW_CHILD,
    NO_CAUSE,
    NON_ATTENDANCE,
    PARENT_ILLNESS,
    PARTED,
    PARTING,
    PERINATAL,
    VIOLENCE,
    YOUNG_CARER,
    Burden,
)
from tsunagu.fiction.people import RESIDENT, City

_HELP_SHORTENS = 2.2
_MOST = 0.85


@dataclass(frozen=True)
class Course:
    """How a kind runs: the share of units in it at any time all else equal, and its mean length by severity.

    `strain` is how strongly a family's strain counts; `factors` multiply the share where they hold. `worsens`, `eases`
    are chances a month; `helped` the chance a month, by severity, that help begins. `balance` is how much oftener than
    by share and length alone spells must begin, because help and growing up end them sooner.
    """

    share: float
    mean_days: tuple[int, int, int]
    strain: float = 0.0
    factors: tuple[tuple[str, float], ...] = ()
    severities: tuple[float, float, float] = (0.52, 0.31, 0.17)
    worsens: float = 0.014
    eases: float = 0.02
    helped: tuple[float, float, float] = (0.012, 0.03, 0.06)
    balance: float = 1.25


COURSES = {
    HARDSHIP: Course(0.083, (1100, 1200, 1300), 0.45, ((LONE_PARENT, 5.0), (PARTING, 12.0), (PARENT_ILLNESS, 1.8), (NEW_CHILD, 1.2))),
    ISOLATION: Course(0.046, (700, 900, 1100), 0.4, ((FOREIGN, 2.5), (HARDSHIP, 1.6), (LONE_PARENT, 1.5), (MOVED, 1.8), (PERINATAL, 1.5))),
    PARENT_ILLNESS: Course(0.036, (700, 900, 1100), 0.3, ((HARDSHIP, 1.5), (PERINATAL, 1.8))),
    NEGLECT: Course(0.0052, (500, 750, 900), 0.9, ((HARDSHIP, 3.0), (ISOLATION, 3.0), (PARENT_ILLNESS, 1.6), (PERINATAL, 2.0)), helped=(0.015, 0.045, 0.09)),
    VIOLENCE: Course(0.0098, (500, 700, 800), 0.8, ((HARDSHIP, 1.5), (LONE_PARENT, 0.35), (DEVELOPMENT, 1.3)), helped=(0.012, 0.04, 0.09)),
    ILLNESS: Course(0.012, (350, 500, 900)),
    BULLYING: Course(0.019, (90, 140, 220), 0.0, ((DEVELOPMENT, 1.8), (FOREIGN, 1.6), (MOVED, 1.5), (HARDSHIP, 1.2)), helped=(0.05, 0.12, 0.2)),
    YOUNG_CARER: Course(0.016, (600, 800, 900), 0.0, ((PARENT_ILLNESS, 9.0), (MANY_SIBLINGS, 2.0), (HARDSHIP, 2.0), (NEGLECT, 2.0))),
    NON_ATTENDANCE: Course(
        1.0, (150, 350, 800), 0.0,
        ((DEVELOPMENT, 2.4), (NEGLECT, 3.0), (YOUNG_CARER, 2.2), (VIOLENCE, 2.2), (HARDSHIP, 1.5), (BULLYING, 3.5)),
        severities=(0.42, 0.36, 0.22), worsens=0.05, eases=0.03, helped=(0.04, 0.07, 0.10), balance=1.9,
    ),
}  # fmt: skip
_NON_ATTENDANCE_BY_GRADE = (0.0, 0.005, 0.0065, 0.009, 0.012, 0.0155, 0.02, 0.029, 0.036, 0.036)
_BULLYING_BY_GRADE = (0.0, 0.6, 0.8, 0.9, 1.1, 1.4, 1.4, 1.5, 1.1, 0.7)
# How much likelier staying away begins in a month, January first: after the holidays, in autumn.
_NON_ATTENDANCE_SEASON = (1.3, 0.9, 0.4, 1.2, 1.0, 1.0, 0.5, 0.3, 2.0, 1.3, 1.0, 0.6)
_PERINATAL_ENDS = (0.30, 0.2, 0.12)


@dataclass(frozen=True)
class Scene:
    """The units a kind can touch in a month: what is the case for each, and who is new to the city's eye."""

    units: Ints
    is_new: Bools
    strain: Floats
    flags: dict[str, Bools]


def weigh(city: City, rng: Rng, month: Month) -> None:
    """One month of everything that weighs on families and children, causes before effects."""
    minors = np.flatnonzero(is_child(city.people.birth, month.first) & (city.people.status == RESIDENT))
    families = _see_families(city, month, minors)
    for kind in FAMILY_KINDS:
        if kind == VIOLENCE:
            _part_from_violence(city, rng, month)
        _follow(city, rng, month, kind, families, COURSES[kind].share)
        families.flags[kind] = city.burdens.is_under(kind, families.units)
    children = _see_children(city, month, minors)
    _give_needs(city, rng, month, children)
    children.flags[DEVELOPMENT] = city.burdens.is_under(DEVELOPMENT, children.units)
    _follow(city, rng, month, ILLNESS, children, COURSES[ILLNESS].share)
    grade = np.clip(school_grade(city.people.birth[children.units], month.school_year), 0, 10)
    pupils = _narrow(children, (grade >= 1) & (grade <= 9))
    grade = grade[(grade >= 1) & (grade <= 9)]
    bullied = COURSES[BULLYING].share * np.array(_BULLYING_BY_GRADE)[grade]
    _follow(city, rng, month, BULLYING, pupils, bullied)
    _follow(
        city,
        rng,
        month,
        YOUNG_CARER,
        _narrow(children, _is_carer_age(city, children, month)),
        COURSES[YOUNG_CARER].share,
    )
    for kind in (BULLYING, YOUNG_CARER):
        pupils.flags[kind] = city.burdens.is_under(kind, pupils.units)
    away = np.array(_NON_ATTENDANCE_BY_GRADE)[grade]
    season = _NON_ATTENDANCE_SEASON[month.month - 1]
    _follow(city, rng, month, NON_ATTENDANCE, pupils, away, season)
    _follow_mothers(city, rng, month)
    city.seen_families[families.units] = city.seen_children[children.units] = 1


def _is_carer_age(city: City, children: Scene, month: Month) -> Bools:
    old_enough: Bools = (month.first - city.people.birth[children.units]) / YEAR_DAYS > 8
    return old_enough


def _see_families(city: City, month: Month, minors: Ints) -> Scene:
    """Families with a child at home or on the way."""
    people, table, expected = city.people, city.families, city.pregnancies
    on_the_way = expected.family[(expected.born >= month.first) & (expected.notified <= month.last)]
    of_children = people.family[minors]
    units = np.union1d(of_children[of_children >= 0], on_the_way)
    city.seen_families = _pad(city.seen_families, len(table))
    mother = np.maximum(table.mother[units], 0)
    parted = month.first - table.parted_on[units]
    born = month.first - table.last_birth[units]
    flags = {
        LONE_PARENT: table.is_together[units] == 0,
        PARTING: (parted >= 0) & (parted < 90),
        NEW_CHILD: (born >= 0) & (born < 180),
        FOREIGN: people.nation[mother] > 0,
        MOVED: people.settled[mother] > month.first - 180,
        PERINATAL: city.burdens.is_under(PERINATAL, table.mother[units]),
    }
    flags |= {kind: city.burdens.is_under(kind, units) for kind in FAMILY_KINDS}
    has_need = np.unique(people.family[minors[city.burdens.is_under(DEVELOPMENT, minors)]])
    flags[DEVELOPMENT] = np.isin(units, has_need)
    strain = np.clip(table.strain[units] / 1000, -2.5, 2.5)
    return Scene(units, city.seen_families[units] == 0, strain, flags)


def _see_children(city: City, month: Month, minors: Ints) -> Scene:
    people = city.people
    city.seen_children = _pad(city.seen_children, len(people))
    family = people.family[minors]
    siblings = np.bincount(family[family >= 0], minlength=len(city.families))
    mother = np.where(family >= 0, city.families.mother[np.maximum(family, 0)], NOBODY)
    flags = {kind: city.burdens.is_under(kind, family) for kind in FAMILY_KINDS}
    flags[MANY_SIBLINGS] = (family >= 0) & (siblings[np.maximum(family, 0)] >= 3)
    flags[FOREIGN] = people.nation[np.maximum(mother, minors)] > 0
    flags[MOVED] = (people.settled[minors] > month.first - 180) & (people.birth[minors] < month.first - 1000)
    return Scene(minors, city.seen_children[minors] == 0, np.zeros(len(minors)), flags)


def _pad(values: Ints, size: int) -> Ints:
    return np.concatenate([values, np.zeros(size - len(values), dtype=np.int64)])


def _narrow(scene: Scene, rows: Bools) -> Scene:
    flags = {name: flag[rows] for name, flag in scene.flags.items()}
    return Scene(scene.units[rows], scene.is_new[rows], scene.strain[rows], flags)


def _follow(
    city: City, rng: Rng, month: Month, kind: str, scene: Scene, share: Floats | float, season: float = 1.0
) -> None:
    """One month of one kind: who leaves it, who changes, who is helped, who begins."""
    burden = city.burdens.of[kind]
    burden.now.grow(len(city.families) if kind in FAMILY_KINDS else len(city.people))
    _leave(city, month, kind, scene)
    _end(city, rng, month, kind)
    _shift(city, rng, month, kind)
    _help(city, rng, month, kind)
    _begin(rng, month, burden, COURSES[kind], scene, share, season)


def _leave(city: City, month: Month, kind: str, scene: Scene) -> None:
    """Spells of those who are not to be seen any more: grown up, gone."""
    burden = city.burdens.of[kind]
    ongoing = np.flatnonzero(burden.now.severity > 0)
    gone = ongoing[~np.isin(ongoing, scene.units)]
    if kind in FAMILY_KINDS:
        parent = np.maximum(city.families.mother[gone], city.families.father[gone])
    else:
        parent = gone
    here = (parent >= 0) & (city.people.status[parent] == RESIDENT)
    burden.end(gone, np.full(len(gone), month.first), np.where(here, GROWN_UP, LEFT))


def _end(city: City, rng: Rng, month: Month, kind: str) -> None:
    burden = city.burdens.of[kind]
    units, severity, helped = _list_ongoing(burden, month)
    days = month.last - month.first + 1
    rate = days / np.array(COURSES[kind].mean_days)[severity - 1] * np.where(helped, _HELP_SHORTENS, 1.0)
    over = draw(rng, 1 - np.exp(-rate), len(units))
    day = rng.integers(month.first, month.last + 1, len(units))
    burden.end(units[over], day[over], np.where(helped[over], HELPED, FADED))
    after = "back_at_school" if kind == NON_ATTENDANCE else "recovered"
    _note(city, after, kind, units[over], day[over])


def _shift(city: City, rng: Rng, month: Month, kind: str) -> None:
    """Spells grow heavier or, more often under help, lighter."""
    burden, course = city.burdens.of[kind], COURSES[kind]
    units, severity, helped = _list_ongoing(burden, month)
    dice = rng.random(len(units))
    worse = (dice < course.worsens) & (severity < 3) & ~helped
    lighter = (dice > 1 - course.eases * np.where(helped, 3.0, 1.0)) & (severity > 1)
    day = rng.integers(month.first, month.last + 1, len(units))
    for rows, step, word in ((worse, 1, "worsened"), (lighter, -1, "eased")):
        burden.change(units[rows], day[rows], severity[rows] + step)
        _note(city, word, kind, units[rows], day[rows])


def _help(city: City, rng: Rng, month: Month, kind: str) -> None:
    """Somebody begins to help: a talk, a visit, a service. Heavier spells are noticed sooner."""
    burden = city.burdens.of[kind]
    units, severity, helped = _list_ongoing(burden, month)
    begins = draw(rng, np.array(COURSES[kind].helped)[severity - 1], len(units)) & ~helped
    day = rng.integers(month.first, month.last + 1, len(units))
    burden.now.helped_on[units[begins]] = day[begins]
    _note(city, "help_started", kind, units[begins], day[begins])


def _list_ongoing(burden: Burden, month: Month) -> tuple[Ints, Ints, Bools]:
    """Units in a spell since before this month, its severity, whether somebody helps."""
    units = np.flatnonzero((burden.now.severity > 0) & (burden.now.changed < month.first))
    return units, burden.now.severity[units], burden.now.helped_on[units] < NEVER


def _begin(
    rng: Rng, month: Month, burden: Burden, course: Course, scene: Scene, share: Floats | float, season: float
) -> None:
    """Who is new has been in a spell with the usual share; for the others one begins now and then."""
    weights = _multiply(course, scene)
    usual = np.minimum(share * weights, _MOST)
    mean = float(np.dot(course.mean_days, course.severities))
    onset = usual / (1 - usual) * (month.last - month.first + 1) / mean * season * course.balance
    chance = np.where(scene.is_new, usual, 1 - np.exp(-onset))
    size = len(scene.units)
    begins = draw(rng, chance, size) & (burden.now.severity[scene.units] == 0)
    earlier = month.first - 1 - whole_numbers(rng.exponential(mean, size))
    day = np.where(scene.is_new, earlier, rng.integers(month.first, month.last + 1, size))
    severity = 1 + choose(rng, list(course.severities), size)
    cause = _find_causes(rng, course, scene)
    burden.begin(scene.units[begins], day[begins], severity[begins], cause[begins])


def _multiply(course: Course, scene: Scene) -> Floats:
    """How much likelier than usual a spell is for each unit."""
    weights: Floats = np.exp(course.strain * scene.strain - course.strain**2 / 2)
    for name, weight in course.factors:
        weights = weights * np.where(scene.flags[name], weight, 1.0)
    return weights


def _find_causes(rng: Rng, course: Course, scene: Scene) -> Ints:
    """One cause for each unit, in proportion to what each adds; often there is none to name."""
    parts = [np.ones(len(scene.units))]
    parts += [np.where(scene.flags[name], max(weight - 1, 0.0), 0.0) for name, weight in course.factors]
    cumulative = np.cumsum(np.stack(parts), axis=0)
    drawn = rng.random(len(scene.units)) * cumulative[-1]
    place = (drawn >= cumulative).sum(axis=0)
    rows = [CAUSES.index(name) for name in (NO_CAUSE, *(name for name, _ in course.factors))]
    return whole_numbers(np.array(rows)[np.minimum(place, len(rows) - 1)])


def _part_from_violence(city: City, rng: Rng, month: Month) -> None:
    """For most, violence ends within weeks of parting."""
    burden = city.burdens.of[VIOLENCE]
    burden.now.grow(len(city.families))
    since_parting = month.first - city.families.parted_on
    apart = (burden.now.severity > 0) & (since_parting >= 0) & (since_parting < 100)
    over = np.flatnonzero(apart & draw(rng, 0.6, len(city.families)))
    burden.end(over, np.full(len(over), month.first), np.full(len(over), PARTED))
    _note(city, "recovered", VIOLENCE, over, np.full(len(over), month.first))


def _give_needs(city: City, rng: Rng, month: Month, children: Scene) -> None:
    """A developmental need is there from birth and stays; of grown-ups nobody asks any more."""
    people, burden = city.people, city.burdens.of[DEVELOPMENT]
    burden.now.grow(len(people))
    grown = np.flatnonzero((burden.now.severity > 0) & ~is_child(people.birth, month.first))
    burden.end(grown, np.full(len(grown), month.first), np.full(len(grown), GROWN_UP))
    size = len(people)
    chance = np.where(people.sex == 1, 0.095, 0.05)
    severity = 1 + choose(rng, [0.6, 0.28, 0.12], size)
    has = draw(rng, chance, size)
    chosen = children.units[children.is_new & has[children.units]]
    chosen = chosen[burden.now.severity[chosen] == 0]
    burden.begin(chosen, people.birth[chosen], severity[chosen], np.zeros(len(chosen), dtype=np.int64))


def _follow_mothers(city: City, rng: Rng, month: Month) -> None:
    """Perinatal depression: begins in the weeks after a birth, ends within the year for most."""
    burden, expected = city.burdens.of[PERINATAL], city.pregnancies
    burden.now.grow(len(city.people))
    units, severity, helped = _list_ongoing(burden, month)
    over = draw(rng, np.array(_PERINATAL_ENDS)[severity - 1] * np.where(helped, 1.6, 1.0), len(units))
    day = rng.integers(month.first, month.last + 1, len(units))
    burden.end(units[over], day[over], np.where(helped[over], HELPED, FADED))
    city.burdens.note("recovered", PERINATAL, units[over], day[over])
    helps = draw(rng, 0.15, len(units)) & ~helped & ~over
    burden.now.helped_on[units[helps]] = day[helps]
    city.burdens.note("help_started", PERINATAL, units[helps], day[helps])
    rows = np.flatnonzero(
        (expected.child != NOBODY) & (expected.born >= month.first) & (expected.born <= month.last)
    )
    family = expected.family[rows]
    chance = (
        0.075
        + 0.08 * city.burdens.is_under(HARDSHIP, family)
        + 0.14 * city.burdens.is_under(ISOLATION, family)
    )
    hit = draw(rng, chance, len(rows)) & (burden.now.severity[expected.mother[rows]] == 0)
    start = expected.born[rows] + rng.integers(5, 60, len(rows))
    severity = 1 + choose(rng, [0.55, 0.32, 0.13], len(rows))
    cause = np.full(int(hit.sum()), CAUSES.index(NEW_CHILD))
    burden.begin(expected.mother[rows][hit], start[hit], severity[hit], cause)


def _note(city: City, word: str, kind: str, units: Ints, day: Ints) -> None:
    """Write down what happened for the person, or for every child of the family."""
    if kind not in FAMILY_KINDS:
        city.burdens.note(word, kind, units, day)
        return
    people = city.people
    days = np.full(len(city.families) + 1, NEVER)
    days[units] = day
    young = (people.family >= 0) & (people.status == RESIDENT) & (days[people.family] < NEVER)
    children = np.flatnonzero(young)
    children = children[is_child(people.birth[children], int(day.min()) if len(day) else 0)]
    city.burdens.note(word, kind, children, days[people.family[children]])
