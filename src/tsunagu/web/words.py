"""What the codes of the audit trail and of the table of roles are called on screens; a code without a word is shown."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tsunagu.access.session import ADMINISTRATION, AUDIT, DATA_KEEPING, OWN_ACCOUNT
from tsunagu.audit.rows import Outcome
from tsunagu.catalog.roles import Log, Reach, Right
from tsunagu.catalog.words import Department

OUTCOME_TITLES: dict[str, Promise] = {
    Outcome.READ: _("見た"),
    Outcome.CHANGED: _("変えた"),
    Outcome.DECIDED: _("決めた"),
    Outcome.REFUSED: _("断られた"),
}
ACT_TITLES: dict[str, Promise] = {
    "child.open": _("こどもを開く"),
    "child.contact": _("連絡先を開く"),
    "child.search": _("こどもを探す"),
    "sign_in": _("サインイン"),
    "sign_in.lock_out": _("続けて間違えて停止"),
    "sign_out": _("サインアウト"),
    "session.lock": _("画面のロック"),
    "session.unlock": _("ロックの解除"),
    "session.end": _("別の機械のサインインを終わらせる"),
    "two_step.set_up": _("確認コードの用意"),
    "two_step.new_recovery_codes": _("回復コードの作り直し"),
    "two_step.reset": _("二つ目の確認を用意し直してもらう"),
    "password.change": _("パスワードを変える"),
    "password.give": _("はじめてのパスワードを渡す"),
    "password.first_too_late": _("期限の過ぎたはじめてのパスワード"),
    "purpose.choose": _("利用目的を選ぶ"),
    "administration.open": _("管理のページを開く"),
    "child.fetch": _("こどもの事実を取り寄せる"),
    "child.seal": _("封をする"),
    "link.review": _("同じ人か確かめる一覧を見る"),
    "link.pair": _("同じ人かを決める"),
    "data.state": _("データの状態を見る"),
    "job.list": _("仕事の一覧を見る"),
    "job.stop": _("仕事を止める"),
    "staff.list": _("職員の一覧を見る"),
    "staff.take_over": _("職員の一覧を取り込む"),
    "staff.list_check": _("職員の一覧を確かめる"),
    "staff.export": _("職員の一覧を受け取る"),
    "rights.begin": _("権限の始まり"),
    "rights.end": _("権限の終わり"),
    "rights.change": _("権限の終わりの日の変更"),
    "rights.withdraw": _("始まる前の権限の取りやめ"),
    "operator.appoint": _("サーバーの上で管理者を任せる"),
    "operator.act_for": _("サーバーの上で管理者に代わる"),
    "audit.look": _("監査の記録を見る"),
    "audit.reasons": _("理由を書いた閲覧を見る"),
    "audit.unusual": _("ふだんと違う使い方を見る"),
    "audit.checkpoints": _("署名した控えを見る"),
    "audit.child": _("こどもの閲覧記録を見る"),
    "audit.export": _("監査の記録を書き出す"),
}
PURPOSE_TITLES: dict[str, Promise] = {
    AUDIT: _("監査"),
    OWN_ACCOUNT: _("自分のサインイン"),
    ADMINISTRATION: _("権限の管理"),
    DATA_KEEPING: _("データの管理"),
}
OBJECT_TITLES: dict[str, Promise] = {
    "child": _("こども"),
    "staff": _("職員"),
    "role": _("役割"),
    "purpose": _("利用目的"),
    "administrator": _("権限の管理者"),
    "day": _("この日から"),
    "feed": _("ファイル"),
    "job": _("仕事"),
}
LANE_TITLES: dict[str, Promise] = {
    Department.RESIDENT: _("住民記録"),
    Department.EDUCATION: _("教育"),
    Department.HEALTH: _("保健"),
    Department.BENEFITS: _("手当"),
    Department.CHILDCARE: _("保育"),
    Department.WELFARE: _("福祉"),
}
RIGHT_TITLES: dict[str, Promise] = {
    Right.FIND: _("さがして見つける"),
    Right.HEAD: _("生年月日・学校など"),
    Right.CONTACT: _("住所・電話"),
    Right.CONTACT_WITH_REASON: _("住所・電話（理由を書いて）"),
    Right.FACTS: _("事実"),
    Right.FACT_COUNTS: _("事実の件数だけ"),
    Right.REASONS: _("必要度と気づきの理由"),
    Right.SHARED_VERSION: _("共有版"),
    Right.PLAN_READ: _("支援計画を読む"),
    Right.PLAN_WRITE: _("支援計画を書く"),
    Right.PLAN_PART: _("支援計画の自分の分を書く"),
    Right.PLAN_ANSWER: _("聞かれたことに答える"),
    Right.PLAN_MINUTES: _("会議の記録"),
    Right.PLAN_APPROVE: _("支援計画を認める"),
    Right.COUNCIL_REGISTER: _("要対協の登録"),
    Right.DATA_STATE: _("データの状態を見る"),
    Right.LOAD_DATA: _("ファイルを取り込む"),
    Right.APPROVE_MAPPING: _("読み方を認める"),
    Right.RUN_ANALYSIS: _("判定を頼む"),
    Right.REVIEW_LINKS: _("同じ人かを決める"),
}
REACH_TITLES: dict[str, Promise] = {
    Reach.EVERYONE: _("全員"),
    Reach.BEFORE_SCHOOL: _("就学前"),
    Reach.PLACE: _("自校・自施設"),
    Reach.ASSIGNED: _("担当"),
    Reach.TEAM: _("係の担当"),
    Reach.AGENDA: _("会議の議題"),
    Reach.SHARED: _("共有された"),
    Reach.LISTED: _("名簿に載った"),
}
LOG_TITLES: dict[str, Promise] = {
    Log.OWN_SCHEME: _("いまの目的の分"),
    Log.OWN_CHILDREN: _("担当のこどもの分"),
    Log.TEAM: _("係のこどもの分"),
    Log.OWN_FEED: _("自課のファイルの分"),
    Log.WITHOUT_NAMES: _("全部（氏名なし）"),
}
