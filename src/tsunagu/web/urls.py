"""The desk's addresses. Each is listed, with who may open it, in `tests/web/addresses.txt`."""

from django.urls import URLPattern, URLResolver, path, register_converter
from django.views.i18n import set_language

from tsunagu.web.addresses import ChildNumber
from tsunagu.web.doors import Door, behind
from tsunagu.web.views import (
    auditing,
    child,
    child_entries,
    data_state,
    first_password,
    loading,
    locking,
    mapping,
    narrowing,
    own_account,
    problems,
    reviewing,
    saved_views,
    signing_in,
    staff,
    staff_list,
    staff_member,
    working,
)

register_converter(ChildNumber, "child")

# allauth finds its own pages by these names.
_SIGNING_IN: list[URLPattern | URLResolver] = [
    path("sign-in/", signing_in.sign_in, name="account_login"),
    path("sign-in/code/", signing_in.enter_code, name="mfa_authenticate"),
    path("sign-out/", signing_in.sign_out, name="account_logout"),
    path("confirm/", signing_in.confirm_password, name="account_reauthenticate"),
    path("confirm/code/", signing_in.confirm_code, name="mfa_reauthenticate"),
    path("password/", signing_in.change_password, name="account_change_password"),
    path("password/first/", first_password.choose_own_password, name="choose_own_password"),
    path("second-step/", signing_in.set_up_second_step, name="mfa_activate_totp"),
    path("second-step/passkey/", signing_in.add_passkey, name="mfa_add_webauthn"),
    path("confirm/passkey/", signing_in.confirm_passkey, name="mfa_reauthenticate_webauthn"),
    path("recovery-codes/", signing_in.show_recovery_codes, name="mfa_view_recovery_codes"),
    path("recovery-codes/new/", signing_in.make_recovery_codes, name="mfa_generate_recovery_codes"),
]
urlpatterns: list[URLPattern | URLResolver] = [
    path("", own_account.show_own_account, name="home"),
    path("purpose/", own_account.choose_purpose, name="choose_purpose"),
    path("sessions/<int:session_id>/end/", own_account.end_session, name="end_session"),
    path("narrow/", narrowing.narrow_list, name="narrow_list"),
    path("children/<child:person_id>/", child.show_child, name="show_child"),
    path("children/<child:person_id>/contacts/", child.reveal_child, name="reveal_child"),
    path("children/<child:person_id>/copy/", child.look_for_copy, name="look_for_copy"),
    path("children/<child:person_id>/decisions/", child_entries.decide_child, name="decide_child"),
    path(
        "children/<child:person_id>/contacts-made/",
        child_entries.note_child_contact,
        name="note_child_contact",
    ),
    path("children/<child:person_id>/feedback/", child_entries.judge_reason, name="judge_reason"),
    path("children/<child:person_id>/taking-back/", child_entries.take_entry_back, name="take_entry_back"),
    path("children/<child:person_id>/own-relative/", child.keep_away, name="keep_away"),
    path("narrow/views/", saved_views.keep_view, name="keep_view"),
    path("narrow/views/<int:view_id>/delete/", saved_views.drop_view, name="drop_view"),
    path("staff/", staff.list_staff, name="list_staff"),
    path("staff/<int:staff_id>/", staff_member.show_member, name="show_member"),
    path("staff/<int:staff_id>/password/", staff_member.hand_out_password, name="hand_out_password"),
    path("staff/<int:staff_id>/second-step/", staff_member.reset_step, name="reset_second_step"),
    path("staff/list/", staff_list.show_staff_list, name="show_staff_list"),
    path("staff/list/file/", staff_list.download_staff_list, name="download_staff_list"),
    path("staff/list/check/", staff_list.check_list, name="check_staff_list"),
    path("staff/list/take-over/", staff_list.take_over_list, name="take_over_staff_list"),
    path("data/", data_state.show_data_state, name="show_data_state"),
    path("data/feeds/<path:feed>/problems/", problems.list_problems, name="list_problems"),
    path("data/feeds/<path:feed>/problems.xlsx", problems.download_problems, name="download_problems"),
    path("data/feeds/<path:feed>/", data_state.show_feed, name="show_feed"),
    path("data/load/", loading.show_loading, name="show_loading"),
    path("data/load/send/", loading.send_files, name="send_files"),
    path("data/load/<uuid:batch>/", loading.show_batch, name="show_batch"),
    path("data/load/<uuid:batch>/take-in/", loading.take_in, name="take_in"),
    path("data/load/<uuid:batch>/discard/", loading.discard_file, name="discard_file"),
    path("data/load/<uuid:batch>/draft/", mapping.draft_mapping, name="draft_mapping"),
    path("data/mappings/<uuid:mapping>/", mapping.show_mapping, name="show_mapping"),
    path("data/mappings/<uuid:mapping>/answer/", mapping.answer_mapping, name="answer_mapping"),
    path("data/mappings/<uuid:mapping>/file/", mapping.download_mapping, name="download_mapping"),
    path("data/mappings/<uuid:mapping>/upload/", mapping.upload_mapping, name="upload_mapping"),
    path("data/mappings/<uuid:mapping>/approve/", mapping.approve_mapping, name="approve_mapping"),
    path("data/run/", working.run_analysis, name="run_analysis"),
    path("data/review/", reviewing.show_review, name="show_review"),
    path("data/review/decide/", reviewing.decide_pair, name="decide_pair"),
    path("data/review/undo/", reviewing.undo_pair, name="undo_pair"),
    path("data/work/", working.list_works, name="list_works"),
    path("data/work/<uuid:work_id>/", working.show_work, name="show_work"),
    path("data/work/<uuid:work_id>/stop/", working.stop, name="stop_work"),
    path("audit/", auditing.show_trail, name="show_trail"),
    path("audit/export/", auditing.export_trail, name="export_trail"),
    path("audit/reasons/", auditing.show_reasons, name="show_reasons"),
    path("audit/unusual/", auditing.show_unusual, name="show_unusual"),
    path("audit/checkpoints/", auditing.show_checkpoints, name="show_checkpoints"),
    path("audit/roles/", auditing.show_role_table, name="show_role_table"),
    path("lock/", locking.lock_now, name="lock"),
    path("unlock/", locking.unlock, name="unlock"),
    path("language/", behind(Door.ANYONE)(set_language), name="set_language"),
    *_SIGNING_IN,
]
handler403 = "tsunagu.web.views.errors.show_not_allowed"
handler404 = "tsunagu.web.views.errors.show_not_found"
handler500 = "tsunagu.web.views.errors.show_fault"
