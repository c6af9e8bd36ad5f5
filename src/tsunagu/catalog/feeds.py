"""Feeds: how one department's file looks and what each column becomes."""

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
    """`system` names the source system whose key (`column`) identifies a person within it."""

    system: Identifier
    column: str


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
    adoption: Adoption = Adoption()
