"""Random deliveries: what is known on any day equals a slow bookkeeping of versions in plain Python."""

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

FIRST = date(2024, 6, 1)
LATEST = 12
RANDOM = settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)


@dataclass(frozen=True)
class Version:
    content: tuple
    scope: tuple
    known_from: date
    known_to: date | None = None
    stated_for: date | None = None


class Ledger:
    """Versions by record; the last one may be open."""

    def __init__(self):
        self.versions = defaultdict(list)

    def get_open(self, key):
        last = self.versions[key][-1] if self.versions[key] else None
        return last if last and last.known_to is None else None

    def next_day(self, key, known_from):
        last = self.versions[key][-1] if self.versions[key] else None
        return max(known_from, last.known_from + timedelta(days=1)) if last else known_from

    def state(self, key, version):
        start = self.next_day(key, version.known_from)
        if self.get_open(key):
            self.close(key, start)
        self.versions[key].append(replace(version, known_from=start))

    def close(self, key, day):
        self.versions[key][-1] = replace(self.versions[key][-1], known_to=day)

    def list_known(self, day):
        known = [
            version.content
            for versions in self.versions.values()
            for version in versions
            if version.known_from <= day and (version.known_to is None or day < version.known_to)
        ]
        return Counter(known)


def list_versions(town, item, columns):
    """Content, first and last day known of every version in the store."""
    rows = town.query(
        f"SELECT {columns}, v.known_from, (SELECT min(c.known_to) FROM facts.closure AS c "  # noqa: S608 - our own names
        f"WHERE c.item = '{item}' AND c.record_id = v.record_id AND c.version_known_from = v.known_from) "
        f"FROM facts.{item} AS v"
    )
    return [Version(row[:-2], (), *row[-2:]) for row in rows]


def assert_same_on_every_day(ledger, stored):
    found = Ledger()
    found.versions["all"] = stored
    for offset in range(LATEST + 6):
        day = FIRST + timedelta(days=offset)
        assert found.list_known(day) == ledger.list_known(day)


def keep_marks(ledger, delivery, known_from):
    """Events, by school and month: a list denies only what lies in the schools and months it speaks of."""
    rows = {(month, pupil, day): (school, month, mark) for school, month, pupil, day, mark in delivery}
    scopes = {(school, month) for school, month, *_ in delivery}
    for key, (school, month, mark) in rows.items():
        version = Version((key[2], mark), (school, month), known_from)
        last = ledger.get_open(key)
        if last is None or (last.content, last.scope) != (version.content, version.scope):
            ledger.state(key, version)
    for key in list(ledger.versions):
        last = ledger.get_open(key)
        if key not in rows and last and last.scope in scopes:
            ledger.close(key, ledger.next_day(key, known_from))


def keep_stays(ledger, delivery, known_from, reference):
    """States of the whole municipality: what is left out has ended, unless it is the same day corrected."""
    for key, content in delivery.items():
        last = ledger.get_open(key)
        if last is None or last.content != content:
            ledger.state(key, Version(content, (), known_from, stated_for=reference))
    for key in list(ledger.versions):
        last = ledger.get_open(key)
        if key in delivery or last is None:
            continue
        place, start, end = last.content
        if end is not None and end <= reference:
            continue
        if start >= reference or last.stated_for == reference:
            ledger.close(key, ledger.next_day(key, known_from))
        else:
            ledger.state(key, Version((place, start, reference), (), known_from, stated_for=reference))


mark_rows = st.tuples(
    st.sampled_from(["S1", "S2"]),
    st.sampled_from([4, 5]),
    st.sampled_from([1, 2, 3]),
    st.sampled_from([8, 9]),
    st.sampled_from(["absent", "late"]),
)
mark_lists = st.lists(mark_rows, min_size=1, max_size=8, unique_by=lambda row: (row[1], row[2], row[3]))
days = st.lists(st.integers(0, LATEST - 3), min_size=2, max_size=5).map(sorted)


@RANDOM
@given(data=st.data(), known=days)
def test_marks(make_town, data, known):
    town, ledger, seen = make_town(), Ledger(), set()
    for turn, offset in enumerate(known):
        delivery, day = data.draw(mark_lists), FIRST + timedelta(days=offset)
        lines = [
            f"{school},20240{month},{pupil},2024-0{month}-0{number},{'欠席' if mark == 'absent' else '遅刻'}"
            for school, month, pupil, number, mark in delivery
        ]
        text = "\n".join(["学校,年月,番号,日付,区分", *lines])
        town.write(f"{turn}_{day:%Y%m%d}.csv", text, day=str(day))
        if (text, day) not in seen:
            seen.add((text, day))
            rows = [(s, m, p, date(2024, m, n), mark) for s, m, p, n, mark in delivery]
            keep_marks(ledger, rows, day)
    outcomes = town.take(town.inbox)
    assert {outcome.status.value for outcome in outcomes} <= {"accepted", "already"}
    assert_same_on_every_day(ledger, list_versions(town, "mark", "occurred_on, mark"))


dates = st.integers(-40, 8).map(lambda offset: FIRST + timedelta(days=offset))
stays = st.dictionaries(
    st.sampled_from("123"),
    st.tuples(st.sampled_from("いろ"), dates, st.none() | dates),
    min_size=1,
    max_size=3,
)


@RANDOM
@given(data=st.data(), known=days)
def test_stays(make_town, data, known):
    town, ledger, seen = make_town(), Ledger(), set()
    for turn, offset in enumerate(known):
        delivery, day = data.draw(stays), FIRST + timedelta(days=offset)
        lines = [
            f"{key},甲,{place},{start},{end - timedelta(days=1) if end else ''}"
            for key, (place, start, end) in delivery.items()
        ]
        text = "\n".join(["番号,氏名,園,開始日,終了日", *lines])
        town.write(f"{turn}_{day:%Y%m%d}.csv", text, day=str(day))
        if (text, day) not in seen:
            seen.add((text, day))
            keep_stays(ledger, delivery, day, day)
    town.take(town.inbox)
    assert_same_on_every_day(ledger, list_versions(town, "stay", "place, valid_from, valid_to"))
