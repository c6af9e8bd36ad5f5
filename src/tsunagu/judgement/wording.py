"""The words an officer reads for levels, strengths, states and reasons. Japanese first."""

from typing import Final

from tsunagu.catalog.packs import NeedLevel, Owner, Strength
from tsunagu.catalog.words import Title
from tsunagu.vocabulary.knowing import UnknownReason

LEVEL_WORDING: Final[dict[NeedLevel, Title]] = {
    NeedLevel.URGENT: Title(
        ja="至急（その日のうちに人が確かめる）", en="urgent: a person looks the same day"
    ),
    NeedLevel.HIGH: Title(ja="高い", en="high"),
    NeedLevel.MEDIUM: Title(ja="中くらい", en="medium"),
    NeedLevel.WATCH: Title(ja="見守り", en="watch"),
    NeedLevel.UNKNOWN: Title(ja="情報不足（判定できない）", en="too little is known to say"),
    NeedLevel.NO_FINDING: Title(
        ja="記録の上では該当なし（問題がないという意味ではありません）",
        en="nothing found on record (this does not mean that all is well)",
    ),
}

STRENGTH_WORDING: Final[dict[Strength, Title]] = {
    Strength.WEAK: Title(ja="弱", en="weak"),
    Strength.MEDIUM: Title(ja="中", en="medium"),
    Strength.STRONG: Title(ja="強", en="strong"),
}

OWNER_WORDING: Final[dict[Owner, Title]] = {
    Owner.AUTOMATIC: Title(ja="自動", en="automatic"),
    Owner.HOMEROOM: Title(ja="学級担任", en="homeroom teacher"),
    Owner.SPECIAL_NEEDS: Title(ja="特別支援の担当", en="special-needs teacher"),
    Owner.SCHOOL_NURSE: Title(ja="養護教諭", en="school nurse"),
    Owner.OFFICE: Title(ja="事務職員", en="school office"),
    Owner.MANAGEMENT: Title(ja="管理職", en="head teacher"),
    Owner.COMMUNITY: Title(ja="地域の担当", en="community staff"),
}

UNKNOWN_WORDING: Final[dict[str, Title]] = {
    UnknownReason.NOT_LOADED: Title(
        ja="その期間の記録が、まだ届いていません", en="the records for that time have not arrived"
    ),
    UnknownReason.MOVED_IN_LATER: Title(
        ja="途中で転入したため、転入前のことはわかりません",
        en="the child moved in later; the time before is not known",
    ),
    UnknownReason.NOT_APPLICABLE: Title(
        ja="この年齢・学年には当てはまらない項目です", en="does not apply at this age"
    ),
    UnknownReason.NEW_SCHOOL_YEAR: Title(
        ja="新年度の名簿が、まだ届いていません", en="the new school year's rosters have not arrived"
    ),
    UnknownReason.STALE: Title(
        ja="最後に届いた記録が古く、今のことはわかりません",
        en="the last records are too old to speak for today",
    ),
    UnknownReason.NOT_LINKED: Title(
        ja="その課の記録と、まだ結びついていません", en="not yet linked to that department's records"
    ),
    "not_measured": Title(
        ja="調査や健診の結果が、この子については残っていません", en="there is no measurement for this child"
    ),
    "not_registered": Title(
        ja="この目的での利用が登録されていないため、空欄にしています",
        en="left blank: its use for this purpose is not registered",
    ),
    "people": Title(ja="人が記入する項目です", en="people fill this in"),
    "overdue_birth": Title(
        ja="出産予定の月を過ぎましたが、出生の届が確認できません",
        en="the birth was expected earlier and none is registered",
    ),
}
