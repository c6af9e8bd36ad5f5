"""Why a record and a person are together or not: in words and as a picture, adding up, and naming nobody."""

import re
from dataclasses import replace

import pytest

from tsunagu.pipeline.link_explain import describe_pair, explain_pair
from tsunagu.pipeline.manifest import list_run_ids
from tsunagu.pipeline.waterfall import draw_waterfall
from tsunagu.store.commit import open_reader
from tsunagu.store.identity import LINK, MATCH, RECORD
from tsunagu.vocabulary.errors import ExitCode
from tsunagu.vocabulary.identifiers import show_id


def list_weighed(world):
    with open_reader(world.home, "test") as reader:
        reader.attach(MATCH, run=list_run_ids(reader)[-1])
        rows = reader.engine.list_rows(
            "SELECT subject_id, person_id FROM identity.match WHERE pattern IS NOT NULL ORDER BY subject_id, place"
        )
    assert rows, "the city has no such pair"
    return rows


def list_names(world):
    with open_reader(world.home, "test") as reader:
        reader.attach(RECORD)
        return {
            text
            for row in reader.engine.list_rows(
                "SELECT DISTINCT name, kana, address, phone_folded FROM identity.record"
            )
            for text in row
            if text and len(text) > 3
        }


@pytest.fixture(scope="module")
def pairs(world):
    return [
        explain_pair(world.home, world.catalog, show_id(subject), show_id(person))
        for subject, person in list_weighed(world)
    ]


def test_the_parts_of_a_weight_add_up_to_it(pairs):
    assert all(sum(step.millibits for step in pair.steps) == pair.match_millibits for pair in pairs)


def test_words_and_picture_name_nobody(world, pairs):
    names = list_names(world)
    assert len(names) > 100
    for pair in pairs:
        shown = "\n".join(describe_pair(pair)) + draw_waterfall(pair)
        assert not [name for name in names if name in shown]
        assert show_id(pair.subject_id) in shown


def test_each_bar_begins_where_the_one_before_ended(pairs):
    bars = re.findall(r'<rect x="([\d.]+)" y="\d+" width="([\d.]+)"', draw_waterfall(pairs[0]))
    assert len(bars) == len(pairs[0].steps) + 1
    for step, (left, width), (next_left, next_width) in zip(pairs[0].steps, bars, bars[1:], strict=False):
        end = float(left) + (float(width) if step.millibits > 0 else 0)
        assert min(abs(end - float(next_left)), abs(end - float(next_left) - float(next_width))) < 1.5


def test_a_spoiled_part_does_not_add_up(pairs):
    """The mutant of the first test."""
    spoiled = replace(pairs[0], steps=pairs[0].steps[1:])
    assert sum(step.millibits for step in spoiled.steps) != spoiled.match_millibits


def test_two_records_of_one_person_are_explained_by_the_person(world):
    with open_reader(world.home, "test") as reader:
        reader.attach(LINK, run=list_run_ids(reader)[-1])
        one, other = reader.engine.get_row(
            "SELECT min(subject_id), max(subject_id) FROM identity.link WHERE rule = 'atena_number'"
            " GROUP BY person_id HAVING count(*) > 1 ORDER BY person_id LIMIT 1"
        )
    pair = explain_pair(world.home, world.catalog, show_id(one), show_id(other))
    assert (pair.decision, pair.rule) == ("link", "atena_number")
    assert any("宛名番号" in line for line in describe_pair(pair))


def test_the_command_writes_words_and_picture(world, command, tmp_path):
    subject, person = list_weighed(world)[0]
    out = tmp_path / "pair.svg"
    said = command("link", "explain", show_id(person), show_id(subject), "--svg", out, home=world.home.path)
    assert said.exit_code == 0, said.text
    assert "内訳" in said.out
    assert out.read_text(encoding="utf-8").startswith("<svg")


@pytest.mark.parametrize("other", ["0000-0000-0000", "山田"])
def test_who_was_not_compared_and_who_does_not_exist_get_one_answer(world, command, other):
    subject, _ = list_weighed(world)[0]
    said = command("link", "explain", show_id(subject), other, home=world.home.path)
    assert said.exit_code == ExitCode.NOT_FOUND
    assert "山田" not in said.text


def test_a_real_city_shows_no_pair(world_copy, world, command):
    subject, person = list_weighed(world)[0]
    world_copy.settings_file.write_text(
        'code: "131016"\nname: 実在区\nactive_purposes: []\n', encoding="utf-8"
    )
    said = command("link", "explain", show_id(subject), show_id(person), home=world_copy.path)
    assert said.exit_code == ExitCode.NOT_ALLOWED
    assert "内訳" not in said.text
