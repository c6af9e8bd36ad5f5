"""Words for what the tables hold as codes: Japanese first, English second."""

from datetime import date

from tsunagu.pipeline.disclosure import Figure

Words = tuple[str, str]

# Children of six may still be before school.
_FIRST_SCHOOL_AGE = 7
_BEFORE_SCHOOL: dict[str, Words] = {
    "e1": ("年少", "three years before school"),
    "e2": ("年中", "two years before school"),
    "e3": ("年長", "last year before school"),
}
_GRADE_WORDS = {"e": "就学前", "p": "小", "j": "中", "h": "高"}
_GRADE_ENGLISH = {"e": "kindergarten", "p": "primary", "j": "junior high", "h": "senior high"}

_SYSTEMS: dict[str, Words] = {
    "resident": ("住民記録", "resident register"),
    "unknown": ("名簿のない記録", "records without a roster"),
}


def show_figure(figure: Figure, unit: str = "") -> Words:
    """`1,234人`; `310〜319人` where counts are shown in steps; `10人未満` for the lowest step."""
    if figure.is_exact:
        return f"{figure.least:,}{unit}", f"{figure.least:,}"
    if figure.least == 0:
        return f"{figure.most + 1:,}{unit}未満", f"under {figure.most + 1:,}"
    return f"{figure.least:,}〜{figure.most:,}{unit}", f"{figure.least:,}–{figure.most:,}"


def show_day(day: date) -> Words:
    """`2026年3月31日` and `2026-03-31`."""
    return f"{day.year}年{day.month}月{day.day}日", day.isoformat()


def show_month(month: date) -> Words:
    """`2026年3月` and `2026-03`."""
    return f"{month.year}年{month.month}月", f"{month:%Y-%m}"


def show_place(place: str) -> str:
    """The code of a school or facility as the department writes it: `school=9100` as 9100."""
    return place.rpartition("=")[2]


def show_grade(grade: str) -> Words:
    """`p3` as 小3 / primary 3; a grade that a municipality added itself stays as it is."""
    kind, number = grade[:1], grade[1:]
    if kind not in _GRADE_WORDS or not number.isdecimal():
        return grade, grade
    if kind == "e":
        return _BEFORE_SCHOOL.get(grade, (grade, grade))
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
