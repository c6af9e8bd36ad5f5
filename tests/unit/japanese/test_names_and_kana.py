"""Names and readings: what must stay apart, what cannot be known."""

import pytest

from tsunagu.japanese import (
    GAIJI_MARK,
    NameParts,
    count_gaiji,
    fold_kana,
    fold_kana_loose,
    fold_name,
    fold_name_tokens,
    split_name,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("大野", "太野"), ("土田", "士田"), ("末広", "未広"), ("荻原", "萩原"), ("菅野", "管野"), ("阪本", "坂本"),
        ("岩崎", "岩碕"), ("庄司", "荘司"), ("畑中", "畠中"), ("慧", "恵"), ("裕子", "祐子"), ("りく", "リク"),
        ("藤田", "籐田"), ("椙山", "杉山"), ("州", "洲"), ("博", "専"), ("太一", "太壱"), ("舟木", "船木"),
    ],
)  # fmt: skip
def test_different_names_stay_apart(one: str, other: str) -> None:
    assert fold_name(one) != fold_name(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("オノ", "オオノ"), ("ユキ", "ユウキ"), ("オオカ", "オオオカ"), ("カナ", "ガナ"), ("ハト", "バト")],
)
def test_different_readings_stay_apart(one: str, other: str) -> None:
    assert fold_kana(one) != fold_kana(other)


def test_the_loose_key_only_joins_more() -> None:
    assert fold_kana_loose("オオサキ") == fold_kana_loose("オザキ") == fold_kana_loose("オサキ") == "オサキ"
    assert len({fold_kana("オオサキ"), fold_kana("オザキ"), fold_kana("オサキ")}) == 3


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("甲野　一郎", NameParts("甲野", "一郎")),
        (" 髙橋 さくら ", NameParts("髙橋", "さくら")),
        ("甲野一郎", NameParts("甲野一郎", None)),
        ("デ ラ クルス", NameParts("デ ラ クルス", None)),
        ("NGUYEN AN", NameParts("NGUYEN AN", None)),
        ("NGUYEN, VAN AN", NameParts("NGUYEN", "VAN AN")),
        ("　", None),
    ],
)
def test_split_name_knows_only_what_the_text_tells(text: str, parts: NameParts | None) -> None:
    assert split_name(text) == parts


def test_words_of_a_foreign_name_come_in_any_order() -> None:
    assert fold_name_tokens("Nguyễn Văn An") == fold_name_tokens("AN, NGUYEN VAN") == "AN NGUYEN VAN"
    assert fold_name_tokens("Nguyen Van") != fold_name_tokens("Nguyen")


def test_lost_letters_are_counted_and_marked() -> None:
    text = "\ue001田〓\U000f0000子?"
    assert count_gaiji(text) == 4
    assert fold_name(text) == f"{GAIJI_MARK}田{GAIJI_MARK * 2}子{GAIJI_MARK}"
    assert count_gaiji("髙橋𠮷子") == 0


@pytest.mark.parametrize("fold", [fold_name, fold_kana, fold_kana_loose, fold_name_tokens])
@pytest.mark.parametrize("value", [None, 5, b"x"])
def test_what_is_no_text_is_a_mistake_of_the_caller(fold: object, value: object) -> None:
    with pytest.raises(TypeError):
        fold(value)
