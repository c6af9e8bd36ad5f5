"""The table of variant kanji: well formed, without cycles, and keeping unrelated characters apart."""

from unicodedata import normalize

import pytest

from tsunagu.japanese.characters import fold_variant, list_variant_groups


def find_faults(groups: list[tuple[str, ...]]) -> list[str]:
    """Return every character that stands twice, is not one character, or that NFKC would fold anyway."""
    faults, seen = [], set()
    for group in groups:
        for character in group:
            if len(character) != 1 or normalize("NFKC", character) != character or character in seen:
                faults.append(character)
            seen.add(character)
    return faults


def test_every_character_stands_once() -> None:
    groups = list_variant_groups()
    assert find_faults(groups) == []
    assert len(groups) > 500


@pytest.mark.parametrize(
    "fault",
    [("高", "髙"), ("甲", "乙", "甲"), ("新", "高"), ("塚", "\ufa10"), ("二字", "弐")],
    ids=["twice", "itself", "cycle", "compatibility", "two characters"],
)
def test_a_faulty_group_is_seen(fault: tuple[str, ...]) -> None:
    assert find_faults([*list_variant_groups(), fault])


def test_folding_once_is_enough() -> None:
    for representative, *variants in list_variant_groups():
        assert fold_variant(representative) == representative
        assert {fold_variant(variant) for variant in variants} == {representative}


@pytest.mark.parametrize(
    "characters",
    ["大太犬", "土士", "末未", "荻萩", "菅管", "坂阪", "崎碕埼", "庄荘", "畑畠", "杉椙", "藤籐", "州洲", "恵慧", "祐裕", "沢浜", "島鳥", "刈苅", "堀掘", "花華"],
)  # fmt: skip
def test_look_alikes_are_not_variants(characters: str) -> None:
    assert len({fold_variant(character) for character in characters}) == len(characters)
