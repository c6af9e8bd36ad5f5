"""The exact keys, strongest first. A key links only when exactly one person has it and nothing contradicts.

Every rule compares folded forms. `is_child_only` rules carry no birth date, so they look among children
only and need a third thing that agrees (address, telephone or guardian).
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ExactKey:
    """One rule: its name in reports, the columns that must all be equal, and where it looks.

    `most_subjects`: how many subjects of one system may carry the key. Weak keys allow one, because two
    different children may share them; under a full key a second subject is the same child registered anew.
    """

    name: str
    columns: tuple[str, ...]
    title: str
    title_en: str
    is_child_only: bool = False
    most_subjects: int = 1


ATENA_NUMBER = "atena_number"
REGISTER = "register"
BIRTH_OF_PREGNANCY = "birth_of_pregnancy"
OPENED = "opened"

EXACT_KEYS = (
    ExactKey(
        "name_kana_birth",
        ("name_folded", "kana_folded", "birth_date"),
        "氏名・カナ・生年月日",
        "name, reading, birth date",
        most_subjects=9,
    ),
    ExactKey(
        "kana_birth_address",
        ("kana_folded", "birth_date", "address_folded"),
        "カナ・生年月日・住所",
        "reading, birth date, address",
    ),
    ExactKey(
        "name_birth_address",
        ("name_folded", "birth_date", "address_folded"),
        "氏名・生年月日・住所",
        "name, birth date, address",
    ),
    ExactKey("kana_birth", ("kana_folded", "birth_date"), "カナ・生年月日", "reading, birth date"),
    ExactKey("name_birth", ("name_folded", "birth_date"), "氏名・生年月日", "name, birth date"),
    ExactKey(
        "name_kana_phone",
        ("name_folded", "kana_folded", "phone_folded"),
        "氏名・カナ・電話",
        "name, reading, telephone",
        is_child_only=True,
    ),
    ExactKey(
        "name_kana_address",
        ("name_folded", "kana_folded", "address_folded"),
        "氏名・カナ・住所",
        "name, reading, address",
        is_child_only=True,
    ),
    ExactKey(
        "kana_phone", ("kana_folded", "phone_folded"), "カナ・電話", "reading, telephone", is_child_only=True
    ),
    ExactKey(
        "kana_address",
        ("kana_folded", "address_folded"),
        "カナ・住所",
        "reading, address",
        is_child_only=True,
    ),
    ExactKey(
        "name_kana_guardian",
        ("name_folded", "kana_folded", "guardian_name_folded"),
        "氏名・カナ・保護者名",
        "name, reading, guardian",
        is_child_only=True,
    ),
)


def list_reaching_keys() -> tuple[ExactKey, ...]:
    """The exact keys without those that hold more than another one: who shares one of those shares that other too."""
    return tuple(
        key
        for key in EXACT_KEYS
        if not any(
            set(other.columns) < set(key.columns) and other.is_child_only <= key.is_child_only
            for other in EXACT_KEYS
        )
    )


WEIGHT = "weight"
REVIEWED = "reviewed"

RULE_TITLES = {
    REGISTER: ("住民記録", "the resident register"),
    ATENA_NUMBER: ("宛名番号", "in-house number"),
    BIRTH_OF_PREGNANCY: ("妊娠届からの出生", "born of a notified pregnancy"),
    WEIGHT: ("全項目の重み", "weight of all fields"),
    REVIEWED: ("人が確かめた", "decided by people"),
    OPENED: ("どの住民とも結び付かず、本人として新しく開いた", "nobody in the register: a person of its own"),
    **{key.name: (key.title, key.title_en) for key in EXACT_KEYS},
}
"""Every rule of the run in Japanese and English."""

WEIGHED_RULE_TITLES = {
    "name_birth_address": "氏名・生年月日・住所が同じ",
    "name_birth_phone": "氏名・生年月日・電話が同じ",
    "given_birth_address": "名・生年月日・住所が同じ(氏は違う)",
    "given_birth_phone": "名・生年月日・電話が同じ(氏は違う)",
    "rare_name_birth": "珍しい氏名と生年月日が同じ",
    "weight": "全項目の重み",
}
"""Rules of the comparison with weights; all but the last are exact keys that only one pair has."""
