"""What each column of a file is proposed to be, how sure that is, and why; what is not understood is not used."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tsunagu.catalog.feeds import FeedColumn
from tsunagu.catalog.words import ValueType
from tsunagu.catalog.workbooks.feed_sheets import IDENTITY_TITLES
from tsunagu.intake.drafting.families import Candidate, Concept, Family, compare_with, judge_concept
from tsunagu.intake.drafting.fit import NO_EVIDENCE, Fit, Surroundings, share_of_children
from tsunagu.intake.drafting.leftovers import list_not_to_lose
from tsunagu.intake.drafting.values import ColumnFacts, find_readings
from tsunagu.intake.drafting.words import find_strange_words, is_of_no_use, load_words, split_heading
from tsunagu.intake.match import fold_header

ACCEPTED_CONFIDENCE = 0.85
"""From here on a column is taken as proposed; below it an officer says so with ○."""
NOT_USED_CONFIDENCE = 0.9
_LEAST_LIKENESS = 0.75
_SAME_WORDS = 0.97
_CLOSE_RIVAL = 0.08
_DOUBTFUL = 0.8
_UNKNOWN_CONFIDENCE = 0.3
# Different words of a column in which somebody chooses: 会えた, 会えず.
_MOST_CHOICES = 5
_PLANNED = "予定"
_DAYS_OF_FACTS = (".occurred_on", ".valid_from", ".valid_to")
_LEAST_FIT = 0.9
_GENERAL_CONFIDENCE = 0.6
_TAIL_WEIGHT = 0.35
_USUAL_PERSON = "child"
_OF_ONE_PERSON = frozenset({"identity.name", "identity.kana", "identity.atena_number"})


@dataclass(frozen=True, slots=True)
class Proposal:
    """One column: its readings as they would stand in `columns`, and how sure they are.

    `concept`: the heading of the known feed it was taken for; None when for none. No entry: the column cannot be
    declared at all (no heading, or the same heading twice).
    """

    position: int
    heading: str
    entries: tuple[FeedColumn, ...]
    confidence: float
    reason: str
    concept: str | None = None

    @property
    def is_accepted(self) -> bool:
        """Whether it needs no ○."""
        return self.confidence >= ACCEPTED_CONFIDENCE

    @property
    def targets(self) -> frozenset[str]:
        """What the column would become."""
        return frozenset(target for entry in self.entries for target in entry.to) or frozenset({"nothing"})


# What any file may say of a person, whatever else it is about; in the words of an own heading.
_GENERAL = (
    ("identity.atena_number", ValueType.TEXT, None, ("宛名番号",)),
    ("identity.name", ValueType.TEXT, None, ("児童氏名", "氏名")),
    ("identity.kana", ValueType.TEXT, None, ("児童カナ", "フリガナ")),
    ("identity.birth_date", ValueType.DATE, None, ("児童生年月日", "生年月日")),
    ("identity.sex", ValueType.CODE, "sex", ("性別",)),
    ("identity.postal_code", ValueType.TEXT, None, ("郵便番号",)),
    ("identity.address", ValueType.TEXT, None, ("住所",)),
    ("identity.phone", ValueType.TEXT, None, ("電話番号",)),
    ("identity.guardian_name", ValueType.TEXT, None, ("保護者氏名",)),
)


def propose_columns(
    columns: Sequence[ColumnFacts], family: Family | None, around: Surroundings
) -> tuple[Proposal, ...]:
    """One proposal a column, in the order of the file."""
    repeated = _find_repeated([facts.heading for facts in columns])
    given: set[str] = set()
    proposals = []
    for position, facts in enumerate(columns):
        chosen = None if family is None or _is_running(facts) else family.chosen.get(position)
        if not facts.heading or fold_header(facts.heading) in repeated:
            proposals.append(_leave_out(position, facts))
        elif family is not None and chosen is not None:
            proposals.append(_propose_known(facts, chosen, family, columns))
            given |= chosen.concept.targets
        else:
            proposals.append(_propose_not_used(position, facts))
    proposals = _propose_parts(proposals, columns, family)
    proposals = _doubt_lost(proposals, columns, family, around)
    proposals = _doubt_whose(proposals, columns, family, around)
    proposals = _doubt_twofold(proposals, columns)
    proposals = _doubt_planned(proposals, family)
    given |= {target for one in proposals for target in one.targets}
    given |= _list_not_asked(family)
    return tuple(_fill_general(proposals, columns, given, around))


def _list_not_asked(family: Family | None) -> set[str]:
    """What is not offered beyond the known feed: another person; and anybody, where it knows people by number alone."""
    if family is None:
        return set()
    asked = {
        target for column in family.feed.columns for target in column.to if target.startswith("identity.")
    }
    return {target for target, *_ in _GENERAL if not asked or "guardian" in target} - asked


def _is_running(facts: ColumnFacts) -> bool:
    """A number that only counts the rows, and does not say that it is anybody's."""
    table = load_words()
    says_whose = any(table.weigh(token) > _TAIL_WEIGHT for token in split_heading(facts.heading))
    return facts.is_running_number and not says_whose


def _find_repeated(headings: Sequence[str]) -> set[str]:
    folded = [fold_header(heading) for heading in headings if heading]
    return {heading for heading in folded if folded.count(heading) > 1}


def _leave_out(position: int, facts: ColumnFacts) -> Proposal:
    reason = "同じ見出しの列が二つあり、区別できません" if facts.heading else "見出しがありません"
    return Proposal(
        position, facts.heading, (), 0.0, f"{reason}。使うなら、送り元に見出しを直してもらってください"
    )


def _propose_not_used(position: int, facts: ColumnFacts) -> Proposal:
    entry = FeedColumn(header=facts.heading)
    if _is_running(facts):
        return Proposal(
            position, facts.heading, (entry,), NOT_USED_CONFIDENCE, "上から順に数えているだけの番号です"
        )
    if is_of_no_use(facts.heading):
        return Proposal(
            position, facts.heading, (entry,), NOT_USED_CONFIDENCE, "この仕組みでは使わない種類の列です"
        )
    return Proposal(
        position,
        facts.heading,
        (entry,),
        _UNKNOWN_CONFIDENCE,
        "何の列か分かりません。使わないことにしておきます",
    )


def _doubt_lost(
    proposals: list[Proposal], columns: Sequence[ColumnFacts], family: Family | None, around: Surroundings
) -> list[Proposal]:
    """While something the feed needs is not found, a column that can be it is not thrown away by its heading alone."""
    if family is None:
        return proposals
    positions = list_not_to_lose(family, columns, around)
    reason = f"{family.feed.title.ja}に要る列がまだ見つからず、値はそれに合います。その列ではありませんか"
    return [
        replace(one, confidence=_DOUBTFUL, reason=reason)
        if one.is_accepted and one.targets <= {"nothing"} and one.position in positions
        else one
        for one in proposals
    ]


def _doubt_whose(
    proposals: list[Proposal], columns: Sequence[ColumnFacts], family: Family | None, around: Surroundings
) -> list[Proposal]:
    """氏名 alone is not surely the child's where the feed has an adult's too and the file names the child elsewhere."""
    if family is None:
        return proposals
    are_adults = any(_is_birth_of_adults(facts, around) for facts in columns)
    names_child = any(_USUAL_PERSON in split_heading(facts.heading) for facts in columns)
    found = {one.concept for one in proposals}
    missing = [column.header for column in family.feed.columns if column.header not in found and names_child]
    of_others = {rest for header in missing if (rest := _leave_out_people(header)) != split_heading(header)}
    reason = (
        "だれのことか見出しから分かりません。同じ表に、大人の列か、子どもの列と分かる見出しがほかにあります"
    )
    return [
        replace(one, confidence=_DOUBTFUL, reason=reason)
        if one.is_accepted
        and _says_nobody(one.heading)
        and (split_heading(one.heading) in of_others or (are_adults and one.targets & _OF_ONE_PERSON))
        else one
        for one in proposals
    ]


def _doubt_twofold(proposals: list[Proposal], columns: Sequence[ColumnFacts]) -> list[Proposal]:
    """A column of which the known feed makes two statements: a column not understood may make one of them itself."""
    if not any(_is_unknown_choice(one, columns[one.position]) for one in proposals):
        return proposals
    reason = "この列から二つのことを読み取ります。その一つは、まだ分からない別の列のことかもしれません"
    return [
        replace(one, confidence=_DOUBTFUL, reason=reason) if one.is_accepted and _says_two(one) else one
        for one in proposals
    ]


def _doubt_planned(proposals: list[Proposal], family: Family | None) -> list[Proposal]:
    """A day somebody planned is not the day it happened, unless the feed itself has it under this very heading."""
    columns = () if family is None else family.feed.columns
    own = {fold_header(name) for column in columns for name in (column.header, *column.aliases)}
    reason = "予定の日です。起きた日として使ってよいかを決めてください"
    return [
        replace(one, confidence=_DOUBTFUL, reason=reason)
        if one.is_accepted
        and _PLANNED in one.heading
        and any(target.endswith(_DAYS_OF_FACTS) for target in one.targets)
        and fold_header(one.heading) not in own
        else one
        for one in proposals
    ]


def _is_fact(target: str) -> bool:
    return target.partition(".")[0] not in ("identity", "scope", "nothing")


def _is_unknown_choice(proposal: Proposal, facts: ColumnFacts) -> bool:
    """Whether nobody knows what a column of a few words says."""
    is_unknown = proposal.targets <= {"nothing"} and proposal.confidence == _UNKNOWN_CONFIDENCE
    return is_unknown and 1 < len(facts.counts) <= _MOST_CHOICES and not facts.number_share


def _says_two(proposal: Proposal) -> bool:
    items = [target.partition(".")[0] for target in proposal.targets if _is_fact(target)]
    return len(items) > len(set(items))


def _is_birth_of_adults(facts: ColumnFacts, around: Surroundings) -> bool:
    """Whether somebody's birthdays, of whom the heading does not say, are no children's."""
    is_birth = "birth" in split_heading(facts.heading) and _says_nobody(facts.heading)
    return is_birth and facts.date_share > 0.8 and share_of_children(facts, around.reference_day) < 0.5


def _leave_out_people(heading: str) -> tuple[str, ...]:
    table = load_words()
    return tuple(token for token in split_heading(heading) if not table.is_person(token))


def _says_nobody(heading: str) -> bool:
    return _leave_out_people(heading) == split_heading(heading)


def _propose_known(
    facts: ColumnFacts, chosen: Candidate, family: Family, columns: Sequence[ColumnFacts]
) -> Proposal:
    rival = _find_rival(chosen, family)
    confidence, doubts = _rate(facts, chosen, rival, family)
    reasons = [_describe_likeness(chosen, family)]
    if chosen.fit.reason:
        reasons.append(chosen.fit.reason)
    if "identity.kana" in chosen.concept.targets and (agreement := _find_agreement(facts, family, columns)):
        reasons.append(f"氏名の列と読みが {agreement:.0%} 対応")
    if chosen.concept.targets <= {"nothing"} and is_of_no_use(facts.heading):
        confidence = max(confidence, NOT_USED_CONFIDENCE)
    entries = tuple(rename(entry, facts.heading) for entry in chosen.concept.entries)
    return Proposal(
        chosen.position,
        facts.heading,
        entries,
        confidence,
        "。".join(filter(None, [*reasons, *doubts])),
        chosen.concept.header,
    )


def rename(entry: FeedColumn, heading: str) -> FeedColumn:
    """The same reading under the file's own heading."""
    return entry.model_copy(update={"header": heading, "aliases": ()})


def _rate(
    facts: ColumnFacts, chosen: Candidate, rival: Candidate | None, family: Family
) -> tuple[float, list[str]]:
    """How sure, and what speaks against it."""
    doubts: list[str] = []
    share, likeness = chosen.fit.share, chosen.likeness
    confidence = 0.55 * likeness + 0.45 * share if share is not None else _rate_by_heading(likeness)

    def doubt(limit: float, reason: str) -> None:
        nonlocal confidence
        confidence = min(confidence, limit)
        doubts.append(reason)

    if share is not None and share < _LEAST_FIT:
        doubt(_DOUBTFUL if share >= 0.6 else 0.45, "値が、見出しから思うものと合わないところがあります")
    if share is None and facts.filled and any(entry.codes for entry in chosen.concept.entries):
        doubt(_DOUBTFUL, "")
    if likeness < _LEAST_LIKENESS:
        doubt(_DOUBTFUL, "見出しの言葉だけでは決められません")
    elif likeness < _SAME_WORDS and (strange := find_strange_words(facts.heading)):
        doubt(_DOUBTFUL, f"「{'」「'.join(strange)}」が何を言うのか分かりません")
    if rival is not None:
        doubt(_DOUBTFUL, f"「{rival.concept.header}」とも読めます")
    if not family.is_clear:
        doubt(_DOUBTFUL, "ほかの様式にも似ています")
    if not facts.filled and likeness < _SAME_WORDS:
        doubt(_DOUBTFUL, "値が一つも無く、確かめられません")
    return round(confidence, 3), doubts


def _rate_by_heading(likeness: float) -> float:
    return 0.9 if likeness >= _SAME_WORDS else 0.85 * likeness


def _find_rival(chosen: Candidate, family: Family) -> Candidate | None:
    """Another meaning for the same column, or another column for the same meaning, that comes near."""
    for other in family.candidates:
        if other is chosen or other.score < chosen.score - _CLOSE_RIVAL:
            continue
        same_column = other.position == chosen.position
        if same_column and other.concept.targets != chosen.concept.targets and not _is_taken(other, family):
            return other
    for other in family.candidates:
        is_same = other.concept.header == chosen.concept.header and other.position != chosen.position
        if is_same and other.score >= chosen.score - _CLOSE_RIVAL and other.position not in family.chosen:
            return other
    return None


def _is_taken(other: Candidate, family: Family) -> bool:
    """Whether the rival meaning has found a clearly better column of its own."""
    owner = next((one for one in family.chosen.values() if one.concept.header == other.concept.header), None)
    return owner is not None and owner.score > other.score + _CLOSE_RIVAL


def _describe_likeness(chosen: Candidate, family: Family) -> str:
    known = f"{family.feed.title.ja}の「{chosen.concept.header}」"
    if chosen.likeness >= _SAME_WORDS:
        return f"見出しが{known}と同じ意味"
    if chosen.likeness >= _LEAST_LIKENESS:
        return f"見出しが{known}に近い"
    return f"{known}かもしれません"


def _find_agreement(facts: ColumnFacts, family: Family, columns: Sequence[ColumnFacts]) -> float:
    names = [
        columns[position] for position, one in family.chosen.items() if "identity.name" in one.concept.targets
    ]
    return max((find_readings(name, facts) for name in names), default=0.0)


def _fill_general(
    proposals: Sequence[Proposal], columns: Sequence[ColumnFacts], given: set[str], around: Surroundings
) -> Iterator[Proposal]:
    """Columns of no known meaning that say something of the person all the same."""
    taken = set(given)
    for proposal, facts in zip(proposals, columns, strict=True):
        found = None
        if proposal.concept is None and proposal.entries and proposal.confidence < NOT_USED_CONFIDENCE:
            found = _find_general(proposal, facts, taken, around)
        if found is not None:
            taken |= found.targets
        yield found or proposal


def _find_general(
    proposal: Proposal, facts: ColumnFacts, taken: set[str], around: Surroundings
) -> Proposal | None:
    best: tuple[float, Fit, FeedColumn] | None = None
    for target, kind, codes, headings in _GENERAL:
        if target in taken:
            continue
        entry = FeedColumn(header=facts.heading, to=(target,), type=kind, codes=codes)
        names = tuple((split_heading(name), 1.0) for name in headings)
        concept = Concept(headings[0], names, (entry,), 1.0)
        likeness, fit = compare_with(facts.heading, concept), judge_concept(facts, concept, around)
        if (
            likeness >= _LEAST_LIKENESS
            and (fit is NO_EVIDENCE or (fit.share or 0) >= 0.6)
            and (not best or likeness > best[0])
        ):
            best = (likeness, fit, entry)
    if best is None:
        return None
    likeness, fit, entry = best
    title = IDENTITY_TITLES[entry.to[0].partition(".")[2]]
    reason = f"{title}に見えます。{fit.reason}。この様式では標準では使わない列です。名寄せに要るときだけ使ってください"
    return replace(proposal, entries=(entry,), confidence=_GENERAL_CONFIDENCE * likeness, reason=reason)


@dataclass(frozen=True, slots=True)
class _Part:
    """A column that holds only the family or the given name, and whose."""

    position: int
    field: str
    is_guardian: bool

    @property
    def target(self) -> str:
        return (
            "identity.guardian_name"
            if self.is_guardian and self.field == "name"
            else f"identity.{self.field}"
        )


def _list_split_names(columns: Sequence[ColumnFacts]) -> list[_Part]:
    """Names in two columns each: the feed joins what goes to one field."""
    table = load_words()
    parts: list[_Part] = []
    for position, facts in enumerate(columns):
        tokens = split_heading(facts.heading)
        left = [token for token in tokens if not table.is_person(token)]
        if len(left) == 1 and left[0] in _NAME_PARTS:
            is_guardian = bool({"guardian", "applicant", "recipient", "mother"} & set(tokens))
            parts.append(_Part(position, _NAME_PARTS[left[0]], is_guardian))
    fields = [(part.field, part.is_guardian) for part in parts]
    return [part for part in parts if fields.count((part.field, part.is_guardian)) == len(_NAME_PARTS) // 2]


_NAME_PARTS = {"family_name": "name", "given_name": "name", "family_kana": "kana", "given_kana": "kana"}


def _propose_parts(
    proposals: list[Proposal], columns: Sequence[ColumnFacts], family: Family | None
) -> list[Proposal]:
    """Names split in two go where the whole name would."""
    wanted = (
        {target for column in family.feed.columns for target in column.to}
        if family
        else {_Part(0, "name", False).target}
    )
    for part in _list_split_names(columns):
        mine = proposals[part.position]
        if mine.entries and part.target in wanted and part.target not in mine.targets:
            entry = FeedColumn(header=mine.heading, to=(part.target,))
            reason = "姓と名が別の列です。二つをつないで氏名にします"
            proposals[part.position] = replace(mine, entries=(entry,), confidence=_DOUBTFUL, reason=reason)
    return proposals
