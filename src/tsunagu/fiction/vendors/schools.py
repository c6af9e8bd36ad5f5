"""What schools' systems of other vendors export."""

from tsunagu.fiction.layouts import Field, Layout
from tsunagu.fiction.respelling import (
    as_date,
    as_number,
    bracketed_phone,
    compact,
    dashed,
    honorific,
    in_era,
    month_in_words,
    no_space,
    one_space,
    plain_phone,
    recode,
    short_slashed,
    slashed,
    western_month,
    wide,
)
from tsunagu.fiction.workbooks import SheetStyle
from tsunagu.fiction.writing import CsvStyle

_QUOTED = CsvStyle("utf-8", "\r\n", bom=True, quoted=True)
_LONG_GRADES = recode(
    {f"小{grade}": f"小学{grade}年" for grade in range(1, 7)}
    | {f"中{grade}": f"中学{grade}年" for grade in range(1, 4)}
)
_LETTER_GRADES = recode(
    {f"小{grade}": f"P{grade}" for grade in range(1, 7)}
    | {f"中{grade}": f"J{grade}" for grade in range(1, 4)}
)
_YEAR_GRADES = recode(
    {f"小{grade}": str(grade) for grade in range(1, 7)}
    | {f"中{grade}": str(grade + 6) for grade in range(1, 4)}
)
_SHORT_MARKS = recode({"欠席": "欠", "出席停止": "出停", "忌引": "忌引き", "遅刻": "遅", "早退": "早"})
_MARK_NUMBERS = recode({"欠席": "1", "出席停止": "2", "忌引": "3", "遅刻": "4", "早退": "5"})

_ROSTER_B = Layout(
    file="学齢簿",
    vendor="b",
    name="himawari-school",
    is_known=True,
    style=_QUOTED,
    fields=(
        Field("児童生徒番号", "学籍番号"),
        Field("学校番号", "学校コード"),
        Field("学校名", "学校名"),
        Field("学年", "学年", _LONG_GRADES),
        Field("クラス", "組"),
        Field("出席番号", "出席番号"),
        Field("児童生徒氏名", "氏名", one_space),
        Field("ふりがな", "フリガナ"),
        Field("性別", "性別"),
        Field("生年月日", "生年月日", dashed),
        Field("保護者名", "保護者氏名"),
        Field("郵便番号", "郵便番号"),
        Field("現住所", "住所"),
        Field("連絡先電話番号", "電話番号", bracketed_phone),
        Field("宛名コード", "宛名番号"),
        Field("特支学級", "特別支援学級"),
        Field("転出入区分", "異動区分", recode({"転入": "転入学", "転出": "転学"})),
        Field("転出入年月日", "異動年月日", dashed),
        Field("帳票ID", fill="GR010"),
    ),
)
_ROSTER_C = Layout(
    file="学齢簿",
    vendor="c",
    name="school-log",
    stem="児童生徒名簿",
    style=SheetStyle(
        "名簿",
        above=((0, "児童生徒名簿（全校）"), (1, "{day}現在"), (2, "※取扱注意")),
        header_row=4,
        groups=((1, 4, "在籍"), (5, 9, "本人"), (10, 13, "家庭"), (14, 17, "その他")),
        before=(("表紙", (("児童生徒名簿",), ("教育委員会",))),),
        behind=(("凡例", (("性", "M=男 F=女"), ("特支", "1=特別支援学級"))),),
    ),
    fields=(
        Field("No", fill="#"),
        Field("所属校CD", "学校コード"),
        Field("所属校", "学校名"),
        Field("年次", "学年", _LETTER_GRADES),
        Field("組", "組", as_number),
        Field("管理ID", "学籍番号"),
        Field("児童生徒名", "氏名", no_space),
        Field("よみ", "フリガナ"),
        Field("性", "性別", recode({"男": "M", "女": "F"})),
        Field("誕生日", "生年月日", as_date),
        Field("保護者", "保護者氏名"),
        Field("〒", "郵便番号"),
        Field("自宅住所", "住所"),
        Field("TEL", "電話番号", plain_phone),
        Field("住民CD", "宛名番号"),
        Field("特支", "特別支援学級", recode({"○": "1", "": "0"})),
        Field("異動事由", "異動区分"),
        Field("異動日", "異動年月日", as_date),
    ),
)
_MARKS_B = Layout(
    file="出欠明細",
    vendor="b",
    name="himawari-attendance",
    is_known=True,
    style=_QUOTED,
    fields=(
        Field("学校ID", "学校コード"),
        Field("年月", "対象年月", western_month),
        Field("生徒番号", "学籍番号"),
        Field("児童生徒氏名", "氏名"),
        Field("年月日", "日付", dashed),
        Field("出欠種別", "出欠区分", _SHORT_MARKS),
        Field("欠席理由", "理由"),
    ),
)
_MARKS_C = Layout(
    file="出欠明細",
    vendor="c",
    name="school-log-attendance",
    stem="日別出欠",
    style=CsvStyle("cp932", above=("日別出欠データ", "出力区分：全校")),
    fields=(
        Field("所属校CD", "学校コード"),
        Field("集計月", "対象年月", month_in_words),
        Field("管理ID", "学籍番号"),
        Field("児童生徒名", "氏名", no_space),
        Field("月日", "日付", in_era),
        Field("状況CD", "出欠区分", _MARK_NUMBERS),
        Field("備考", "理由"),
    ),
)
_TOTALS_B = Layout(
    file="出席簿月計",
    vendor="b",
    name="himawari-monthly",
    is_known=True,
    style=_QUOTED,
    fields=(
        Field("学校番号", "学校コード"),
        Field("集計年月", "対象年月", western_month),
        Field("児童生徒番号", "学籍番号"),
        Field("授業日数", "授業日数"),
        Field("欠席日数", "欠席日数"),
        Field("出席日数", "出席日数"),
        Field("早退回数", "早退日数"),
        Field("遅刻回数", "遅刻日数"),
        Field("最終登校日", "最終出席日", dashed),
    ),
)
_AID_B = Layout(
    file="就学援助認定",
    vendor="b",
    name="manabi-aid",
    is_known=True,
    style=CsvStyle("utf-8", "\r\n", bom=True),
    fields=(
        Field("受付番号", "認定番号"),
        Field("認定年度", "年度"),
        Field("児童・生徒氏名", "児童生徒氏名"),
        Field("ふりがな", "フリガナ"),
        Field("生年月日", "生年月日", slashed),
        Field("学校名", "学校名"),
        Field("学年", "学年", _LONG_GRADES),
        Field("申請者氏名", "保護者氏名"),
        Field("住所", "住所"),
        Field("区分", "認定区分", recode({"要保護": "要", "準要保護": "準要"})),
        Field("認定日", "認定年月日", slashed),
        Field("認定終了日", "終了年月日", slashed),
    ),
)
_AID_C = Layout(
    file="就学援助認定",
    vendor="c",
    name="enjo-daicho",
    stem="就学援助台帳",
    style=SheetStyle(
        "認定者", above=((0, "就学援助　認定者一覧"), (1, "{day}")), header_row=3,
        groups=((2, 5, "児童・生徒"), (6, 8, "世帯"), (9, 11, "認定")),
    ),
    fields=(
        Field("対象年度", "年度", as_number),
        Field("整理No.", "認定番号"),
        Field("児童（生徒）名", "児童生徒氏名"),
        Field("ヨミガナ", "フリガナ"),
        Field("生まれた日", "生年月日", as_date),
        Field("在学校", "学校名"),
        Field("年", "学年", _YEAR_GRADES),
        Field("世帯代表", "保護者氏名"),
        Field("居住地", "住所"),
        Field("種", "認定区分", recode({"要保護": "要", "準要保護": "準"})),
        Field("始期", "認定年月日", as_date),
        Field("終期", "終了年月日", as_date),
    ),
)  # fmt: skip
_MEALS_C = Layout(
    file="給食費未納一覧",
    vendor="c",
    name="kyushoku-kun",
    stem="給食費滞納者",
    style=CsvStyle("cp932", quoted=True),
    fields=(
        Field("滞納者番号", "整理番号"),
        Field("学校", "学校名"),
        Field("学年", "学年"),
        Field("クラス", "組"),
        Field("児童名", "児童生徒氏名"),
        Field("児童名カナ", "フリガナ"),
        Field("納付義務者", "保護者氏名", honorific),
        Field("電話1", "電話番号"),
        Field("送付先住所", "住所"),
        Field("滞納期数", "未納月数"),
        Field("滞納合計", "未納額"),
        Field("最終入金日", "最終納付年月日", compact),
    ),
)
_CHECK_B = Layout(
    file="定期健康診断",
    vendor="b",
    name="himawari-health",
    is_known=True,
    style=_QUOTED,
    fields=(
        Field("学校ID", "学校コード"),
        Field("生徒番号", "学籍番号"),
        Field("児童生徒氏名", "氏名"),
        Field("検診日", "健診年月日", short_slashed),
        Field("身長cm", "身長"),
        Field("体重kg", "体重"),
        Field("未処置歯数", "未処置歯本数", wide),
        Field("受診勧告有無", "受診勧告", recode({"有": "あり", "無": "なし"})),
        Field("受診報告有無", "受診報告", recode({"有": "あり", "無": "なし"})),
    ),
)
_NURSE_C = Layout(
    file="保健室来室記録",
    vendor="c",
    name="hokenshitsu-note",
    stem="保健室日誌",
    style=SheetStyle(
        "日誌", above=((0, "保健室日誌"),), header_row=2, groups=((3, 5, "来室"), (6, 9, "ようす"))
    ),
    fields=(
        Field("校番", "学校コード"),
        Field("年月", "対象年月"),
        Field("児童生徒No", "学籍番号"),
        Field("なまえ", "氏名"),
        Field("来た日", "来室年月日", as_date),
        Field("来た時間", "来室時刻"),
        Field("わけ", "来室理由"),
        Field("訴え", "主訴"),
        Field("対応", "処置"),
        Field("いた時間（分）", "滞在分", as_number),
    ),
)
_SURVEY_C = Layout(
    file="学力生活状況調査",
    vendor="c",
    name="manabi-check",
    stem="学習生活調査結果",
    style=CsvStyle("utf-8", "\r\n", bom=True),
    fields=(
        Field("実施日", "実施年月日", dashed),
        Field("校コード", "学校コード"),
        Field("個人コード", "学籍番号"),
        Field("年次", "学年", _LETTER_GRADES),
        Field("国語偏差値", "国語標準得点"),
        Field("算数・数学偏差値", "算数数学標準得点"),
        Field("自己肯定感尺度", "自己肯定感"),
        Field("つながり尺度", "人とのつながり"),
        Field("生活習慣尺度", "生活習慣"),
        Field("意欲尺度", "学習意欲"),
    ),
)

LAYOUTS = (
    _ROSTER_B, _ROSTER_C, _MARKS_B, _MARKS_C, _TOTALS_B, _AID_B, _AID_C, _MEALS_C, _CHECK_B, _NURSE_C, _SURVEY_C,
)  # fmt: skip
