"""The words an officer reads for levels, strengths, states and reasons. Japanese first."""

from typing import Final

from tsunagu.catalog.packs import NeedLevel, Owner, Strength
from tsunagu.judgement.phrases import Phrase
from tsunagu.vocabulary.knowing import UnknownReason

LEVEL_TITLES: Final[dict[NeedLevel, Phrase]] = {
    NeedLevel.URGENT: Phrase("至急", "urgent"),
    NeedLevel.HIGH: Phrase("高い", "high"),
    NeedLevel.MEDIUM: Phrase("中くらい", "medium"),
    NeedLevel.WATCH: Phrase("見守り", "watch"),
    NeedLevel.UNKNOWN: Phrase("情報不足", "not enough known"),
    NeedLevel.NO_FINDING: Phrase("該当なし", "nothing on record"),
}

LEVEL_MEANINGS: Final[dict[NeedLevel, Phrase]] = {
    NeedLevel.URGENT: Phrase("その日のうちに人が確かめます", "a person looks the same day"),
    NeedLevel.HIGH: Phrase("早めに人が確かめます", "a person looks soon"),
    NeedLevel.MEDIUM: Phrase("人が確かめます", "a person looks"),
    NeedLevel.WATCH: Phrase("次の機会に気に留めます", "to be kept in mind"),
    NeedLevel.UNKNOWN: Phrase(
        "届いていない記録が多く、判定できません", "too much has not been delivered to say"
    ),
    NeedLevel.NO_FINDING: Phrase(
        "記録の上で該当がないだけで、問題がないという意味ではありません",
        "on record only; it does not mean that all is well",
    ),
}

LEVEL_WORDING: Final[dict[NeedLevel, Phrase]] = {
    level: Phrase(f"{title.ja}（{LEVEL_MEANINGS[level].ja}）", f"{title.en} ({LEVEL_MEANINGS[level].en})")
    for level, title in LEVEL_TITLES.items()
}
"""Title and meaning together, where the level stands alone."""

STRENGTH_WORDING: Final[dict[Strength, Phrase]] = {
    Strength.WEAK: Phrase("弱", "weak"),
    Strength.MEDIUM: Phrase("中", "medium"),
    Strength.STRONG: Phrase("強", "strong"),
}

OWNER_WORDING: Final[dict[Owner, Phrase]] = {
    Owner.AUTOMATIC: Phrase("自動", "automatic"),
    Owner.HOMEROOM: Phrase("学級担任", "homeroom teacher"),
    Owner.SPECIAL_NEEDS: Phrase("特別支援の担当", "special-needs teacher"),
    Owner.SCHOOL_NURSE: Phrase("養護教諭", "school nurse"),
    Owner.OFFICE: Phrase("事務職員", "school office"),
    Owner.MANAGEMENT: Phrase("管理職", "head teacher"),
    Owner.COMMUNITY: Phrase("地域の担当", "community staff"),
}

UNKNOWN_WORDING: Final[dict[str, Phrase]] = {
    UnknownReason.NOT_LOADED: Phrase(
        "その期間の記録が、まだ届いていません", "the records for that time have not arrived"
    ),
    UnknownReason.MOVED_IN_LATER: Phrase(
        "途中で転入したため、転入前のことはわかりません",
        "the child moved in later; the time before is not known",
    ),
    UnknownReason.NOT_APPLICABLE: Phrase(
        "この年齢・学年には当てはまらない項目です", "does not apply at this age"
    ),
    UnknownReason.NEW_SCHOOL_YEAR: Phrase(
        "新年度の名簿が、まだ届いていません", "the new school year's rosters have not arrived"
    ),
    UnknownReason.STALE: Phrase(
        "最後に届いた記録が古く、今のことはわかりません",
        "the last records are too old to speak for today",
    ),
    UnknownReason.NOT_LINKED: Phrase(
        "その課の記録と、まだ結びついていません", "not yet linked to that department's records"
    ),
    "not_measured": Phrase(
        "調査や健診の結果が、この子については残っていません", "there is no measurement for this child"
    ),
    "not_registered": Phrase(
        "この目的での利用が登録されていないため、空欄にしています",
        "left blank: its use for this purpose is not registered",
    ),
    "people": Phrase("人が記入する項目です", "people fill this in"),
}

MISSING_WORDING: Final[dict[str, Phrase]] = {
    "done": Phrase("済み", "done"),
    "late": Phrase("時期を過ぎて実施", "done late"),
    "missing": Phrase("確認できない", "not on record"),
}
"""Answers of indicators about what is expected once."""

SILENCE_WORDING: Final[dict[str, Phrase]] = {
    "overdue_birth": Phrase(
        "出産予定の月を過ぎましたが、出生の届が確認できません",
        "the birth was expected earlier and none is registered",
    ),
    "removed_from_register": Phrase(
        "住民票が消除されたあと、姿が確かめられていません",
        "struck from the register and not seen since",
    ),
    "in_no_school": Phrase(
        "学齢ですが、市の学校の名簿に見つからず、ほかの記録でも姿が確かめられていません",
        "of school age, on no municipal school's list, and not seen by any other record",
    ),
    "in_nursery": Phrase(
        "保育所等に在籍しているため、日数だけでは知らせません",
        "enrolled in a nursery, so the days alone are not said aloud",
    ),
}
"""Why the silence watch lists, or does not list, a child."""

PART_TITLES: Final[dict[str, Phrase]] = {
    "floor": Phrase("緊急の兆し", "Red flags"),
    "raises": Phrase("気づきの理由", "Reasons"),
    "value": Phrase("数値", "Figures"),
    "protective": Phrase(
        "支えになっている事実（必要度は下げません）", "What supports the child (never lowers the level)"
    ),
    "unknown": Phrase("わからないこと", "Not known"),
    "people": Phrase("記録のほかに人が確かめること", "For a person to look at"),
    "blank": Phrase("空欄の項目（0点ではありません）", "Blank (not zero)"),
    "not_registered": Phrase("この目的での利用が登録されていない", "not registered for this purpose"),
    "rule": Phrase("この判定について", "About this judgement"),
}
