"""Whatever part of a name is typed, the keys find the name; and a part that is not in it is rarely offered."""

from hypothesis import given
from hypothesis import strategies as st

from tsunagu.japanese import fold_kana, fold_name, list_name_keys, list_query_keys

NAMES = st.text(alphabet="小松藍里山田髙﨑アイリコマツガギ", min_size=1, max_size=8)


@given(NAMES, st.data())
def test_a_part_of_a_name_finds_it(written, data):
    name = fold_name(written)
    start = data.draw(st.integers(0, max(0, len(name) - 2)))
    part = name[start : data.draw(st.integers(start + 1, len(name)))]
    keys = list_name_keys([name, "別名"])
    if len(part) > 1 or start == 0:
        assert set(list_query_keys(part)) <= set(keys)


@given(NAMES, NAMES)
def test_keys_are_those_of_every_spelling(one, other):
    both = list_name_keys([one, other])
    assert both == sorted(set(list_name_keys([one])) | set(list_name_keys([other])))


def test_an_old_surname_and_a_reading_find_the_child():
    keys = list_name_keys([fold_name("高橋 花"), fold_name("髙﨑 花"), fold_kana("タカハシ ハナ")])
    for typed in (fold_name("高崎"), fold_name("高橋"), fold_kana("たかはし"), fold_name("高")):
        assert set(list_query_keys(typed)) <= set(keys)
    assert not set(list_query_keys(fold_name("田中"))) <= set(keys)


def test_nothing_typed_asks_for_nothing():
    assert list_query_keys("") == []
    assert list_name_keys([]) == []
    assert list_name_keys(["林"]) == ["^林"]
