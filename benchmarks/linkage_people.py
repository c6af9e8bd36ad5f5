"""Invented people in two files, with the truth: what `make bench-linkage` links.

One department (left) is a resident register, the other (right) typed the same people at another time. Between the
two people moved, married, parted; some stand in one file only. The mistakes are those of typists and of old
systems, written here by hand: nothing is taken from the product's own folding tables.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tsunagu.fiction.given_names import FEMALE, GENERATION_STARTS, MALE
from tsunagu.fiction.surnames import SURNAMES, VARIANTS

COLUMNS = (
    "record_id", "surname", "given_name", "surname_kana", "given_name_kana",
    "birth_date", "sex", "address", "phone", "household_id",
)  # fmt: skip
TODAY = np.datetime64("2025-04-01")
COMMON_SHARE = 0.55

SURNAME_HEADS = (
    "山ヤマ 川カワ 石イシ 松マツ 竹タケ 杉スギ 森モリ 岡オカ 島シマ 谷タニ 池イケ 井イ 堀ホリ 宮ミヤ 北キタ 南ミナミ 西ニシ 東ヒガシ"
    " 上ウエ 下シモ 中ナカ 大オオ 小コ 高タカ 長ナガ 平ヒラ 古フル 新ニイ 若ワカ 黒クロ 白シラ 赤アカ 青アオ 金カネ 鈴スズ 藤フジ 梅ウメ"
    " 桜サクラ 柳ヤナギ 栗クリ 柿カキ 麦ムギ 稲イネ 米ヨネ 豊トヨ 福フク 安ヤス 吉ヨシ 久ヒサ 永ナガ 倉クラ 蔵クラ 浅アサ 深フカ 荒アラ"
    " 岩イワ 砂スナ 浜ハマ 磯イソ 湯ユ 泉イズミ 滝タキ 沼ヌマ 星ホシ 月ツキ 鳥トリ 鶴ツル 亀カメ 熊クマ 鹿シカ 馬ウマ 牛ウシ 犬イヌ 芦アシ"
)
SURNAME_TAILS = (
    "田タ 川カワ 村ムラ 本モト 山ヤマ 野ノ 原ハラ 口グチ 崎ザキ 沢ザワ 島シマ 木キ 井イ 尾オ 部ベ 内ウチ 間マ 塚ヅカ 瀬セ 岡オカ 谷タニ"
    " 森モリ 林バヤシ 坂サカ 松マツ 倉クラ 宮ミヤ 津ツ 浦ウラ 場バ 代シロ 垣ガキ 見ミ 江エ 根ネ 越コシ 葉バ 園ゾノ 畑ハタ 屋ヤ"
)
MALE_HEADS = (
    "大ダイ 翔ショウ 悠ユウ 陽ヨウ 健ケン 拓タク 直ナオ 和カズ 正マサ 智トモ 英ヒデ 秀ヒデ 隆タカ 俊トシ 雅マサ 康ヤス 信ノブ 義ヨシ"
    " 幸ユキ 光ミツ 良ヨシ 文フミ 武タケ 清キヨ 昭アキ 章アキ 明アキ 晃アキ 敏トシ 克カツ 勝カツ 政マサ 孝タカ 貴タカ 高タカ 裕ヒロ 浩ヒロ"
    " 博ヒロ 宏ヒロ 広ヒロ 寛ヒロ 純ジュン 淳ジュン 慎シン 真シン 伸シン 圭ケイ 啓ケイ 恵ケイ 竜リュウ 龍リュウ 亮リョウ 涼リョウ 遼リョウ"
)
MALE_TAILS = "太タ 斗ト 樹キ 介スケ 也ヤ 人ト 希キ 平ヘイ 郎ロウ 一イチ 之ユキ 夫オ 彦ヒコ 雄オ 志シ 治ハル 司シ 二ジ 吾ゴ 馬マ 哉ヤ 輔スケ 幸ユキ 紀ノリ"
FEMALE_HEADS = (
    "美ミ 由ユ 優ユ 結ユイ 愛アイ 彩アヤ 綾アヤ 菜ナ 奈ナ 真マ 麻マ 絵エ 恵エ 恵メグ 理リ 莉リ 里リ 千チ 知チ 佳カ 香カ 花カ 華カ 早サ"
    " 沙サ 紗サ 智トモ 友トモ 朋トモ 明アキ 秋アキ 春ハル 晴ハル 陽ハル 夏ナツ 雪ユキ 幸ユキ 和カズ 裕ユウ 祐ユウ 典ノリ 紀ノリ 久ヒサ 寿ヒサ"
    " 咲サ 桜サ 琴コト 鈴スズ 栞シ 詩シ 志シ 心ココ 瑞ミズ 瑠ル 留ル 礼レイ 玲レイ 若ワカ 芽メ 萌モ 百モモ 桃モモ"
)
FEMALE_TAILS = "子コ 美ミ 香カ 奈ナ 菜ナ 花カ 華カ 恵エ 絵エ 代ヨ 乃ノ 希キ 紀キ 帆ホ 穂ホ 実ミ 里リ 理リ 莉リ 衣イ 音ネ 加カ 江エ 織オリ 葉ハ 月ツキ"
TOWN_HEADS = [
    "桜", "緑", "若葉", "青葉", "旭", "日の出", "朝日", "栄", "幸", "寿", "本", "元", "新", "中央", "駅前", "城", "寺", "宮", "湊", "浜", "川", "岸", "橋", "坂", "丘", "台", "泉", "滝", "森", "林", "松", "梅", "竹", "柏", "楓", "藤", "菊", "百合", "白鳥", "鶴"
]  # fmt: skip
TOWN_TAILS = [
    "町", "台", "丘", "が丘", "野", "川", "島", "田", "本町", "新町", "北町", "南町"
]  # fmt: skip
BUILDINGS = [
    "コーポ若葉", "サンハイツ", "メゾン青葉", "第二松風荘", "グリーンコート", "リバーサイド旭", "ハイム桜", "プラザ中央", "レジデンス緑", "パークヒルズ"
]  # fmt: skip
LOST_LETTERS = list("田中山川本村木林森石井口原野上下高小大長正明和夫子美雄恵智奈介平郎太一二三")
KANA = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン"
VOICE = dict(zip("カキクケコサシスセソタテトハヒフヘホ", "ガギグゲゴザジズゼゾダデドバビブベボ", strict=True))
UNVOICE = {voiced: plain for plain, voiced in VOICE.items()}
LARGE = str.maketrans("ャュョッァィゥェォ", "ヤユヨツアイウエオ")


@dataclass(frozen=True)
class NamePool:
    """Names as arrays, one row each: written, read, and the row of another spelling of the same reading."""

    texts: np.ndarray
    kanas: np.ndarray
    weights: np.ndarray
    same_sound: np.ndarray
    everyday: np.ndarray

    def draw(self, rng, size):
        edges = np.cumsum(self.weights)
        return np.searchsorted(edges, rng.random(size) * edges[-1], side="right")


@dataclass(frozen=True)
class Pair:
    """Two files and the truth: `left_person`, `right_person` hold the person of each row."""

    left: pa.Table
    right: pa.Table
    left_person: np.ndarray
    right_person: np.ndarray
    household: np.ndarray
    birth: np.ndarray
    is_child: np.ndarray
    is_moved_and_renamed: np.ndarray


def _split(words):
    pairs = [(word[:1], word[1:]) for word in words.split()]
    return [a for a, _ in pairs], [b for _, b in pairs]


def _make_pool(entries, variants=()):
    texts, kanas, weights = (list(column) for column in zip(*entries, strict=True))
    everyday = list(range(len(texts)))
    rows = {text: row for row, text in enumerate(texts)}
    for common, registered, share in variants:
        if common not in rows:
            continue
        base = rows[common]
        texts.append(registered)
        kanas.append(kanas[base])
        everyday.append(base)
        weights.append(weights[base] * share)
    by_kana: dict[str, list[int]] = {}
    for row, kana in enumerate(kanas):
        by_kana.setdefault(kana, []).append(row)
    same = [
        group[(group.index(row) + 1) % len(group)]
        for row, group in ((r, by_kana[k]) for r, k in enumerate(kanas))
    ]
    return NamePool(
        np.array(texts, object),
        np.array(kanas, object),
        np.array(weights, float),
        np.array(same),
        np.array(everyday),
    )


def make_surnames(rng):
    common = [(t, k, float(w)) for k, t, w in (entry.split(":") for entry in SURNAMES.split())]
    heads, tails = _split(SURNAME_HEADS), _split(SURNAME_TAILS)
    known = {text for text, _, _ in common}
    rare = [
        (a + b, x + y)
        for a, x in zip(*heads, strict=True)
        for b, y in zip(*tails, strict=True)
        if a != b and a + b not in known
    ]
    order = rng.permutation(len(rare))
    weights = 1 / (np.arange(len(rare)) + 60.0)
    total = sum(w for *_, w in common)
    weights *= total * (1 - COMMON_SHARE) / COMMON_SHARE / weights.sum()
    entries = common + [(*rare[row], weight) for row, weight in zip(order, weights, strict=True)]
    return _make_pool(entries, VARIANTS)


def make_given(rng):
    """A pool for each sex and generation."""
    pools = {}
    for sex, tables, heads, tails in (
        (1, MALE, MALE_HEADS, MALE_TAILS),
        (2, FEMALE, FEMALE_HEADS, FEMALE_TAILS),
    ):
        heads, tails = _split(heads), _split(tails)
        rare = [
            (a + b, x + y) for a, x in zip(*heads, strict=True) for b, y in zip(*tails, strict=True) if a != b
        ]
        for generation, words in enumerate(tables):
            listed = [
                (text, kana)
                for kana, texts in (entry.split(":") for entry in words.split())
                for text in texts.split(",")
            ]
            weights = 1 / (np.arange(len(listed)) + 15.0)
            order = rng.permutation(len(rare))
            more = 1 / (np.arange(len(rare)) + 60.0)
            more *= weights.sum() * (1 - COMMON_SHARE) / COMMON_SHARE / more.sum()
            seen = dict(zip(listed, weights, strict=True))
            for row, weight in zip(order, more, strict=True):
                seen[rare[row]] = seen.get(rare[row], 0.0) + weight
            pools[sex, generation] = _make_pool([(*name, weight) for name, weight in seen.items()])
    return pools


class City:
    """Everybody, before and after the changes between the two files."""

    def __init__(self, rng, people):
        self.rng = rng
        self.surnames = make_surnames(rng)
        self.given = make_given(rng)
        self._settle(people)
        self._name_people()

    def _settle(self, people):
        """Households: composition, ages; twins are children born on the same day."""
        rng = self.rng
        homes = int(people / 2.15) + 1
        kind = np.searchsorted(np.cumsum([0.35, 0.22, 0.28, 0.08, 0.07]), rng.random(homes), side="right")
        rows: list[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]] = []
        day = np.timedelta64(1, "D")

        def add(houses, ages_years, sex, role):
            birth = TODAY - (ages_years * 365.25 + rng.random(len(houses)) * 365).astype(int) * day
            rows.append((houses, birth, sex, np.full(len(houses), role)))
            return birth

        every = np.arange(homes)
        head_age = np.select(
            [kind == 2, kind == 3, kind == 4], [rng.integers(26, 52, homes), rng.integers(24, 50, homes), rng.integers(30, 50, homes)],
            rng.integers(20, 90, homes),
        )  # fmt: skip
        head_sex = np.where(
            kind == 3, np.where(rng.random(homes) < 0.86, 2, 1), np.where(rng.random(homes) < 0.8, 1, 2)
        )
        add(every, head_age, head_sex, 0)
        pairs = every[(kind == 1) | (kind == 2) | (kind == 4)]
        add(pairs, np.maximum(20, head_age[pairs] + rng.integers(-6, 5, len(pairs))), 3 - head_sex[pairs], 1)
        families = every[kind >= 2]
        children = (
            np.searchsorted(np.cumsum([0.42, 0.42, 0.13, 0.03]), rng.random(len(families)), side="right") + 1
        )
        eldest = np.clip(head_age[families] - rng.integers(22, 38, len(families)), 0, 17)
        earlier = None
        for turn in range(4):
            here = children > turn
            houses = families[here]
            if turn == 0:
                birth = add(houses, eldest, rng.integers(1, 3, len(houses)), 2)
                earlier = dict(zip(houses.tolist(), birth.tolist(), strict=True))
                continue
            before = np.array([earlier[house] for house in houses.tolist()], dtype="datetime64[D]")
            gap = np.where(rng.random(len(houses)) < 0.02, 0, rng.integers(400, 1800, len(houses)))
            birth = before + gap * day
            kept = birth < TODAY
            houses, birth = houses[kept], birth[kept]
            rows.append((houses, birth, rng.integers(1, 3, len(houses)), np.full(len(houses), 2)))
            earlier = dict(zip(houses.tolist(), birth.tolist(), strict=True))
            children = np.where(np.isin(families, houses), children, np.minimum(children, turn))
        elders = every[kind == 4]
        add(elders, head_age[elders] + rng.integers(22, 35, len(elders)), rng.integers(1, 3, len(elders)), 3)
        house, birth, sex, role = (np.concatenate(parts) for parts in zip(*rows, strict=True))
        order = np.lexsort((role, house))[:people]
        self.household, self.birth = house[order], birth[order].astype("datetime64[D]")
        self.sex, self.role = sex[order], role[order]
        self.homes = homes

    def _name_people(self):
        rng = self.rng
        self.family_name = self.surnames.draw(rng, self.homes)
        self.surname = self.family_name[self.household].copy()
        apart = (self.role == 3) & (rng.random(len(self.surname)) < 0.3)
        self.surname[apart] = self.surnames.draw(rng, int(apart.sum()))
        years = self.birth.astype("datetime64[Y]").astype(int) + 1970
        self.generation = np.searchsorted(np.array(GENERATION_STARTS), years, side="right") - 1
        size = len(self.surname)
        self.given_text, self.given_kana = np.empty(size, object), np.empty(size, object)
        self.given_other, self.given_row = np.empty(size, object), np.zeros(size, int)
        for (sex, generation), pool in self.given.items():
            mine = np.flatnonzero((self.sex == sex) & (self.generation == generation))
            rows = pool.draw(rng, len(mine))
            self._unlike_siblings(mine, rows, pool)
            self.given_text[mine], self.given_kana[mine] = pool.texts[rows], pool.kanas[rows]
            self.given_other[mine] = pool.texts[pool.same_sound[rows]]

    def _unlike_siblings(self, mine, rows, pool):
        """No two children of a household with one name; twins often share a letter, as in life."""
        for _ in range(3):
            key = self.household[mine].astype(np.int64) * len(pool.texts) + rows
            _, first = np.unique(key, return_index=True)
            again = np.setdiff1d(np.arange(len(rows)), first)
            rows[again] = pool.draw(self.rng, len(again))


def _write_houses(rng, homes):
    towns = [a + b for a in TOWN_HEADS for b in TOWN_TAILS][: max(30, min(480, homes // 1000))]
    town = rng.integers(0, len(towns), homes)
    return {
        "town": np.array(towns, object)[town],
        "chome": rng.integers(1, 6, homes),
        "block": rng.integers(1, 46, homes),
        "number": rng.integers(1, 31, homes),
        "building": np.where(rng.random(homes) < 0.4, rng.integers(0, len(BUILDINGS), homes), -1),
        "room": rng.integers(1, 10, homes) * 100 + rng.integers(1, 12, homes),
    }


WIDE = str.maketrans("0123456789-", "０１２３４５６７８９－")
KANJI_DIGITS = "〇一二三四五"


def _write_address(house, row, style, with_building):
    town, chome, block, number = (house[key][row] for key in ("town", "chome", "block", "number"))
    building, room = house["building"][row], house["room"][row]
    if style == 0:
        text = f"架空県見本市{town}{KANJI_DIGITS[chome]}丁目{block}番{number}号"
    elif style == 1:
        text = f"見本市{town}{chome}丁目{block}-{number}"
    elif style == 2:
        text = f"見本市{town}{chome}-{block}-{number}".translate(WIDE)
    else:
        text = f"{town}{chome}-{block}-{number}"
    if building >= 0 and with_building:
        text += (
            ("　" if style == 0 else " ") + f"{BUILDINGS[building]}{room}" + ("号室" if style == 0 else "")
        )
    return text


def _slip_letter(rng, text, letters):
    if not text:
        return text
    place, kind = int(rng.integers(len(text))), rng.random()
    if kind < 0.6 or len(text) == 1:
        return text[:place] + letters[int(rng.integers(len(letters)))] + text[place + 1 :]
    if kind < 0.8:
        return text[:place] + text[place + 1 :]
    return text[:place] + text[place] + text[place:]


def _mishear(rng, kana):
    """A voicing mark or a long vowel lost or added."""
    places = [place for place, letter in enumerate(kana) if letter in VOICE or letter in UNVOICE]
    if "ウ" in kana[1:] and rng.random() < 0.6:
        return kana[:1] + kana[1:].replace("ウ", "", 1)
    if places:
        place = places[int(rng.integers(len(places)))]
        return kana[:place] + (VOICE.get(kana[place]) or UNVOICE[kana[place]]) + kana[place + 1 :]
    return kana + "ウ"


def _mistype_date(rng, day):
    year, month, date = str(day).split("-")
    kind = rng.random()
    if kind < 0.3 and int(date) <= 12:
        return f"{year}-{date}-{month}"
    if kind < 0.55:
        moved = day + np.timedelta64(int(rng.choice([-1, 1, 10, -10])), "D")
        return str(moved)
    if kind < 0.8:
        return f"{int(year) + int(rng.choice([-1, 1, 10, -10, 2]))}-{month}-{min(int(date), 28):02d}"
    return f"{year}-{int(rng.integers(1, 13)):02d}-{min(int(date), 28):02d}"


def make_pair(people, *, seed=1, error_rate=1.0) -> Pair:
    """Two files of about `people` rows each."""
    rng = np.random.default_rng(seed)
    city = City(rng, int(people * 1.06))
    size = len(city.household)
    e = error_rate
    home_now = city.household.copy()
    extra = city.homes
    houses = _write_houses(rng, city.homes * 2)

    moves = rng.random(city.homes) < 0.06
    home_now = np.where(moves[home_now], home_now + extra, home_now)
    surname_now = city.surname.copy()
    # Parted: the mother goes with the children and takes her former name.
    has_two = np.bincount(city.household[city.role == 1], minlength=city.homes) > 0
    parted = has_two & (rng.random(city.homes) < 0.012)
    leaves = parted[city.household] & (((city.sex == 2) & (city.role <= 1)) | (city.role == 2))
    former = city.surnames.draw(rng, city.homes)
    home_now = np.where(leaves, city.household + extra, home_now)
    surname_now = np.where(leaves, former[city.household], surname_now)
    age = ((TODAY - city.birth).astype(int) / 365.25).astype(int)
    marries = (city.sex == 2) & (age >= 21) & (age <= 38) & (city.role == 0) & (rng.random(size) < 0.03)
    surname_now = np.where(marries, city.surnames.draw(rng, size), surname_now)
    home_now = np.where(marries, rng.integers(0, city.homes * 2, size), home_now)
    renamed_only = (city.role == 2) & (rng.random(size) < 0.002)
    surname_now = np.where(renamed_only, city.surnames.draw(rng, size), surname_now)

    whole = rng.random(city.homes)
    alone = rng.random(size)
    in_left = (whole[city.household] >= 0.03) & (alone >= 0.03)
    in_right = (whole[city.household] < 0.94) & (alone < 0.97)
    left_rows = rng.permutation(np.flatnonzero(in_left))
    right_rows = rng.permutation(np.flatnonzero(in_right))
    phones = _draw_phones(rng, city)
    left = _write_left(rng, city, houses, phones, left_rows)
    right = _write_right(rng, city, houses, phones, right_rows, home_now, surname_now, e)
    changed = (surname_now != city.surname) & (home_now != city.household)
    is_child = age < 18
    return Pair(left, right, left_rows, right_rows, city.household, city.birth, is_child, changed & is_child)


def _draw_phones(rng, city):
    """Landline of the household (half of them), and a number for each grown-up."""
    land = rng.integers(10_000, 9_999_999, city.homes)
    has_land = rng.random(city.homes) < 0.5
    own = rng.integers(10_000_000, 99_999_999, len(city.household))
    first = np.full(city.homes, -1)
    adults = np.flatnonzero(city.role <= 1)[::-1]
    first[city.household[adults]] = adults
    second = first.copy()
    second[city.household[adults[::-1]]] = adults[::-1]
    return land, has_land, own, first, second


def _phone_text(number, is_land, style):
    digits = f"0{number:07d}00"[:10] if is_land else f"090{number:08d}"
    if style == 0:
        return f"{digits[:3]}-{digits[3:-4]}-{digits[-4:]}"
    return digits if style == 1 else f"{digits[:3]}-{digits[3:-4]}-{digits[-4:]}".translate(WIDE)


def _pick_phone(city, phones, row, other_parent):
    land, has_land, own, first, second = phones
    house = city.household[row]
    if has_land[house]:
        return int(land[house]), True
    if city.role[row] == 2:
        holder = (second if other_parent else first)[house]
        return int(own[holder]) if holder >= 0 else int(own[row]), False
    return int(own[row]), False


def _write_left(rng, city, houses, phones, rows):
    cells = {name: [] for name in COLUMNS}
    no_phone, style = rng.random(len(rows)) < 0.1, rng.integers(0, 2, len(rows))
    for turn, row in enumerate(rows.tolist()):
        number, is_land = _pick_phone(city, phones, row, other_parent=False)
        values = (
            f"L{turn}",
            city.surnames.texts[city.surname[row]],
            city.given_text[row],
            city.surnames.kanas[city.surname[row]],
            city.given_kana[row],
            str(city.birth[row]),
            "男" if city.sex[row] == 1 else "女",
            _write_address(houses, int(city.household[row]), 0, with_building=True),
            None if no_phone[turn] else _phone_text(number, is_land, style[turn]),
            f"H{city.household[row]}",
        )
        for name, value in zip(COLUMNS, values, strict=True):
            cells[name].append(value)
    return pa.table({name: pa.array(values, pa.string()) for name, values in cells.items()})


def _write_right(rng, city, houses, phones, rows, home_now, surname_now, e):
    cells = {name: [] for name in COLUMNS}
    chance = rng.random((24, len(rows)))
    style = rng.choice([1, 2, 3, 0], p=[0.4, 0.2, 0.25, 0.15], size=len(rows))
    for turn, row in enumerate(rows.tolist()):
        c = chance[:, turn]
        values = _write_right_row(
            rng, city, houses, phones, row, int(home_now[row]), int(surname_now[row]), e, c, int(style[turn])
        )
        for name, value in zip(COLUMNS, (f"R{turn}", *values, None), strict=True):
            cells[name].append(value)
    return pa.table({name: pa.array(values, pa.string()) for name, values in cells.items()})


def _write_right_row(rng, city, houses, phones, row, home, surname, e, c, style):
    sex = "1" if city.sex[row] == 1 else "2"
    if c[14] < 0.002 * e:
        sex = "2" if sex == "1" else "1"
    return (
        *_write_names(rng, city, row, surname, e, c),
        _write_birth(rng, city, row, e, c),
        None if 0.002 * e <= c[14] < 0.007 * e else sex,
        _write_right_address(rng, houses, home, style, e, c),
        _write_right_phone(rng, city, phones, row, e, c),
    )


def _write_names(rng, city, row, surname, e, c):
    family, family_kana = _write_family(rng, city.surnames, surname, e, c)
    given, given_kana = _write_given(rng, city, row, e, c)
    if c[9] < 0.1:
        family_kana, given_kana = family_kana.translate(LARGE), given_kana.translate(LARGE)
    if c[10] < 0.005 * e:
        family, given = family_kana, given_kana
    if c[11] < 0.01 * e:
        family_kana = given_kana = None
    if c[12] < 0.001 * e:
        return given, family, given_kana, family_kana
    return family, given, family_kana, given_kana


def _write_family(rng, pool, surname, e, c):
    written = pool.everyday[surname] if c[0] < 0.6 else surname
    if c[1] < 0.005 * e:
        written = pool.same_sound[written]
    family, kana = pool.texts[written], pool.kanas[surname]
    if c[3] < 0.003 * e:
        family = _slip_letter(rng, family, LOST_LETTERS)
    if c[5] < 0.006 * e:
        kana = _slip_letter(rng, kana, KANA)
    return family, _mishear(rng, kana) if c[7] < 0.008 * e else kana


def _write_given(rng, city, row, e, c):
    given, kana = city.given_text[row], city.given_kana[row]
    if c[2] < 0.008 * e:
        given = city.given_other[row]
    if c[4] < 0.005 * e:
        given = _slip_letter(rng, given, LOST_LETTERS)
    if c[6] < 0.006 * e:
        kana = _slip_letter(rng, kana, KANA)
    return given, _mishear(rng, kana) if c[8] < 0.008 * e else kana


def _write_birth(rng, city, row, e, c):
    if c[13] < 0.007 * e:
        return _mistype_date(rng, city.birth[row])
    return None if c[13] < 0.010 * e else str(city.birth[row])


def _write_right_address(rng, houses, home, style, e, c):
    address = _write_address(houses, home, style, with_building=c[15] > 0.2)
    if c[16] < 0.015 * e:
        places = [place for place, letter in enumerate(address) if letter.isdigit()]
        place = places[int(rng.integers(len(places)))]
        return address[:place] + str(int(rng.integers(1, 10))) + address[place + 1 :]
    return None if c[16] < 0.035 * e else address


def _write_right_phone(rng, city, phones, row, e, c):
    if c[19] < 0.12:
        return None
    if c[19] < 0.24:
        return _phone_text(int(rng.integers(10_000_000, 99_999_999)), False, 0)
    phone = _phone_text(*_pick_phone(city, phones, row, other_parent=c[17] < 0.4), int(c[18] * 3))
    if c[19] >= 0.24 + 0.01 * e:
        return phone
    place = int(rng.integers(4, len(phone)))
    return phone[:place] + str(int(rng.integers(0, 10))) + phone[place + 1 :]


def save_pair(pair: Pair, folder: Path) -> None:
    """Write both files and the truth."""
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(pair.left, folder / "left.parquet")
    pq.write_table(pair.right, folder / "right.parquet")
    np.savez(
        folder / "truth.npz",
        left_person=pair.left_person, right_person=pair.right_person, household=pair.household,
        birth=pair.birth.astype("datetime64[D]").astype(np.int64), is_child=pair.is_child,
        is_moved_and_renamed=pair.is_moved_and_renamed,
    )  # fmt: skip
