"""A small invented town for linkage: families on paper, written twice."""

import pyarrow as pa
import pytest

FAMILIES = [
    "青田",
    "赤松",
    "石原",
    "上島",
    "江口",
    "岡村",
    "川端",
    "北野",
    "黒沢",
    "児玉",
    "桜庭",
    "篠田",
    "杉浦",
    "関口",
    "高梨",
    "千葉",
    "辻本",
    "寺田",
    "豊島",
    "永井",
]
READINGS = [
    "アオタ",
    "アカマツ",
    "イシハラ",
    "ウエシマ",
    "エグチ",
    "オカムラ",
    "カワバタ",
    "キタノ",
    "クロサワ",
    "コダマ",
    "サクラバ",
    "シノダ",
    "スギウラ",
    "セキグチ",
    "タカナシ",
    "チバ",
    "ツジモト",
    "テラダ",
    "トヨシマ",
    "ナガイ",
]
GIVEN = [
    "一郎イチロウ",
    "花子ハナコ",
    "健太ケンタ",
    "美咲ミサキ",
    "大輔ダイスケ",
    "由美ユミ",
    "翔ショウ",
    "葵アオイ",
    "学マナブ",
    "恵メグミ",
    "誠マコト",
    "直美ナオミ",
    "陸リク",
    "凛リン",
    "剛ツヨシ",
    "幸子サチコ",
    "樹イツキ",
    "結衣ユイ",
    "悟サトル",
    "京子キョウコ",
]


def split_given(text):
    place = next(place for place, sign in enumerate(text) if "ァ" <= sign <= "ヶ")
    return text[:place], text[place:]


def make_people():
    """Twenty families of four at their addresses; the last two of every fifth family are twins."""
    people = []
    for family, (surname, reading) in enumerate(zip(FAMILIES, READINGS, strict=True)):
        for member in range(4):
            given, kana = split_given(GIVEN[(family * 7 + member * 3) % len(GIVEN)])
            year = (1980, 1982, 2012, 2015)[member] - family % 5
            day = 3 + (family * 5 + member * 2) % 24
            if family % 5 == 0 and member == 3:
                year, day = people[-1]["birth_date"][0:4], int(people[-1]["birth_date"][8:])
            people.append(
                {
                    "record_id": f"{family}-{member}",
                    "surname": surname,
                    "given_name": given,
                    "surname_kana": reading,
                    "given_name_kana": kana,
                    "birth_date": f"{year}-{1 + family % 12:02d}-{day:02d}",
                    "sex": "女" if "子美咲葵恵凛結".find(given[-1]) >= 0 else "男",
                    "address": f"見本市緑町{1 + family % 4}丁目{3 + family}番{1 + family % 9}号",
                    "phone": f"0521{family:02d}{4321 + 7 * family}",
                    "household_id": f"H{family}",
                }
            )
    return people


@pytest.fixture
def people():
    """The register: a list of rows to change."""
    return make_people()


@pytest.fixture
def to_table():
    def convert(rows):
        names = dict.fromkeys(name for row in rows for name in row)
        return pa.table({name: pa.array([row.get(name) for row in rows], pa.string()) for name in names})

    return convert
