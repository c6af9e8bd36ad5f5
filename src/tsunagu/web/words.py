"""What the codes of the audit trail and of the table of roles are called on screens; a code without a word is shown."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tsunagu.audit.rows import Outcome
from tsunagu.catalog.roles import Log, Reach, Right

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
    "staff.list": _("職員の一覧を取り込むか見る"),
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
