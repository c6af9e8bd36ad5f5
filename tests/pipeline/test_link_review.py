"""Pairs in doubt go out as a CSV, decisions come back whole or not at all, and every later run keeps them."""

import csv

import pytest

from tsunagu.linkage.review_queue import list_queue
from tsunagu.pipeline import link_review
from tsunagu.pipeline.manifest import list_run_ids
from tsunagu.store.commit import open_reader
from tsunagu.store.facts import SUBJECT_PERSON
from tsunagu.store.identity import LINK, PERSON_LINEAGE, RECORD, REVIEW_DECISION
from tsunagu.vocabulary.errors import ExitCode
from tsunagu.vocabulary.identifiers import show_id


@pytest.fixture
def sheet(world_copy, command, tmp_path):
    """The exported rows of a copy of the world."""
    out = tmp_path / "pairs.csv"
    said = command("link", "review", "export", "--out", out, home=world_copy.path)
    assert said.exit_code == 0, said.text
    with out.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def hand_in(world, world_copy, command, tmp_path):
    def run(rows, **options):
        path = tmp_path / "decided.csv"
        with path.open("w", encoding=options.get("encoding", "utf-8-sig"), newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        return command("link", "review", "import", path, "--on", world.as_of, home=world_copy.path)

    return run


def decide(row, decision, **more):
    return row | {"判断": decision, "理由": "保護者に電話で確かめた", "判断した人": "学務課 係長"} | more


def read_link(home, subject):
    with open_reader(home, "test") as reader:
        reader.attach(LINK, run=list_run_ids(reader)[-1])
        return reader.engine.get_row(
            "SELECT person_id, rule FROM identity.link WHERE subject_id = $subject", subject=subject
        )


def read_lineage(home):
    """What the last run says of the one before; facts of a moved person follow it."""
    with open_reader(home, "test") as reader:
        run_id = list_run_ids(reader)[-1]
        for table in (PERSON_LINEAGE, LINK, SUBJECT_PERSON):
            reader.attach(table, run=run_id)
        apart = reader.engine.get_value(
            "SELECT count(*) FROM identity.link AS l JOIN facts.subject_person AS f USING (subject_id)"
            " WHERE f.person_id <> l.person_id"
        )
        assert apart == 0
        return reader.engine.list_rows(
            "SELECT old_person_id, new_person_id, reason, rule, records FROM identity.person_lineage ORDER BY 1, 2"
        )


def find_opened(home):
    """A record that found nobody and shares its person with no other, and some resident."""
    with open_reader(home, "test") as reader:
        run_id = list_run_ids(reader)[-1]
        reader.attach(LINK, run=run_id)
        reader.attach(RECORD)
        return reader.engine.get_row(
            "SELECT min(l.subject_id), (SELECT min(person_id) FROM identity.link WHERE rule = 'register')"
            " FROM identity.link AS l WHERE l.rule = 'opened' AND l.person_id IN ("
            "SELECT person_id FROM identity.link GROUP BY person_id HAVING count(*) = 1) AND l.subject_id IN ("
            "SELECT subject_id FROM identity.record WHERE name IS NOT NULL)"
        )


def run_again(command, world, home):
    said = command("run", "--as-of", world.as_of, home=home.path)
    assert said.exit_code == 0, said.text


def test_the_most_useful_pair_comes_first(world):
    with open_reader(world.home, "test") as reader:
        queue = list_queue(reader, list_run_ids(reader)[-1], capacity=2)
    assert len(queue.pairs) == min(2, queue.waiting)
    assert [pair.loss for pair in queue.pairs] == sorted((pair.loss for pair in queue.pairs), reverse=True)
    taken = sum(pair.match_probability for pair in queue.pairs if pair.decision != "link")
    assert queue.before.missed - queue.after.missed == pytest.approx(taken)


def test_names_leave_only_when_asked_for(world_copy, command, sheet, tmp_path):
    out = tmp_path / "named.csv"
    said = command("link", "review", "export", "--out", out, "--with-values", home=world_copy.path)
    assert said.exit_code == 0, said.text
    assert out.stat().st_mode & 0o077 == 0
    with out.open(encoding="utf-8-sig", newline="") as file:
        named = list(csv.DictReader(file))
    assert not any(header.startswith(("記録 ", "人 ")) for header in sheet[0])
    values = {row[header] for row in named for header in ("記録 氏名", "人 氏名")} - {""}
    assert values
    assert not [name for name in values for row in sheet if name in "".join(row.values())]


def test_a_real_city_exports_nothing(world_copy, command, tmp_path):
    world_copy.settings_file.write_text(
        'code: "131016"\nname: 実在区\nactive_purposes: []\n', encoding="utf-8"
    )
    out = tmp_path / "pairs.csv"
    said = command("link", "review", "export", "--out", out, home=world_copy.path)
    assert said.exit_code == ExitCode.NOT_ALLOWED
    assert not out.exists()


@pytest.mark.parametrize("encoding", ["utf-8-sig", pytest.param("cp932", marks=pytest.mark.slow)])
def test_a_decision_holds_in_the_next_run_and_can_be_undone(
    world, world_copy, command, sheet, hand_in, encoding
):
    subject, person = find_opened(world_copy)
    row = dict.fromkeys(sheet[0], "") | {"記録の番号": show_id(subject), "人の番号": show_id(person)}
    before = read_link(world_copy, subject)
    said = hand_in([decide(row, "同じ"), *sheet], encoding=encoding)
    assert said.exit_code == 0, said.text
    run_again(command, world, world_copy)
    assert read_link(world_copy, subject) == (person, "reviewed")
    assert read_lineage(world_copy) == [(before[0], person, "joined", "reviewed", 1)]
    assert hand_in([decide(row, "取り消し")]).exit_code == 0
    run_again(command, world, world_copy)
    assert read_link(world_copy, subject) == before
    assert read_lineage(world_copy) == [(person, before[0], "split", "opened", 1)]


def test_told_apart_stays_apart(world, world_copy, command, hand_in, sheet):
    with open_reader(world_copy, "test") as reader:
        reader.attach(LINK, run=list_run_ids(reader)[-1])
        subject, person = reader.engine.get_row(
            "SELECT subject_id, person_id FROM identity.link WHERE rule = 'name_kana_birth' ORDER BY 1 LIMIT 1"
        )
    row = dict.fromkeys(sheet[0], "") | {"記録の番号": show_id(subject), "人の番号": show_id(person)}
    assert hand_in([decide(row, "違う")]).exit_code == 0
    run_again(command, world, world_copy)
    assert read_link(world_copy, subject)[0] != person


@pytest.mark.parametrize(
    ("spoil", "word"),
    [
        ({"判断": "たぶん"}, "判断は"),
        ({"理由": ""}, "理由を"),
        ({"判断した人": ""}, "判断した人を"),
        ({"記録の番号": "花子"}, "番号を読めません"),
        ({"記録の番号": "0000-0000-0001"}, "ここにはありません"),
    ],
)
def test_one_faulty_row_keeps_all_out(world_copy, hand_in, sheet, spoil, word):
    good, bad = decide(sheet[0], "同じ"), decide(sheet[-1] if len(sheet) > 1 else sheet[0], "違う", **spoil)
    said = hand_in([good, bad])
    assert said.exit_code == ExitCode.FILE_REFUSED
    assert "3 行目" in said.text
    assert word in said.text
    assert "花子" not in said.text
    with open_reader(world_copy, "test") as reader:
        assert reader.count_rows(REVIEW_DECISION) == 0


def test_a_pair_nobody_could_tell_leaves_the_queue(world_copy, hand_in, sheet):
    assert hand_in([decide(sheet[0], "分からない")]).exit_code == 0
    with open_reader(world_copy, "test") as reader:
        queue = list_queue(reader, list_run_ids(reader)[-1], capacity=1000)
    assert queue.waiting == len(sheet) - 1


def test_one_pair_twice_is_refused(hand_in, sheet):
    said = hand_in([decide(sheet[0], "同じ"), decide(sheet[0], "違う")])
    assert "2 行目と同じ組" in said.text


def test_without_the_check_half_a_file_would_be_kept(world_copy, hand_in, sheet, monkeypatch):
    """The mutant: faults are forgotten."""
    whole = link_review._read_decision
    monkeypatch.setattr(link_review, "_read_decision", lambda row: (whole(row)[0], None))
    hand_in([decide(sheet[0], "同じ"), decide(sheet[-1], "たぶん")])
    with open_reader(world_copy, "test") as reader:
        assert reader.count_rows(REVIEW_DECISION) == 1


@pytest.mark.slow
def test_contradicting_decisions_are_reported(world, world_copy, command, hand_in, sheet):
    subject, person = find_opened(world_copy)
    row = dict.fromkeys(sheet[0], "") | {"記録の番号": show_id(subject), "人の番号": show_id(person)}
    with open_reader(world_copy, "test") as reader:
        reader.attach(LINK, run=list_run_ids(reader)[-1])
        other = reader.engine.get_value(
            "SELECT min(person_id) FROM identity.link WHERE rule = 'register' AND person_id <> $person",
            person=person,
        )
    assert hand_in([decide(row, "同じ"), decide(row, "同じ", 人の番号=show_id(other))]).exit_code == 0
    run_again(command, world, world_copy)
    assert read_link(world_copy, subject)[1] != "reviewed"
    said = command("link", "review", "conflicts", home=world_copy.path)
    assert "住民が二人" in said.out
    assert "食い違う" in command("status", "--as-of", world.as_of, home=world_copy.path).out
