"""名簿をしぼる in words: what facets, values, orders and columns are called, and the whole query as a sentence."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tsunagu.cases.narrowing import Facet, Grouping, Narrowing, Order
from tsunagu.catalog.packs import NeedLevel
from tsunagu.catalog.places import PlaceKind
from tsunagu.pipeline.seam import OutcomeKind
from tsunagu.web.place_words import name_place

PROTECTED = "*"
MISSING = "-"

FACET_TITLES: Mapping[Facet, Promise] = {
    Facet.LEVEL: _("必要度"),
    Facet.FLAG: _("すぐに確かめる印"),
    Facet.KIND: _("気づきの種類"),
    Facet.AGE: _("年齢"),
    Facet.SCHOOL: _("学校・園"),
    Facet.DISTRICT: _("地区"),
    Facet.REGISTERED: _("住民登録"),
    Facet.UNSEEN: _("最後に姿を見てから"),
    Facet.CONTACT: _("最後の接触"),
    Facet.FRESH: _("データの新しさ"),
    Facet.SINCE: _("いつからの気づき"),
    Facet.DECISION: _("判断"),
    Facet.MEETING: _("会議にかける判断"),
    Facet.STATE: _("支援の状態"),
    Facet.CHARGE: _("担当"),
}
FACET_HINTS: Mapping[Facet, Promise] = {
    Facet.CONTACT: _(
        "この画面に記録した連絡と、各課の記録で姿を見た日の、遅いほうから数えます。この目的で知り得ない記録は数えません。"
    ),
    Facet.MEETING: _("会議を開いたかどうかは、まだ記録されません。"),
    Facet.STATE: _("最後の判断から読み取ったものです。"),
}
LEVEL_TITLES: Mapping[str, Promise] = {
    NeedLevel.URGENT: _("至急"),
    NeedLevel.HIGH: _("高い"),
    NeedLevel.MEDIUM: _("中くらい"),
    NeedLevel.WATCH: _("見守り"),
    NeedLevel.UNKNOWN: _("情報不足"),
    NeedLevel.NO_FINDING: _("該当なし"),
    "silence": _("姿の確認だけ"),
}
DECISION_TITLES: Mapping[str, Promise] = {
    "none": _("まだ"),
    OutcomeKind.WATCH: _("見守り"),
    OutcomeKind.OFFER: _("案内候補"),
    OutcomeKind.VISIT: _("訪問・面談"),
    OutcomeKind.COUNCIL: _("会議にかける（要対協）"),
    OutcomeKind.CHILD_GUIDANCE: _("児童相談所へ"),
    OutcomeKind.ALREADY_SUPPORTED: _("既に支援中"),
    OutcomeKind.NO_SUPPORT: _("支援不要"),
    OutcomeKind.DATA_ERROR: _("データ誤り"),
}
STATE_TITLES: Mapping[str, Promise] = {
    "new": _("判断待ち"),
    "watched": _("見守り中"),
    "under_way": _("対応中（案内・訪問・会議・児童相談所）"),
    "supported": _("既に支援中"),
    "closed": _("終結（支援不要・データ誤り）"),
}
# Facets whose values are ours; those of the others (kinds, schools, districts) come with the children.
VALUE_TITLES: Mapping[Facet, Mapping[str, Promise]] = {
    Facet.LEVEL: LEVEL_TITLES,
    Facet.FLAG: {"red_flag": _("印あり"), "silence": _("姿が見えず急ぐ"), "none": _("印なし")},
    Facet.AGE: {
        "unborn": _("出生前"),
        "0": _("0～2歳"),
        "3": _("3～5歳"),
        "6": _("6～8歳"),
        "9": _("9～11歳"),
        "12": _("12～14歳"),
        "15": _("15歳以上"),
        "unknown": _("分からない"),
    },
    Facet.REGISTERED: {"yes": _("あり"), "no": _("なし")},
    Facet.UNSEEN: {
        "0": _("1か月未満"),
        "1": _("1～2か月"),
        "3": _("3～5か月"),
        "6": _("6か月以上"),
        "unknown": _("分からない"),
    },
    Facet.FRESH: {
        "31": _("1か月以内に届いた"),
        "92": _("3か月以内に届いた"),
        "366": _("1年以内に届いた"),
        "old": _("1年より前"),
        "none": _("届いていない"),
    },
    Facet.CONTACT: {
        "30": _("30日以内"),
        "90": _("31～90日"),
        "180": _("91～180日"),
        "old": _("180日より前"),
        "none": _("記録がない"),
    },
    Facet.DECISION: DECISION_TITLES,
    Facet.MEETING: {"decided": _("かけると決めた"), "not": _("決めていない")},
    Facet.STATE: STATE_TITLES,
    Facet.CHARGE: {"mine": _("わたし"), "others": _("ほかの人・係"), "none": _("なし")},
    Facet.SINCE: {"new": _("今回はじめて"), "before": _("前から続いている")},
}
GROUPING_TITLES: Mapping[Grouping, Promise] = {
    Grouping.AGE: _("年齢"),
    Grouping.STAGE: _("学校の段階"),
    Grouping.SEX: _("性別"),
    Grouping.DISTRICT: _("地区"),
    Grouping.KIND: _("気づきの種類"),
}
STAGE_TITLES: Mapping[str, Promise] = {
    "unborn": _("出生前"),
    "before": _("就学前"),
    "primary": _("小学生"),
    "junior": _("中学生"),
    "high": _("高校生"),
    "none": _("在籍なし・分からない"),
}
ORDER_TITLES: Mapping[Order, Promise] = {
    Order.NEED: _("急ぐ順（印、必要度、姿が見えない日数）"),
    Order.UNSEEN: _("姿が見えない日数の長い順"),
    Order.NEW: _("新しい気づきから順に"),
    Order.YOUNG: _("年齢の低い順"),
}
COLUMN_TITLES: Mapping[str, Promise] = {
    "school": _("学校・園"),
    "district": _("地区"),
    "kinds": _("気づきの種類"),
    "seen": _("最後に姿を見た日"),
    "since": _("気づきの始まり"),
    "fresh": _("最後に届いた日"),
    "decision": _("判断"),
    "charge": _("担当"),
}
FIRST_COLUMNS = ("school", "district", "decision", "charge")


def get_value_title(
    facet: Facet, value: str, kind_titles: Mapping[str, Mapping[str, str]], language: str
) -> str:
    """What one value of a facet is called."""
    if value == PROTECTED:
        return str(_("非開示（支援措置）"))
    if value == MISSING:
        return str(_("ない・分からない"))
    if facet is Facet.KIND:
        return kind_titles.get(value, {}).get(language) or value
    if facet is Facet.SCHOOL:
        return name_place(PlaceKind.SCHOOL if value.startswith("s") else PlaceKind.FACILITY, value[1:])
    if facet is Facet.DISTRICT:
        return name_place(PlaceKind.DISTRICT, value[1:])
    return str(VALUE_TITLES[facet].get(value, value))


def write_sentence(narrowing: Narrowing, kind_titles: Mapping[str, Mapping[str, str]], language: str) -> str:
    """The query as one would say it."""
    clauses = [
        _("%(facet)sが%(values)s")
        % {
            "facet": str(FACET_TITLES[facet]).lower(),
            "values": str(_("か")).join(
                _("「%s」") % get_value_title(facet, value, kind_titles, language)
                for value in narrowing.chosen[facet]
            ),
        }
        for facet in Facet
        if facet in narrowing.chosen
    ]
    order = str(ORDER_TITLES[narrowing.order])
    if not clauses:
        return str(_("気づきのあったこども全員を、次の順に並べています: %s") % order)
    words = _("気づきのあったこどものうち、%(clauses)sのこどもを、次の順に並べています: %(order)s")
    return str(words % {"clauses": str(_("、かつ ")).join(clauses), "order": order})
