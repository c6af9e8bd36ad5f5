"""Feeds: how one department's file looks and what each column becomes.

Three headers that begin with `@` stand in no file; every row has them:
`@reference_date` (the date the content speaks for), `@name_month` (the six digits YYYYMM in the file's name, else
the month of the reference date) and `@school_year` (of the reference date). They may be used wherever a header may.

Several columns may have one target. Texts (an address) are joined as declared; of dates, numbers and codes the
first that is not empty counts. One header may be declared twice, each with its own `only_if`.
"""

from enum import StrEnum

from pydantic import Field

from tsunagu.catalog.words import Adoption, Definition, Department, Identifier, Title, ValueType


class FileKind(StrEnum):
    """How the file is written."""

    CSV = "csv"
    EXCEL = "excel"


class Encoding(StrEnum):
    """Text encodings we detect strictly; `utf-8` covers files with and without BOM."""

    UTF_8 = "utf-8"
    CP932 = "cp932"
    EUC_JP = "euc_jp"
    UTF_16 = "utf-16"


class FileFormat(Definition):
    """`header_row` counts from 1; `sheet` is the sheet's name (Excel only; none = the first)."""

    kind: FileKind
    encodings: tuple[Encoding, ...] = (Encoding.UTF_8, Encoding.CP932)
    delimiter: str = ","
    header_row: int = Field(default=1, ge=1)
    sheet: str | None = None


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
    """Where `known_from` comes from: the date ending the file's name, or `--received-on`."""

    FILE_NAME = "file_name"
    RECEIVED_ON = "received_on"


class CoverageScope(StrEnum):
    """The part of the city one delivery speaks for."""

    MUNICIPALITY = "municipality"
    SCHOOL = "school"
    FACILITY = "facility"


class CoveragePeriod(StrEnum):
    """The time one delivery speaks for.

    `month` and `school_year` are those named in the scope column; `history` reaches from `covers_from_days`
    before the reference date up to it; `reference_day` is the state on that day alone.
    """

    MONTH = "month"
    SCHOOL_YEAR = "school_year"
    HISTORY = "history"
    REFERENCE_DAY = "reference_day"


class Coverage(Definition):
    """What "nothing in the file" means: for which scope and time the file would have said so."""

    scope: CoverageScope = CoverageScope.MUNICIPALITY
    period: CoveragePeriod
    history_days: int | None = Field(default=None, gt=0)
    stale_after_days: int = Field(gt=0)
    """Days after the end of the covered time during which the last delivery still speaks."""


class Subject(Definition):
    """`system` names the source system whose key (`column`) identifies a person within it.

    `within` lists the headers without which the key is not unique (a number given anew every year, or per school).
    """

    system: Identifier
    column: str
    within: tuple[str, ...] = ()


class Condition(Definition):
    """Holds in the rows whose `header` column has one of the spellings `written` (compared without width)."""

    header: str
    written: tuple[str, ...] = Field(min_length=1)


class FeedColumn(Definition):
    """One source column.

    `to` is `identity.<field>`, `<item>.<value>`, `<item>.occurred_on|valid_from|valid_to`,
    `scope.<school|facility|month|school_year>`, or `nothing` (declared, read, not kept).
    """

    header: str
    aliases: tuple[str, ...] = ()
    to: tuple[str, ...] = ("nothing",)
    type: ValueType = ValueType.TEXT
    codes: Identifier | None = None
    required: bool = False
    minimum: float | None = None
    maximum: float | None = None
    pad: int | None = Field(default=None, gt=0)
    """Digits are zero-filled on the left to this many (register: 続柄 `2` is `02`)."""
    unknown_flag: str | None = None
    """Header of a column that says `1` when this date is not really known: no date is kept then, only its text."""
    only_if: Condition | None = None
    """The targets are filled in these rows only."""
    is_last: bool = False
    """A `valid_to` written as the last day (or month) it still held: the day after is kept."""


class Omission(StrEnum):
    """What it means that a snapshot no longer has a record it had before, within the delivered scope.

    `withdrawn`: it was wrong and counts no longer as known; `ended`: the state ended, at the latest on the day before
    the reference date (an assumed date); `kept`: nothing.
    """

    WITHDRAWN = "withdrawn"
    ENDED = "ended"
    KEPT = "kept"


class ItemRule(Definition):
    """How the facts of one item are made, where it differs from the rest of the feed.

    `key` names the item's own records over time (default: the feed's `record_key`). In a row in which `only_if` does
    not hold nothing is said about the item. Identity records are never withdrawn by omission.
    """

    key: tuple[str, ...] = ()
    only_if: Condition | None = None
    omitted: Omission | None = None
    """None = withdrawn for events, ended for states."""
    within_school_year: bool = False
    """The state is granted by the school year: it begins no earlier and ends no later than the year in scope."""


class CheckKind(StrEnum):
    """Checks across columns. A row that fails is reported and kept as it is: nothing is repaired.

    `not_before`, `not_after`: dates; `at_most`: numbers; `same_month`: a date lies in the month of `other`;
    `era`: the era code in `other` (1 明治 … 5 令和) is the era of the date.
    """

    NOT_BEFORE = "not_before"
    NOT_AFTER = "not_after"
    AT_MOST = "at_most"
    SAME_MONTH = "same_month"
    ERA = "era"


class Check(Definition):
    """`column` against `other`; skipped where either is empty or unreadable. `code` names the problem."""

    code: Identifier
    kind: CheckKind
    column: str
    other: str
    message: str = Field(min_length=1)
    """Japanese: what is odd and what to ask the department. Never a value."""


class VolumeBand(Definition):
    """Rows against the last delivery of the same scope kind; outside → refused without a reason."""

    least_ratio: float = Field(default=0.5, ge=0)
    most_ratio: float = Field(default=2.0, gt=1)


class Feed(Definition):
    """One kind of file. `id` is `<department>/<name>`."""

    id: str = Field(pattern=r"^[a-z_]+/[a-z0-9_]+$")
    title: Title
    department: Department
    owner: str = Field(min_length=1)
    cadence: Cadence
    delivery: Delivery
    delta_when_name_has: str | None = None
    """A word in the file's name that makes this delivery a delta (register: 異動)."""
    file_names: tuple[str, ...] = Field(min_length=1)
    """Patterns (`fnmatch`) that propose this feed; the header row decides."""
    format: FileFormat
    known_from: KnownFromRule
    subject: Subject
    record_key: tuple[str, ...] = Field(min_length=1)
    """Source headers whose values together name one record over time."""
    coverage: Coverage
    volume: VolumeBand = VolumeBand()
    columns: tuple[FeedColumn, ...] = Field(min_length=1)
    constants: dict[str, str] = Field(default_factory=dict)
    """Targets filled with the same value in every row."""
    items: dict[Identifier, ItemRule] = Field(default_factory=dict)
    checks: tuple[Check, ...] = ()
    adoption: Adoption = Adoption()
