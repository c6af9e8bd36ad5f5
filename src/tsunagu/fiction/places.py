"""Where things are: districts, schools, nurseries, streets and houses of the fictional city. All invented."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from tsunagu.fiction.arrays import Ints, Rng, choose, whole_numbers

MUNICIPALITY_CODE = "999999"
OUTSIDE_CODE = "999998"
PREFECTURE = "サンプル県"
CITY = "つなぐ市"

_STEMS = (
    ("ひばり台", "ひばり台"), ("風見", "風見"), ("星の原", "星の原"), ("みどり川", "みどり川"), ("若草台", "若草台"),
    ("白樫", "白樫"), ("月見坂", "月見坂"), ("花田", "花田"), ("東つなぐ", "東つなぐ"), ("本つなぐ", "本つなぐ"),
    ("湖畔", "湖畔"), ("鈴ヶ森台", "鈴ヶ森台"), ("朝凪", "朝凪"), ("桐の葉", "桐の葉"), ("小糸", "小糸"), ("南風", "南風"),
    ("橘野", "橘野"), ("水車前", "水車前"), ("北つなぐ", "北つなぐ"), ("霧丘", "霧丘"), ("柚木沢", "柚木沢"), ("椿ケ谷", "椿ケ谷"),
)  # fmt: skip
_VILLAGES = ("大字砂子田字北原", "大字砂子田字南原", "大字鶴巻", "大字鶴巻字沢ノ上")
BUILDINGS = (
    "コーポひばり", "ハイツ風見", "メゾン若草", "グリーンハイム", "サンライズ白樫", "シティコート", "パークヴィラ", "レジデンス花田",
    "第二つなぐ荘", "つなぐハイツ", "ロイヤルコート", "エスポワール", "市営つなぐ住宅１号棟", "市営つなぐ住宅２号棟", "県営みどり川団地",
)  # fmt: skip
OUTSIDE_TOWNS = (
    "ダミー県ダミー市", "ダミー県みほん市", "ダミー県ためし町", "サンプル県となり市", "サンプル県かわむこう町", "見本県れい市", "見本県こころみ区",
)  # fmt: skip
# Towns next door from which pupils come to school here: prefecture, town, district without and with its chome.
_NEIGHBOURS = (
    ("サンプル県", "となり市", "西浜", 1), ("サンプル県", "となり市", "西浜", 2), ("サンプル県", "かわむこう町", "渡し場", 1),
    ("サンプル県", "かわむこう町", "桑畑", 2),
)  # fmt: skip
_SIDES = "東西南北上中下内外奥元新高美和"
_KANJI_DIGITS = "〇一二三四五六七八九"
# A block of the city has fewer than these; its codes begin where the block before it may end.
_SCHOOLS_A_BLOCK, _TOWNS_A_BLOCK, _NURSERIES_A_BLOCK = 30, 100, 80


@dataclass(frozen=True, eq=False)
class Places:
    """Districts and facilities; a district knows its two schools (row numbers of `school_*`).

    The last districts, from row `own_count` on, lie in other towns: pupils come from there. `regions` is what an
    address begins with (prefecture, town); `town_numbers` count the districts over all blocks of the city.
    """

    districts: tuple[str, ...]
    chome: tuple[int, ...]
    stems: tuple[str, ...]
    regions: tuple[tuple[str, str], ...]
    own_count: int
    town_numbers: tuple[int, ...]
    is_village: Ints
    elementary_of: Ints
    junior_of: Ints
    school_codes: tuple[str, ...]
    school_names: tuple[str, ...]
    elementary_count: int
    nursery_codes: tuple[str, ...]
    nursery_names: tuple[str, ...]

    @property
    def town_codes(self) -> list[str]:
        """The resident register's code of every district."""
        return [str(100_001 + number) for number in self.town_numbers]


@dataclass(eq=False)
class Houses:
    """Every address in use, one row each; rows are only added. `building` is -1 for a detached house."""

    district: Ints
    block: Ints
    number: Ints
    building: Ints
    room: Ints
    taken: set[int] = field(default_factory=set)

    def __len__(self) -> int:
        """Number of addresses."""
        return len(self.district)


def lay_out_city(children: int, block: int = 0) -> Places:
    """Size the districts, schools and nurseries of a block of the city to its number of children."""
    elementary = max(2, round(children / 1500))
    junior = max(1, round(elementary / 2))
    nurseries = max(2, round(children / 450))
    stems = [_STEMS[index % len(_STEMS)][0] for index in range(elementary)]
    stems = [stem if index < len(_STEMS) else f"新{stem}" for index, stem in enumerate(stems)]
    side = _name_side(block)
    stems = [side + stem for stem in stems]
    towns = [(stem, chome, school) for school, stem in enumerate(stems) for chome in range(1, 5)]
    towns += [(side + village, 0, index % elementary) for index, village in enumerate(_VILLAGES)]
    own = len(towns)
    towns += [(stem, chome, index % elementary) for index, (_, _, stem, chome) in enumerate(_NEIGHBOURS)]
    names = [f"{stem}{_KANJI_DIGITS[chome]}丁目" if chome else stem for stem, chome, _ in towns]
    schools = [f"{stem}小学校" for stem in stems] + [
        f"{_junior_name(stems, index, block)}中学校" for index in range(junior)
    ]
    codes = [
        f"9{1 + (index >= elementary)}{index + block * _SCHOOLS_A_BLOCK:02d}"
        for index in range(elementary + junior)
    ]
    school_of = np.array([school for _, _, school in towns])
    return Places(
        districts=tuple(names),
        chome=tuple(chome for _, chome, _ in towns),
        stems=tuple(stem for stem, _, _ in towns),
        regions=((PREFECTURE, CITY),) * own
        + tuple((prefecture, town) for prefecture, town, *_ in _NEIGHBOURS),
        own_count=own,
        town_numbers=tuple(row + block * _TOWNS_A_BLOCK for row in range(len(towns))),
        is_village=np.array([int(chome == 0) for _, chome, _ in towns]),
        elementary_of=school_of,
        junior_of=elementary + school_of % junior,
        school_codes=tuple(codes),
        school_names=tuple(schools),
        elementary_count=elementary,
        nursery_codes=tuple(f"H{index + 1 + block * _NURSERIES_A_BLOCK:03d}" for index in range(nurseries)),
        nursery_names=tuple(_nursery_name(stems, index) for index in range(nurseries)),
    )


def write_place_names(blocks: Iterable[Places]) -> str:
    """What the codes of schools, nurseries and districts stand for, as the text of a home's `places.yaml`."""
    parts: dict[str, list[str]] = {"schools": [], "facilities": [], "districts": []}
    for places in blocks:
        own = slice(places.own_count)
        parts["schools"] += _pair(places.school_codes, places.school_names)
        parts["facilities"] += _pair(places.nursery_codes, places.nursery_names)
        parts["districts"] += _pair(places.town_codes[own], places.districts[own])
    return "".join(f"{part}:\n{''.join(lines)}" for part, lines in parts.items())


def _pair(codes: Sequence[str], names: Sequence[str]) -> list[str]:
    return [f'  "{code}": {name}\n' for code, name in zip(codes, names, strict=True)]


def _name_side(block: int) -> str:
    """What the towns of a block have before their names: nothing, 東, 西, … 東東 and so on."""
    side = ""
    while block > 0:
        block, place = divmod(block - 1, len(_SIDES))
        side = _SIDES[place] + side
    return side


def _junior_name(stems: list[str], index: int, block: int) -> str:
    return f"つなぐ第{_KANJI_DIGITS[index + 1]}" if index < 9 and not block else stems[index % len(stems)]


def _nursery_name(stems: list[str], index: int) -> str:
    kinds = ("保育園", "こども園", "第二保育園", "第三こども園", "きらり保育園")
    return stems[index % len(stems)] + kinds[(index // len(stems)) % len(kinds)]


def no_houses() -> Houses:
    """An empty address book."""
    empty = np.zeros(0, dtype=np.int64)
    return Houses(empty, empty, empty, empty, empty)


def add_outside_houses(houses: Houses, places: Places, rng: Rng, size: int) -> Ints:
    """Addresses in the towns next door."""
    rows = add_houses(houses, places, rng, size)
    houses.district[rows] = rng.integers(places.own_count, len(places.districts), size)
    return rows


def add_houses(houses: Houses, places: Places, rng: Rng, size: int, *, in_flats: float = 0.45) -> Ints:
    """Draw `size` new addresses that nobody hides at, and return their rows."""
    district = _draw_districts(places, rng, size)
    village = places.is_village[district] == 1
    flat = (rng.random(size) < in_flats) & ~village
    block = np.where(village, rng.integers(100, 1900, size), rng.integers(1, 46, size))
    number = np.where(village, 0, rng.integers(1, 22, size))
    building = np.where(flat, rng.integers(0, len(BUILDINGS), size), -1)
    room = np.where(flat, rng.integers(1, 6, size) * 100 + rng.integers(1, 9, size), 0)
    rows = np.arange(len(houses), len(houses) + size)
    if houses.taken:
        shared = np.isin(_spot(district, block, number), list(houses.taken))
        block = np.where(shared, block + 60, block)
    houses.district = np.concatenate([houses.district, district])
    houses.block = np.concatenate([houses.block, block])
    houses.number = np.concatenate([houses.number, number])
    houses.building = np.concatenate([houses.building, building])
    houses.room = np.concatenate([houses.room, room])
    return whole_numbers(rows)


def add_hidden_houses(houses: Houses, places: Places, rng: Rng, size: int) -> Ints:
    """Addresses shared with nobody, before or after: a leak of one can be told from a coincidence."""
    rows = add_houses(houses, places, rng, size, in_flats=0.8)
    used = set(_spot(houses.district, houses.block, houses.number)[: rows[0] if size else 0].tolist())
    for row in rows:
        district = houses.district[row]
        candidates = (
            int(_spot(district, block, number)) for block in range(1, 2000) for number in range(1, 22)
        )
        spot = next(spot for spot in candidates if spot not in used)
        used.add(spot)
        houses.taken.add(spot)
        houses.block[row] = spot // 100 % 10_000
        houses.number[row] = spot % 100
    return rows


def _spot(district: Ints, block: Ints | int, number: Ints | int) -> Ints:
    return whole_numbers(district) * 1_000_000 + whole_numbers(block) * 100 + whole_numbers(number)


def _draw_districts(places: Places, rng: Rng, size: int) -> Ints:
    weights = np.where(places.is_village == 1, 0.25, 1.0)
    weights[places.own_count :] = 0.0
    return choose(rng, weights, size)
