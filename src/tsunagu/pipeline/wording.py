"""Words for what the tables hold as codes: Japanese first, English second."""

from tsunagu.catalog.packs import NeedLevel
from tsunagu.vocabulary.knowing import UnknownReason

Words = tuple[str, str]

LEVELS: dict[NeedLevel, tuple[str, str, str, str]] = {
    NeedLevel.URGENT: ("至急", "urgent", "その日のうちに人が確かめます", "a person looks the same day"),
    NeedLevel.HIGH: ("高い", "high", "早めに人が確かめます", "a person looks soon"),
    NeedLevel.MEDIUM: ("中くらい", "medium", "人が確かめます", "a person looks"),
    NeedLevel.WATCH: ("見守り", "watch", "次の機会に気に留めます", "to be kept in mind"),
    NeedLevel.UNKNOWN: (
        "情報不足",
        "not enough known",
        "届いていない記録が多く、判定できません",
        "too little is known to say",
    ),
    NeedLevel.NO_FINDING: (
        "該当なし",
        "nothing on record",
        "記録の上で該当がないだけで、問題がないという意味ではありません",
        "on record only; it does not mean that all is well",
    ),
}

REASONS_UNKNOWN: dict[UnknownReason, Words] = {
    UnknownReason.NOT_LOADED: ("データが届いていない", "not delivered"),
    UnknownReason.MOVED_IN_LATER: ("あとから転入した", "moved in later"),
    UnknownReason.NOT_APPLICABLE: ("対象の年齢ではない", "not applicable at this age"),
    UnknownReason.NEW_SCHOOL_YEAR: ("新年度の名簿がまだ届いていない", "new school year not yet delivered"),
    UnknownReason.STALE: ("データが古い", "delivered too long ago"),
    UnknownReason.NOT_LINKED: ("記録が本人と結び付いていない", "not linked to the child"),
}

# Children of six may still be before school.
_FIRST_SCHOOL_AGE = 7
_GRADE_WORDS = {"e": "年長", "p": "小", "j": "中", "h": "高"}
_GRADE_ENGLISH = {"e": "kindergarten", "p": "primary", "j": "junior high", "h": "senior high"}

_SYSTEMS: dict[str, Words] = {
    "resident": ("住民記録", "resident register"),
    "unknown": ("名簿のない記録", "records without a roster"),
}


def show_grade(grade: str) -> Words:
    """`p3` as 小3 / primary 3; a grade that a municipality added itself stays as it is."""
    kind, number = grade[:1], grade[1:]
    if kind not in _GRADE_WORDS or not number.isdecimal():
        return grade, grade
    if kind == "e":
        return _GRADE_WORDS["e"], _GRADE_ENGLISH["e"]
    return f"{_GRADE_WORDS[kind]}{number}", f"{_GRADE_ENGLISH[kind]} {number}"


def show_school_stage(stage: str | None) -> Words:
    """A row of the age-and-grade grouping."""
    if stage is None:
        return "年齢が分からない", "age unknown"
    if stage == "unborn":
        return "生まれる前", "unborn"
    if stage.startswith("age_"):
        years = int(stage.removeprefix("age_"))
        if years < _FIRST_SCHOOL_AGE:
            return f"{years}歳", f"age {years}"
        return f"{years}歳（市立学校の在籍なし）", f"age {years}, not at a municipal school"
    return show_grade(stage)


def show_age(age_years: int | None, grade: str | None, *, is_unborn: bool) -> Words:
    """Age and grade for a list row."""
    if is_unborn:
        return "生まれる前", "unborn"
    if age_years is None:
        return "年齢不明", "age unknown"
    if grade is None:
        return f"{age_years}歳", f"{age_years} y"
    japanese, english = show_grade(grade)
    return f"{age_years}歳 {japanese}", f"{age_years} y, {english}"


def sort_stage(stage: str | None) -> tuple[int, int, str]:
    """Unborn, ages before school, grades, ages outside the municipal schools, unknown."""
    if stage is None:
        return 9, 0, ""
    if stage == "unborn":
        return 0, 0, ""
    if stage.startswith("age_"):
        years = int(stage.removeprefix("age_"))
        return (1 if years < _FIRST_SCHOOL_AGE else 8), years, ""
    kind, number = stage[:1], stage[1:]
    if kind not in _GRADE_WORDS or not number.isdecimal():
        return 7, 0, stage
    return 2 + list(_GRADE_WORDS).index(kind), int(number), ""


def describe_system(system: str, titles: dict[str, Words]) -> Words:
    """A source system by the title of a feed that comes from it."""
    return titles.get(system) or _SYSTEMS.get(system, (system, system))
