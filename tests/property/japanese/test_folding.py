"""Whatever text arrives: no fold raises, a fold of a fold changes nothing, composition does not matter."""

from collections.abc import Callable
from datetime import date
from unicodedata import normalize

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tsunagu.japanese import (
    build_address_book,
    count_gaiji,
    fold_address,
    fold_kana,
    fold_kana_loose,
    fold_municipality_code,
    fold_name,
    fold_name_tokens,
    fold_phone,
    is_unknown_date,
    parse_address,
    parse_date,
    school_cohort,
    school_grade,
    split_name,
)

JAPANESE = st.text(
    st.one_of(
        st.sampled_from(
            "0123456789０１２３一二三十百千元年月日令和平成昭和RHS/.-ー丁目番地号の・（）() 　゛゜ヽヾゝゞ々ヶがガ字大市町村区郡県"
        ),
        st.characters(min_codepoint=0x3041, max_codepoint=0x30FF),
        st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF),
        st.characters(min_codepoint=0xFF01, max_codepoint=0xFF9F),
    ),
    max_size=30,
)
ANY_TEXT = st.one_of(st.text(max_size=40), JAPANESE)
FOLDS = [fold_name, fold_name_tokens, fold_kana, fold_kana_loose, fold_phone, fold_municipality_code]
READERS = [*FOLDS, fold_address, parse_address, parse_date, is_unknown_date, split_name, count_gaiji]

BOOK = build_address_book(
    {"大阪府箕面市": ["桜井三丁目", "大字粟生間谷"], "京都府京都市北区": []}, home="大阪府箕面市"
)

PLACES = st.sampled_from(
    ["大阪府箕面市", "箕面市", "北海道河西郡芽室町", "京都府京都市上京区", "千代田区", "サンプル県サンプル市"]
)
TOWNS = st.sampled_from(
    [
        "桜井三丁目",
        "大字粟生間谷",
        "東芽室南２線",
        "つつじヶ丘",
        "北24条西７丁目",
        "三番町",
        "字上村",
        "麻布十番２丁目",
    ]
)
NUMBERS = st.lists(st.integers(1, 1999), min_size=1, max_size=3)
SIGNS = st.sampled_from(["-", "－", "ー", "の", "番地の", "番"])
BUILDINGS = st.sampled_from(["", " コーポ桜１０１号室", "　レジデンス億万 3F", " 第二さくら荘"])


@pytest.mark.parametrize("read", READERS, ids=lambda read: read.__name__)
@settings(deadline=None)
@given(text=ANY_TEXT)
def test_nothing_raises(read: Callable[[str], object], text: str) -> None:
    read(text)


@settings(deadline=None)
@given(text=ANY_TEXT)
def test_an_address_book_raises_on_nothing(text: str) -> None:
    parse_address(text, book=BOOK)


@pytest.mark.parametrize(
    "text", ["1" * 5000, "一" * 5000, "東京都千代田区" + "9" * 5000, "ヽ" * 3000, "(" * 3000, "カー" * 3000]
)
@pytest.mark.parametrize("read", READERS, ids=lambda read: read.__name__)
def test_long_texts_do_no_harm(read: Callable[[str], object], text: str) -> None:
    read(text)


@pytest.mark.parametrize("fold", FOLDS, ids=lambda fold: fold.__name__)
@settings(deadline=None)
@example(text="ぁ一ゝ")
@given(text=ANY_TEXT)
def test_a_fold_of_a_fold_changes_nothing(fold: Callable[[str], str | None], text: str) -> None:
    folded = fold(text)
    assert folded is None or fold(folded) == folded


@pytest.mark.parametrize("fold", [*FOLDS, fold_address, parse_date], ids=lambda fold: fold.__name__)
@settings(deadline=None)
@given(text=ANY_TEXT)
def test_composition_does_not_matter(fold: Callable[[str], object], text: str) -> None:
    assert fold(normalize("NFC", text)) == fold(normalize("NFD", text))


@settings(deadline=None)
@given(place=PLACES, town=TOWNS, numbers=NUMBERS, sign=SIGNS, building=BUILDINGS)
def test_an_address_key_is_its_own_key(
    place: str, town: str, numbers: list[int], sign: str, building: str
) -> None:
    key = fold_address(f"{place}{town}{sign.join(map(str, numbers))}{building}")
    assert key is not None
    assert fold_address(key) == key


@settings(deadline=None)
@given(place=PLACES, town=TOWNS, numbers=NUMBERS, sign=SIGNS, other=SIGNS)
def test_the_sign_between_numbers_does_not_matter(
    place: str, town: str, numbers: list[int], sign: str, other: str
) -> None:
    texts = [f"{place}{town}{joint.join(map(str, numbers))}" for joint in (sign, other)]
    assert fold_address(texts[0]) == fold_address(texts[1])


@settings(deadline=None)
@given(day=st.dates(date(1873, 1, 1), date(2199, 12, 31)))
def test_every_day_is_read_back_from_every_western_habit(day: date) -> None:
    for text in (
        f"{day:%Y-%m-%d}",
        f"{day.year}/{day.month}/{day.day}",
        f"{day:%Y%m%d}",
        f"{day.year}年{day.month}月{day.day}日",
    ):
        found = parse_date(text)
        assert found is not None
        assert (found.earliest, found.latest, found.precision, found.note) == (day, day, "day", None)


@settings(deadline=None)
@given(text=JAPANESE)
def test_a_partial_date_holds_its_days(text: str) -> None:
    found = parse_date(text)
    if found is not None:
        assert found.earliest <= found.latest
        assert (found.latest - found.earliest).days <= {"day": 0, "month": 30, "year": 365}[found.precision]


@settings(deadline=None)
@given(
    birth=st.dates(date(1990, 1, 1), date(2030, 12, 31)), on=st.dates(date(1990, 1, 1), date(2060, 12, 31))
)
def test_a_grade_follows_from_age_on_the_second_of_april(birth: date, on: date) -> None:
    """A child is in P1 to H3 in the school years it begins at the age of 6 to 17, counted on 2 April."""
    school_year = on.year if on.month >= 4 else on.year - 1
    first_day = date(school_year, 4, 2)
    birthdays = first_day.year - birth.year - ((birth.month, birth.day) >= (4, 2))
    grade = school_grade(school_cohort(birth), on)
    grades = ["E3", *(f"P{n}" for n in range(1, 7)), "J1", "J2", "J3", "H1", "H2", "H3"]
    assert grade == (grades[birthdays - 5] if 5 <= birthdays <= 17 else None)
