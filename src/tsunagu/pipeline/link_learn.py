"""`link learn`: a new version of what linkage's weights rest on, beside the one in force."""

import math
from dataclasses import dataclass
from datetime import date

from tsunagu.catalog.catalog import Catalog
from tsunagu.linkage import model as names
from tsunagu.linkage.link import learn_version, link_exactly, weigh_under
from tsunagu.linkage.versions import LinkVersion, find_version, stage_version
from tsunagu.linkage.weighing import Outlook, describe_outlook, prepare_weighing
from tsunagu.pipeline.disclosure import Disclosure, open_disclosure
from tsunagu.pipeline.run import hash_inputs, list_known_inputs, require_purposes
from tsunagu.pipeline.wording import show_figure
from tsunagu.store.commit import Writer, open_writer
from tsunagu.store.home import Home
from tsunagu.vocabulary.errors import ExitCode, TsunaguError


class TooLittleToLearnError(TsunaguError):
    """A register or exact links too few to tell frequencies."""

    exit_code = ExitCode.NOT_FOUND


@dataclass(frozen=True, slots=True)
class Learned:
    """What learning came to.

    `before`: the version in force until now, None for the first. Both outlooks are of the same records, those known on
    the day. `is_kept`: False where the version in force already says the same.
    """

    before: LinkVersion | None
    before_outlook: Outlook | None
    after: LinkVersion
    after_outlook: Outlook
    is_kept: bool


def learn_weights(home: Home, catalog: Catalog, *, as_of: date) -> Learned:
    """Learn a version from what was known on one day and keep it.

    Raises:
        NoActivePurposeError: the municipality has chosen no purpose.
        NothingLoadedError: nothing was known on that day.
        TooLittleToLearnError: too few residents or exact links.
    """
    purposes = require_purposes(catalog)
    with open_writer(home, "link learn", purpose=purposes, details={"as_of": as_of.isoformat()}) as writer:
        basis = hash_inputs(list_known_inputs(writer, as_of=as_of))
        link_exactly(writer, as_of=as_of)
        prepare_weighing(writer.engine)
        before = find_version(writer, as_of=as_of)
        before_outlook = None if before is None else _look_ahead(writer, before, as_of)
        after = learn_version(writer, as_of=as_of, basis=basis)
        if after is None:
            raise TooLittleToLearnError(
                f"{as_of} までの記録は、名寄せの重みを学ぶには足りません。",
                why="住民が300人、鍵で決まった記録が100件ないと、氏名の珍しさも、書き間違いの割合も分かりません。",
                todo="住民記録と各課の記録を tsunagu intake で取り込んでから、もう一度実行してください。",
            )
        is_kept = before is None or not _say_the_same(before, after)
        if is_kept:
            stage_version(writer, after)
        learned = Learned(before, before_outlook, after, _look_ahead(writer, after, as_of), is_kept)
        if is_kept:
            details = {"link_version": after.version_id, "before": before and before.version_id}
            writer.commit(purpose=purposes, details=details)
    return learned


def _say_the_same(before: LinkVersion, after: LinkVersion) -> bool:
    return before.model.content_hash == after.model.content_hash and before.program == after.program


def _look_ahead(writer: Writer, version: LinkVersion, as_of: date) -> Outlook:
    weigh_under(writer, version, as_of=as_of)
    return describe_outlook(writer.engine)


@dataclass(frozen=True, slots=True)
class Change:
    """One figure before and after, as it may be seen; `before` is — for the first version."""

    title: str
    before: str
    after: str


def describe_changes(learned: Learned, catalog: Catalog) -> list[Change]:
    """What changed against the version before, in the words of an officer; never a value of anybody."""
    disclosure = open_disclosure(catalog)
    after = _list_figures(learned.after, learned.after_outlook, disclosure)
    if learned.before is None or learned.before_outlook is None:
        return [Change(title, "—", figure) for title, figure in after.items()]
    before = _list_figures(learned.before, learned.before_outlook, disclosure)
    return [Change(title, before[title], figure) for title, figure in after.items()]


def _list_figures(version: LinkVersion, outlook: Outlook, disclosure: Disclosure) -> dict[str, str]:
    def count(records: int) -> str:
        return str(show_figure(disclosure.show(records))[0])

    def expect(errors: float) -> str:
        return f"{errors:.2f}" if disclosure.is_open else count(math.ceil(errors))

    return {
        "学んだ日": str(version.as_of),
        "学んだ住民": count(version.model.get(names.PEOPLE)),
        "学んだ記録(番号や鍵で決まったもの)": count(version.model.get(names.LINKS)),
        "重みで結ぶ記録": count(outlook.joined),
        "うち誤りの見込み": expect(outlook.wrong_joined),
        "鍵で決まった記録の誤りの見込み(多くて)": expect(outlook.wrong_exact),
        "人が確かめる記録": count(outlook.for_review),
    }
