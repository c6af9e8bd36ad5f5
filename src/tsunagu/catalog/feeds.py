"""Feeds: how one department's file looks and what each column becomes.

The mapping language, for whoever writes `manifest.yaml` and `columns.yaml`
---------------------------------------------------------------------------
One entry of `columns` is one source column and one reading of it. The same header may have several entries
(other targets, another type, another condition); entries are read in the order they are written.

`to`, a list of targets:

- `identity.<field>`, the fields of `IDENTITY_FIELDS`. Several entries to one field: `name`, `kana`,
  `other_name`, `guardian_name` are joined by a space, `address` without one, any other field takes the first
  value given. `history_number` and `history_branch` make one number; `relationship_code` gets its leading zero.
- `<item>.<value>`, `<item>.occurred_on`, `<item>.valid_from`, `<item>.valid_to`: the first value given wins.
  A row states an event only with `occurred_on`; a state when any of its mapped columns has a value.
- `scope.school`, `scope.facility`, `scope.month`, `scope.school_year`: the part of the city and the time that
  the row belongs to (`month` is a `year_month`, `school_year` an integer). Omission speaks only inside it.
- `nothing`: declared so that the layout is recognised, checked for My Number, and not kept.

Cells: trimmed; codes, flags, numbers and dates compared after NFKC. `type: flag` needs a code list whose ids are
`yes` and `no` (a blank cell is "not given", unless the list writes "" for one of its codes). `date` takes
ISO, slashes and eras; a date whose day is unknown gives a birth date only as text, and a fact the earliest
day. `year_month` gives the first of the month. `is_last_day` makes `valid_to` (exclusive) out of a last day
or last month on which it still held.

`when: {other header: [spellings]}`: the entry counts only in rows where that cell is written so. `unknown_when`:
the date is a placeholder there (a 不詳 flag) and is treated as one whose day is unknown.

`several: ","`: a code cell may hold more than one code; each must be known, and the value is the code when there is
just one. `when_bad: drop`: a cell that cannot be read drops its row (a blank one does not); `when_bad: report`: it is
looked at and listed even though the column is not kept.

`checks`: what two columns of a row must agree on (resident before birth, a date outside its month).

`constants: {target: value}` fills a target when no column gave it. A value, or one of the words
`@reference_date` `@month` `@school_year` `@month_start` `@month_end` `@school_year_start` `@school_year_end`
(ends are exclusive). The reference date is the date ending the file's name, else the day received. `@month` and
`@school_year` are the `YYYYMM` or `YYYY年度` standing in the file's name, else those of the reference date.

`record_key`: headers (and `@reference_date`, `@month`, `@school_year`) that together name one record over time: a
later delivery of the same key replaces what it said. An event that every snapshot states anew (arrears on the
reference date) needs `@reference_date` in its key and in `scope`, so that the next month does not undo this one.
`items.<item>.record_key` gives one item another key; `only_when` (other cells) and `only_after` (two dates)
restrict the rows that state it.

What a snapshot no longer lists, inside the scope it delivered (scope columns × `scope` words; neither = the whole
municipality), `items.<item>.when_omitted` decides: `end` (default of states: `valid_to` becomes the reference
date), `retract` (default of events: it no longer counts as known), `keep`.
"""

import re
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from tsunagu.catalog.formats import FileFormat, Header, Spellings
from tsunagu.catalog.problems import list_words, suggest
from tsunagu.catalog.words import (
    Adoption,
    Definition,
    Department,
    GifName,
    Identifier,
    Title,
    ValueType,
    WordError,
)

DESK_FEED = "desk/decisions"
"""The internal feed, which is no file: what people did and decided at the desk."""
DESK_FEED_TITLE = Title(ja="職員の画面の記録", en="Recorded at the desk")

IDENTITY_FIELDS = (
    "atena_number",
    "name",
    "kana",
    "other_name",
    "birth_date",
    "sex",
    "postal_code",
    "address",
    "phone",
    "guardian_name",
    "mother_atena_number",
    "due_on",
    "household_number",
    "relationship_code",
    "district",
    "resident_status",
    "resident_from",
    "removed_on",
    "history_number",
    "history_branch",
    "is_latest",
    "changed_on",
)
SCOPE_FIELDS = ("school", "facility", "month", "school_year")
KEY_WORDS = ("@reference_date", "@month", "@school_year")
CONSTANT_WORDS = (*KEY_WORDS, "@month_start", "@month_end", "@school_year_start", "@school_year_end")

_TARGET = r"^(nothing|[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*)$"
Target = Annotated[str, StringConstraints(pattern=_TARGET)]


class Delivery(StrEnum):
    """A snapshot lists everything in its scope; a delta only what changed or happened."""

    SNAPSHOT = "snapshot"
    DELTA = "delta"


class Cadence(StrEnum):
    """How often the department hands the file over."""

    DAILY = "daily"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    TERMLY = "termly"
    YEARLY = "yearly"


class KnownFromRule(StrEnum):
    """Where `known_from` comes from when the day of receipt is not given.

    `file_name`: the date ending the file's name. `received_on`: nowhere; the day of receipt must be given, by
    `--received-on` or by a folder named after the day.
    """

    FILE_NAME = "file_name"
    RECEIVED_ON = "received_on"


class CoverageScope(StrEnum):
    """The part of the city one delivery speaks for."""

    MUNICIPALITY = "municipality"
    SCHOOL = "school"
    FACILITY = "facility"


class CoveragePeriod(StrEnum):
    """The time one delivery speaks for.

    `month` and `school_year` are those of the scope column, else `@month` and `@school_year`; `history` reaches
    from `history_days` before the reference date up to and including it; `reference_day` is that day alone;
    `none`: a file that lists only what somebody happened to hear says nothing of those it does not list.
    """

    MONTH = "month"
    SCHOOL_YEAR = "school_year"
    HISTORY = "history"
    REFERENCE_DAY = "reference_day"
    NONE = "none"


class Coverage(Definition):
    """What "nothing in the file" means: for which scope and time the file would have said so."""

    scope: CoverageScope = CoverageScope.MUNICIPALITY
    period: CoveragePeriod
    history_days: int | None = Field(default=None, gt=0)
    stale_after_days: int = Field(gt=0)
    """Days after the end of the covered time during which the last delivery still speaks."""


class Subject(Definition):
    """`system` names the source system whose key (`column`) identifies a person within it.

    `with_columns`: further headers that belong to the key (a number that is given out anew every year).
    """

    system: Identifier
    column: str
    with_columns: tuple[Header, ...] = ()


class WhenBad(StrEnum):
    """What an unreadable cell does beyond being listed and left out."""

    REPORT = "report"
    DROP = "drop"


class FeedColumn(Definition):
    """One reading of one source column; see the head of this module for `to`, `when` and the rest.

    `required`: a row without a valid value is dropped and listed. `may_be_absent`: the file is recognised without
    this column. `pattern`: a regular expression the whole cell must match after NFKC. `minimum` and `maximum`
    hold for integers, numbers and yen.
    """

    header: Header
    aliases: tuple[Header, ...] = ()
    to: tuple[Target, ...] = Field(default=("nothing",), min_length=1)
    type: ValueType = ValueType.TEXT
    codes: Identifier | None = None
    several: str | None = Field(default=None, min_length=1, max_length=1)
    required: bool = False
    when_bad: WhenBad | None = None
    may_be_absent: bool = False
    pattern: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    is_last_day: bool = False
    when: Spellings = Field(default_factory=dict)
    unknown_when: Spellings = Field(default_factory=dict)
    gif: GifName | None = None
    """The column's name in the Government Interoperability Framework; none = that of the value it goes to."""

    @model_validator(mode="after")
    def _check_codes(self) -> Self:
        if (self.codes is None) == (self.type in (ValueType.CODE, ValueType.FLAG)):
            raise WordError(
                f"列「{self.header}」: codes は type が code か flag の列に要り、ほかの列では使えません。",
                code="unknown_code_list",
                todo="codes にコード表の id を書くか、type を直してください。",
            )
        if self.several is not None and self.codes is None:
            raise WordError(
                f"列「{self.header}」: several は codes のある列でしか使えません。",
                todo="codes を書くか、several を消してください。",
            )
        if self.pattern is not None:
            _check_pattern(self.header, self.pattern)
        return self


class WhenOmitted(StrEnum):
    """What a later snapshot's silence about a record means."""

    END = "end"
    RETRACT = "retract"
    KEEP = "keep"


class ItemRule(Definition):
    """How one item departs from the rest of its feed."""

    record_key: tuple[Header, ...] | None = None
    only_when: Spellings = Field(default_factory=dict)
    only_after: tuple[Header, Header] | None = None
    """Two date columns: only rows whose first date is later than the second state it (moved in after birth)."""
    when_omitted: WhenOmitted | None = None
    coverage: Coverage | None = None


class CheckKind(StrEnum):
    """How two columns of one row must agree.

    `not_before` and `not_after`: two dates. `at_most`: two numbers. `same_month`: a date lies in the month of
    `other`. `era`: `other` holds the era (1 明治 to 5 令和, or its name) of the date.
    """

    NOT_BEFORE = "not_before"
    NOT_AFTER = "not_after"
    AT_MOST = "at_most"
    SAME_MONTH = "same_month"
    ERA = "era"


class Check(Definition):
    """A check across columns. A row that fails is listed and kept as it is: nothing is repaired.

    `other` may be `@reference_date`. Where either side is blank, unreadable or unknown nothing is checked.
    """

    code: Identifier
    kind: CheckKind
    column: Header
    other: Header
    message: str = Field(min_length=1)
    """Japanese: what is odd and whom to ask. Never a value."""


class VolumeBand(Definition):
    """Rows against the last delivery of the same kind and scope; outside → refused without a reason.

    Not asked while both deliveries have fewer than `from_rows` rows: small numbers jump.
    """

    least_ratio: float = Field(default=0.5, ge=0)
    most_ratio: float = Field(default=2.0, gt=1)
    from_rows: int = Field(default=20, ge=0)


class Feed(Definition):
    """One kind of file. `id` is `<department>/<name>`."""

    id: str = Field(pattern=r"^[a-z_]+/[a-z0-9_]+$")
    title: Title
    department: Department
    owner: str = Field(min_length=1)
    cadence: Cadence
    quiet_months: tuple[Annotated[int, Field(ge=1, le=12)], ...] = ()
    """Months of which nothing is handed over (August at schools); a month without a file is no gap then."""
    delivery: Delivery
    delta_when_name_has: str | None = None
    """A word in the file's name that makes this delivery a delta (register: 異動)."""
    file_names: tuple[str, ...] = Field(min_length=1)
    """Patterns (`fnmatch`) that propose this feed; the header row decides."""
    format: FileFormat
    known_from: KnownFromRule
    subject: Subject
    record_key: tuple[Header, ...] = Field(min_length=1)
    """Source headers (and `@` words) whose values together name one record over time."""
    scope: tuple[Header, ...] = ()
    """`@` words that narrow the scope of a delivery, beside its scope columns."""
    coverage: Coverage
    delta_coverage: Coverage | None = None
    """Coverage of those deliveries that are deltas, when it differs."""
    volume: VolumeBand = VolumeBand()
    may_be_empty: bool = False
    """A file with a header and no row says "nobody"; otherwise it is refused."""
    columns: tuple[FeedColumn, ...] = Field(min_length=1)
    constants: dict[Target, str] = Field(default_factory=dict)
    """Targets filled with the same value in every row where no column gave one."""
    items: dict[Identifier, ItemRule] = Field(default_factory=dict)
    checks: tuple[Check, ...] = ()
    adoption: Adoption = Adoption()

    @property
    def headers(self) -> tuple[str, ...]:
        """The declared headers, each once, in the order written."""
        return tuple(dict.fromkeys(column.header for column in self.columns))

    @property
    def stated_items(self) -> tuple[str, ...]:
        """The fact items this feed has targets for, in the order written."""
        targets = [target for column in self.columns for target in column.to] + list(self.constants)
        zones = (target.partition(".")[0] for target in targets if "." in target)
        return tuple(dict.fromkeys(zone for zone in zones if zone not in ("identity", "scope")))

    @model_validator(mode="after")
    def _check_words(self) -> Self:
        for target in [target for column in self.columns for target in column.to] + list(self.constants):
            _check_target(target)
        for word in self.scope:
            _check_word(word, KEY_WORDS)
        for value in self.constants.values():
            if value.startswith("@"):
                _check_word(value, CONSTANT_WORDS)
        return self

    @model_validator(mode="after")
    def _check_headers(self) -> Self:
        named = [*self.record_key, self.subject.column, *self.subject.with_columns]
        for rule in self.items.values():
            named += [*(rule.record_key or ()), *rule.only_when, *(rule.only_after or ())]
        for column in self.columns:
            named += [*column.when, *column.unknown_when]
        for check in self.checks:
            named += [check.column, check.other]
        for name in named:
            if name not in self.headers and name not in KEY_WORDS:
                raise WordError(
                    f"列「{name}」は columns にありません。",
                    code="unknown_column",
                    todo=suggest(name, (*self.headers, *KEY_WORDS))
                    or "columns にある列の名前を書いてください。",
                )
        self._check_only_after()
        if unknown := sorted(set(self.items) - set(self.stated_items)):
            raise WordError(
                f"項目「{unknown[0]}」に入れる列がありません。",
                code="unknown_target",
                todo="items から消すか、columns の to に書いてください。",
            )
        return self

    def _check_only_after(self) -> None:
        dates = {column.header for column in self.columns if column.type is ValueType.DATE}
        compared = [header for rule in self.items.values() for header in rule.only_after or ()]
        if undated := next((header for header in compared if header not in dates), None):
            raise WordError(
                f"列「{undated}」は日付ではないので、only_after で比べられません。",
                code="wrong_type",
                todo="type: date の列を二つ書いてください。",
            )


def _check_pattern(header: str, pattern: str) -> None:
    try:
        re.compile(pattern)
    except re.error as error:
        raise WordError(
            f"列「{header}」の pattern が正規表現として読めません。", todo="正規表現を直してください。"
        ) from error


def _check_target(target: str) -> None:
    zone, _, name = target.partition(".")
    allowed = {"identity": IDENTITY_FIELDS, "scope": SCOPE_FIELDS}.get(zone)
    if allowed is not None and name not in allowed:
        raise WordError(
            f"入れる先「{target}」はありません。",
            code="unknown_target",
            todo=suggest(name, allowed) or f"次のどれかを書いてください: {list_words(allowed)}。",
        )


def _check_word(word: str, allowed: tuple[str, ...]) -> None:
    if word not in allowed:
        raise WordError(
            f"「{word}」という語は使えません。",
            code="unknown_word",
            todo=suggest(word, allowed) or f"次のどれかを書いてください: {list_words(allowed)}。",
        )
