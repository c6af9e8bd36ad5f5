"""Two files of people, and repeats within one."""

import pyarrow.parquet as pq
import pytest

from tsunagu.linkage import learning, link_files, scoring, write_links
from tsunagu.linkage.file_report import write_file_report
from tsunagu.linkage.people_files import PeopleFileError
from tsunagu.linkage.repeats import find_groups

CHILD, TWIN_A, TWIN_B = "7-2", "5-2", "5-3"


def read_decisions(result):
    return {
        row["right_id"]: (row["left_id"], row["decision"])
        for row in result.pairs.to_pylist()
        if row["decision"] != "none"
    }


def find(rows, record_id):
    return next(row for row in rows if row["record_id"] == record_id)


def write_again(rows):
    """As another department would have them: no household, other widths."""
    return [{**row, "household_id": None, "sex": "1" if row["sex"] == "男" else "2"} for row in rows]


def test_everybody_finds_themself(people, to_table):
    result = link_files(to_table(people), to_table(write_again(people)))
    assert read_decisions(result) == {row["record_id"]: (row["record_id"], "link") for row in people}
    assert result.counts.links == len(people)


def test_a_child_who_moved_and_was_renamed_is_found(people, to_table):
    """The mother moved with the child and both took another surname: given names and birthdays tell together."""
    other = write_again(people)
    for record_id in ("7-1", CHILD):
        row = find(other, record_id)
        row.update(
            surname="遠山", surname_kana="トオヤマ", address="見本市旭町1丁目2番3号", phone="05299912345"
        )
    assert read_decisions(link_files(to_table(people), to_table(other)))[CHILD][0] == CHILD


def without_twin(people):
    """Left has only one twin, right only the other: same surname, birthday, address, telephone."""
    left = [row for row in people if row["record_id"] != TWIN_B]
    right = [row for row in write_again(people) if row["record_id"] != TWIN_A]
    return left, right


def test_a_twin_is_not_the_other_twin(people, to_table):
    left, right = without_twin(people)
    assert find(people, TWIN_A)["birth_date"] == find(people, TWIN_B)["birth_date"]
    links = read_decisions(link_files(to_table(left), to_table(right)))
    assert links.get(TWIN_B, (None, "none"))[1] != "link"


def test_without_the_class_of_relatives_the_twin_is_taken_for_the_other(people, to_table, monkeypatch):
    """The guard above is the third class: take it away and the wrong link comes."""
    left, right = without_twin(people)
    monkeypatch.setattr(learning.Parameters, "relative_prior", property(lambda self: 1e-12))
    expected = {"surname": 1e-4, "given_name": 1.0}
    kept = learning._expect_same
    monkeypatch.setattr(
        learning,
        "_expect_same",
        lambda field: (
            kept(field) ** 0.1 if field.name in expected and expected[field.name] == 1.0 else kept(field)
        ),
    )
    links = read_decisions(link_files(to_table(left), to_table(right)))
    assert links[TWIN_B] == (TWIN_A, "link")


def test_one_record_wins_only_one_partner(people, to_table):
    other = write_again(people)
    other.append({**find(other, CHILD), "record_id": "again", "birth_date": None})
    result = link_files(to_table(people), to_table(other))
    links = [row["left_id"] for row in result.pairs.to_pylist() if row["decision"] == "link"]
    assert len(links) == len(set(links))


def test_the_order_of_rows_does_not_matter(people, to_table):
    first = link_files(to_table(people), to_table(write_again(people)))
    second = link_files(to_table(people[::-1]), to_table(write_again(people)[::-1]))
    assert read_decisions(first) == read_decisions(second)


def test_the_same_files_give_the_same_bytes(people, to_table, tmp_path):
    for name in ("one", "two"):
        write_links(link_files(to_table(people), to_table(write_again(people))), tmp_path / f"{name}.parquet")
    assert (tmp_path / "one.parquet").read_bytes() == (tmp_path / "two.parquet").read_bytes()


def test_repeats_within_one_file_become_one_entity(people, to_table):
    again = {**find(people, CHILD), "record_id": "again", "phone": None, "given_name_kana": None}
    result = link_files(to_table([*people, again]))
    entities = dict(
        zip(*(result.entities[name].to_pylist() for name in ("record_id", "entity_id")), strict=True)
    )
    assert entities["again"] == CHILD
    assert len(set(entities.values())) == len(people)


def test_groups_follow_links_all_the_way():
    import numpy as np

    assert find_groups(6, np.array([4, 2, 5]), np.array([2, 1, 3])).tolist() == [0, 1, 1, 3, 1, 3]


def test_csv_in_japanese_with_full_names(people, to_table, tmp_path):
    lines = ["児童番号,氏名,フリガナ,生年月日,住所"]
    lines += [
        f"{row['record_id']},{row['surname']}　{row['given_name']},{row['surname_kana']} {row['given_name_kana']},"
        f"{row['birth_date'].replace('-', '/')},{row['address']}"
        for row in people
    ]
    path = tmp_path / "児童.csv"
    path.write_bytes("\r\n".join(lines).encode("cp932"))
    result = link_files(to_table(people), path)
    assert read_decisions(result) == {row["record_id"]: (row["record_id"], "link") for row in people}


def test_latin_names_in_any_order(to_table):
    left = to_table([{"full_name": "NGUYEN VAN AN", "birth_date": "2015-02-03"}, {"full_name": "LEE ANNA", "birth_date": "2014-01-01"}])  # fmt: skip
    right = to_table([{"full_name": "Nguyễn Văn An", "birth_date": "2015-02-03"}])
    (row,) = link_files(left, right).pairs.to_pylist()
    assert (row["left_id"], row["decision"]) != ("2", "link")
    assert row["left_id"] in ("1", None)


@pytest.mark.parametrize(
    ("columns", "word"),
    [
        ({"住所": ["見本市1-1"]}, "氏名"),
        ({"氏名": ["秘密花子", "秘密花子"], "記録番号": ["1", "1"]}, "重複"),
        ({"氏名": []}, "一つもありません"),
        ({"氏名": ["秘密花子"], "姓名": ["秘密花子"]}, "二つ"),
    ],
)
def test_a_file_that_cannot_be_linked_says_why_without_a_value(columns, word):
    import pyarrow as pa

    table = pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})
    with pytest.raises(PeopleFileError) as refusal:
        link_files(table)
    assert word in str(refusal.value)
    assert "秘密" not in str(refusal.value)


def test_a_failed_writing_leaves_the_old_result(people, to_table, tmp_path, monkeypatch):
    out = tmp_path / "links.parquet"
    out.write_bytes(b"old")
    result = link_files(to_table(people), to_table(write_again(people)))

    def fail(table, path, **_):
        path.write_bytes(b"half")
        raise OSError

    monkeypatch.setattr(pq, "write_table", fail)
    with pytest.raises(PeopleFileError):
        write_links(result, out)
    assert out.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [out]


def test_the_report_shows_no_person(people, to_table, tmp_path):
    result = link_files(to_table(people), to_table(write_again(people)))
    write_file_report(result, tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "名寄せの報告書" in page
    assert not any(
        row[name] in page for row in people for name in ("surname", "given_name_kana", "address", "phone")
    )


def test_only_distinct_pairs_of_names_are_measured(people, to_table, monkeypatch):
    asked = []
    kept = scoring.measure_likeness
    monkeypatch.setattr(
        scoring,
        "measure_likeness",
        lambda texts, a, b: (asked.append(list(zip(a, b, strict=True))), kept(texts, a, b))[1],
    )
    link_files(to_table(people), to_table(write_again(people)))
    assert asked
    assert all(len(pairs) == len(set(pairs)) and all(a < b for a, b in pairs) for pairs in asked)
