"""Promises about files that go through intake in parts and pieces: nothing is different but the memory."""

import shutil
from contextlib import contextmanager

import pytest

from tsunagu.intake import land, pieces, read_csv

STAY = "番号,氏名,園,開始日,終了日"
WEIGHTS = (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)


def make_my_number(stem):
    digits = f"{stem:011}"
    rest = sum(int(digit) * weight for digit, weight in zip(digits, WEIGHTS, strict=True)) % 11
    return digits + str(0 if rest <= 1 else 11 - rest)


@pytest.fixture
def small_parts(monkeypatch):
    monkeypatch.setattr(read_csv, "PART_BYTES", 300)
    monkeypatch.setattr(read_csv, "_CHUNK_BYTES", 64)
    monkeypatch.setattr(pieces, "ROWS_AT_ONCE", 4)


def make_rows():
    rows = [f"{number},甲{number},園{number % 3},2024-04-01," for number in range(60)]
    rows[17] = "17,甲17,園2,いつか,"
    rows[41] = f"41,甲41,{make_my_number(98765432100)},2024-04-01,"
    rows[55] = "12,甲12,園9,2024-04-01,"
    return f"{STAY}\n" + "\n".join(rows)


def look(town):
    stays = "SELECT subject_id, place, known_from, row FROM facts.stay ORDER BY ALL"
    people = "SELECT subject_id, name, row FROM identity.record ORDER BY ALL"
    return [town.query(stays), town.query(people), town.list_problems()]


@pytest.fixture
def whole(town):
    outcome = town.hand_over("x_20240605.csv", make_rows())
    return town.home, outcome, look(town)


def test_in_parts_it_is_the_same_file(whole, town, tmp_path, make_home, small_parts):
    home, outcome, seen = whole
    other = type(town)(make_home(tmp_path / "other"), tmp_path / "inbox")
    # The same key, or every meaningless id would differ.
    shutil.copytree(home.keys, other.home.keys, dirs_exist_ok=True)
    in_parts = other.hand_over("x_20240605.csv", make_rows())
    assert in_parts == outcome
    assert look(other) == seen
    assert {row for row, _, code, _ in seen[2] if code == "my_number"} == {43}
    assert {row for row, _, code, _ in seen[2] if code == "duplicate"} == {57}


@pytest.mark.usefixtures("small_parts")
def test_individual_numbers_spread_over_all_parts_refuse_the_file(town):
    rows = [f"{n},甲,{make_my_number(98765432100 + 7 * n)},2024-04-01," for n in range(25)]
    outcome = town.hand_over("x_20240605.csv", f"{STAY}\n" + "\n".join(rows))
    assert outcome.refusal.code == "my_number_values"
    assert not any(town.home.var.rglob("*.age"))


@pytest.mark.usefixtures("small_parts")
def test_a_refusal_in_a_later_part_leaves_nothing(town):
    outcome = town.hand_over("x_20240605.csv", f"{make_rows()}\n61,甲")
    assert (outcome.refusal.code, outcome.kept) == ("wrong_cell_count", 0)
    assert town.query("SELECT count(*) FROM identity.record") == [(0,)]
    assert town.hand_over("x_20240605.csv", make_rows()).status == "accepted"


class TestChangedWhileRead:
    """The original is sealed after it has been read: both must be the same bytes."""

    CHANGED, QUIET = "x_20240605.csv", "y_20240606.csv"

    @pytest.fixture
    def hand_over(self, town, monkeypatch):
        """Two files in one session; the first one changes once it has been read."""
        honest = land.seal_beside

        def write_more(writer, path):
            if path.name == self.CHANGED:
                path.write_text(f"{STAY}\n1,乙,い,2024-04-01,\n", encoding="utf-8")
            return honest(writer, path)

        monkeypatch.setattr(land, "seal_beside", write_more)
        files = [
            town.write(name, f"{STAY}\n{number},甲,い,2024-04-01,", day=day)
            for number, name, day in ((1, self.CHANGED, "2024-06-05"), (2, self.QUIET, "2024-06-06"))
        ]
        return lambda: town.take(*files)

    def test_it_is_refused_and_the_next_file_is_not(self, town, hand_over):
        changed, quiet = hand_over()
        assert (changed.refusal.code, quiet.status) == ("changed_file", "accepted")
        assert town.query("SELECT source_key FROM identity.record") == [("2",)]
        assert town.query("SELECT file_name FROM landing.file") == [(self.QUIET,)]
        assert len(list(town.home.var.rglob("*.age"))) == 1

    def test_without_discarding_it_would_come_with_the_next_file(self, town, hand_over, monkeypatch):
        monkeypatch.setattr(land.Session, "discard", lambda _: None)
        hand_over()
        assert len(town.query("SELECT source_key FROM identity.record")) == 2

    def test_without_the_guard_it_would_be_kept(self, hand_over, monkeypatch):
        @contextmanager
        def seal_anything(session, read):
            with land.seal_beside(session.writer, read.incoming.path) as wait_for_sealed:
                yield lambda: land.stage_original(session.writer, wait_for_sealed())

        monkeypatch.setattr(land, "_seal_original", seal_anything)
        assert [outcome.status for outcome in hand_over()] == ["accepted", "accepted"]
