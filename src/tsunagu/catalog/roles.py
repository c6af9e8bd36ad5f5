"""What each role may do, and to which children: the table that row policies and screens are decided by.

A role gives nothing by itself. A right counts for a child only by its reach, and only for a purpose that is granted.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from tsunagu.catalog.words import Adoption, Definition, Department, Role, Title, WordError


class Right(StrEnum):
    """What may be done with a child's record."""

    FIND = "find"
    """The child comes up in a search: name and birth year, nothing else."""
    HEAD = "head"
    """Birth date, sex, school, facility, district."""
    CONTACT = "contact"
    """Address and telephone."""
    CONTACT_WITH_REASON = "contact_with_reason"
    """The same, one view at a time, after a reason was written."""
    FACTS = "facts"
    """The facts of the role's lanes that are registered for the purpose."""
    FACT_COUNTS = "fact_counts"
    """How many facts there are in each lane, none of them."""
    REASONS = "reasons"
    """The level of need and why."""
    SHARED_VERSION = "shared_version"
    """What was written for others: facts and reasons in the version shared with them."""
    SHARE = "share"
    """Writes such a version for a meeting, from what they see themselves."""
    PLAN_READ = "plan_read"
    PLAN_WRITE = "plan_write"
    PLAN_PART = "plan_part"
    """Writes its own part of the plan."""
    PLAN_ANSWER = "plan_answer"
    """Answers the questions asked of it."""
    PLAN_MINUTES = "plan_minutes"
    PLAN_APPROVE = "plan_approve"
    COUNCIL_REGISTER = "council_register"
    DECIDE = "decide"
    """Decides what follows for a child, and says what of the reasons is right."""
    NOTE_CONTACT = "note_contact"
    """Notes that somebody was in touch with the child or the family."""
    ASSIGN = "assign"
    """Says who is in charge of the child."""
    TAKE_ON = "take_on"
    """Takes the child on oneself."""
    TAKE_INTAKE = "take_intake"
    """Takes down what somebody tells about a child, and answers for its being seen in time."""
    DATA_STATE = "data_state"
    """Sees what was delivered, what is missing and what was wrong with it; no child."""
    LOAD_DATA = "load_data"
    """Takes files in, and drafts the mapping of an unknown one."""
    APPROVE_MAPPING = "approve_mapping"
    """Lets a mapping that somebody else drafted be used."""
    RUN_ANALYSIS = "run_analysis"
    """Has everything judged anew."""
    REVIEW_LINKS = "review_links"
    """Decides whether two records are one person; sees what both say, names included."""
    BREAK_GLASS = "break_glass"
    """Opens one child in an emergency, for a written reason and some hours; somebody else looks into it afterwards."""
    REVIEW_BREAKING = "review_breaking"
    """Looks into emergency openings of others, and says whether they were right."""


class Reach(StrEnum):
    """Which children a right is about. Several in one right: any of them is enough."""

    EVERYONE = "everyone"
    """Every child; for a role limited to a school, facility or district: those there."""
    BEFORE_SCHOOL = "before_school"
    """The same, up to six years of age, the unborn included."""
    PLACE = "place"
    """Those at the school, facility or district the role is limited to; no child when it is limited to none."""
    ASSIGNED = "assigned"
    TEAM = "team"
    AGENDA = "agenda"
    """On the agenda of a meeting they attend."""
    SHARED = "shared"
    """Shared with them, or listed to their school or facility, by somebody's decision."""
    LISTED = "listed"
    """Put before people by the last run, for the purpose in force."""
    FOLLOWED = "followed"
    """Somebody decided for the purpose in force to look again on a day, or to act; listed still or not any more.
    Thirty days longer than that."""


class Log(StrEnum):
    """Which part of the audit trail a role may read."""

    OWN_SCHEME = "own_scheme"
    OWN_CHILDREN = "own_children"
    TEAM = "team"
    OWN_FEED = "own_feed"
    WITHOUT_NAMES = "without_names"


# About the municipality's data as a whole, never about one child: they need no search, and reach everything or nothing.
DATA_RIGHTS = frozenset(
    {Right.DATA_STATE, Right.LOAD_DATA, Right.APPROVE_MAPPING, Right.RUN_ANALYSIS, Right.REVIEW_LINKS}
)
# About what staff do, or about data: never about one child.
DESK_RIGHTS = DATA_RIGHTS | {Right.REVIEW_BREAKING}
# What an emergency opening gives of its one child, of the departments and records that the role may see.
BROKEN_RIGHTS = frozenset({Right.FIND, Right.HEAD, Right.CONTACT, Right.FACTS, Right.REASONS})
# Asked for by name before something is done, because no child need be known yet.
ASKED_BY_NAME = DESK_RIGHTS | {Right.TAKE_INTAKE}
# Decided without asking how the child stands to whoever asks.
BROAD_REACHES = frozenset({Reach.EVERYONE, Reach.BEFORE_SCHOOL})
# Not given in breadth without a reason written for each view.
_CLOSE_RIGHTS = (Right.CONTACT, Right.FACTS, Right.REASONS)
_FOLLOWS = {right: (Right.FIND,) for right in set(Right) - DESK_RIGHTS - {Right.FIND, Right.FACT_COUNTS}} | {
    Right.CONTACT: (Right.FIND, Right.HEAD),
    Right.CONTACT_WITH_REASON: (Right.FIND, Right.HEAD),
}


class RoleRights(Definition):
    """One role. `rights`: what it may do → to which children; what is not named it may not."""

    id: Role
    title: Title
    rights: dict[Right, tuple[Reach, ...]] = Field(default_factory=dict)
    lanes: tuple[Department, ...] = ()
    """The departments whose facts it may see; the register of items decides within them."""
    logs: tuple[Log, ...] = ()
    adoption: Adoption = Adoption()

    @model_validator(mode="after")
    def _check(self) -> Self:
        for what, todo in _list_faults(self):
            raise WordError(what, todo=todo)
        return self


def _list_faults(role: RoleRights) -> Iterator[tuple[str, str]]:
    for right, reaches in role.rights.items():
        if not reaches or len(set(reaches)) < len(reaches):
            yield (
                f"「{right}」の範囲がないか、同じ語が二度あります",
                "範囲を一つずつ書くか、行を消してください。",
            )
        if right in _CLOSE_RIGHTS and BROAD_REACHES & set(reaches):
            yield (
                f"「{right}」を、関わりのない子どもにまで広げています",
                "関わりを表す語（assigned、team など）を書いてください。",
            )
        if right in DESK_RIGHTS and reaches != (Reach.EVERYONE,):
            yield (
                f"「{right}」は、一人ひとりのこどもについての権限ではありません",
                "範囲は everyone だけを書いてください。",
            )
        if right is Right.TAKE_INTAKE and reaches != (Reach.EVERYONE,):
            yield (
                f"「{right}」を、一部のこどもに限っています。誰のことか分からない知らせを受けられません",
                "範囲は everyone だけを書いてください。",
            )
        for needed in _FOLLOWS.get(right, ()):
            if needed not in role.rights:
                yield (
                    f"「{right}」があるのに「{needed}」がありません",
                    f"「{needed}」も書くか、この行を消してください。",
                )
    if (Right.FACTS in role.rights) != bool(role.lanes):
        yield "facts と lanes は、どちらか片方だけでは意味がありません", "両方書くか、両方消してください。"
