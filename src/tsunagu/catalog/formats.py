"""How a department's file is written: its kind, and what that kind needs to become one table of cells."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from tsunagu.catalog.json_paths import parse_json_path
from tsunagu.catalog.words import Definition, WordError

Header = Annotated[str, StringConstraints(min_length=1)]
Spellings = dict[Header, tuple[str, ...]]
"""Other headers and the spellings their cell must have (compared after NFKC and trimming; "" = blank)."""


class FileKind(StrEnum):
    """How the file is written."""

    CSV = "csv"
    EXCEL = "excel"
    FIXED_WIDTH = "fixed_width"
    JSON = "json"
    ZIP = "zip"


class Encoding(StrEnum):
    """Text encodings we detect strictly; `utf-8` covers files with and without BOM."""

    UTF_8 = "utf-8"
    CP932 = "cp932"
    EUC_JP = "euc_jp"
    UTF_16 = "utf-16"


def _check_path(text: str) -> str:
    parse_json_path(text)
    return text


JsonPathText = Annotated[str, AfterValidator(_check_path)]
"""A path as `tsunagu.catalog.json_paths` describes it."""


class RecordField(Definition):
    """One field of a fixed-width record: `start_byte` counts from 1."""

    header: Header
    start_byte: int = Field(ge=1)
    length_bytes: int = Field(ge=1)

    @property
    def end_byte(self) -> int:
        """The last byte of the field, counted from 1."""
        return self.start_byte + self.length_bytes - 1


class RecordShape(Definition):
    """A file of fixed-width records. Fields may leave gaps, but not overlap.

    `has_line_ends`: each record ends with a line end, which `record_bytes` does not count. `skip_records` stand
    above the first record of data.
    """

    record_bytes: int = Field(ge=1)
    has_line_ends: bool = True
    skip_records: int = Field(default=0, ge=0)
    fields: tuple[RecordField, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _check_fields(self) -> Self:
        last = 0
        for field in sorted(self.fields, key=lambda field: field.start_byte):
            if field.start_byte <= last or field.end_byte > self.record_bytes:
                raise WordError(
                    f"項目「{field.header}」の位置が、前の項目と重なるか、レコードの長さ（{self.record_bytes} バイト）からはみ出しています。",
                    todo="start_byte と length_bytes を、様式書のバイト位置（1 から数える）と見比べてください。",
                )
            last = field.end_byte
        return self


class DocumentField(Definition):
    """One cell of a JSON row: `path` from the row's object (none = the header itself is the path).

    Several values found there become one text, with `join` between them.
    """

    header: Header
    path: JsonPathText | None = None
    join: str = " "

    @model_validator(mode="after")
    def _check_header(self) -> Self:
        if self.path is None:
            parse_json_path(self.header)
        return self


class DocumentShape(Definition):
    """A JSON document: `rows` is the path of the objects that are the rows."""

    rows: JsonPathText
    fields: tuple[DocumentField, ...] = Field(min_length=1)


class JoinedTable(Definition):
    """A further table of a ZIP, looked up from each row: its column `key` equals the row's cell `by`.

    `by` is a full heading (`enrollments.userSourcedId`) of the table of rows, or of a table joined before.
    """

    file: str = Field(pattern=r"^[A-Za-z0-9_]+\.csv$")
    key: Header
    by: Header
    may_be_absent: bool = False


class ArchiveShape(Definition):
    """CSV files in a ZIP that belong together, as one table.

    `rows` is the file whose lines are the rows. A column is headed `<file without .csv>.<its heading>`. `others`
    may be there and are not read. `left_out`: rows in which any of these cells is written so are another kind of
    row (a teacher's, a subject's class) and are passed over without a problem. `manifest`: the OneRoster control
    file, which says whether the rows are `bulk` (a snapshot) or a `delta`.
    """

    rows: str = Field(pattern=r"^[A-Za-z0-9_]+\.csv$")
    tables: tuple[JoinedTable, ...] = ()
    others: tuple[str, ...] = ()
    left_out: Spellings = Field(default_factory=dict)
    manifest: str | None = None

    @property
    def table_files(self) -> tuple[str, ...]:
        """The files that become columns, the one with the rows first."""
        return (self.rows, *(table.file for table in self.tables))


_SAMPLE_NAMES = {FileKind.FIXED_WIDTH: "sample.txt", FileKind.JSON: "sample.json", FileKind.ZIP: "sample"}
_SHAPES = {FileKind.FIXED_WIDTH: "record", FileKind.JSON: "document", FileKind.ZIP: "archive"}


class FileFormat(Definition):
    """What to expect; `header_row` and `sheet` count for CSV and Excel, the shapes for their own kind.

    `header_row` counts from 1: where the (first) row of headings is looked for; if the headings stand elsewhere in
    the first rows of the file they are found there. `header_rows`: headings of several rows, those over several
    columns above those of one; they are joined by `_`. `sheets`: patterns (`fnmatch`) of the sheets that are
    parts of one table, in the order of the workbook; `sheet`: the one sheet (none of both = the first).
    """

    kind: FileKind
    encodings: tuple[Encoding, ...] = (Encoding.UTF_8, Encoding.CP932)
    delimiter: str = Field(default=",", min_length=1, max_length=1)
    header_row: int = Field(default=1, ge=1)
    header_rows: int = Field(default=1, ge=1, le=5)
    sheet: str | None = None
    sheets: tuple[str, ...] = ()
    record: RecordShape | None = None
    document: DocumentShape | None = None
    archive: ArchiveShape | None = None

    @property
    def sample_name(self) -> str:
        """The sample beside the definition: text as it is, a workbook as the CSV of its sheet, a ZIP as a folder."""
        return _SAMPLE_NAMES.get(self.kind, "sample.csv")

    @model_validator(mode="after")
    def _check_shape(self) -> Self:
        given = {name for name in _SHAPES.values() if getattr(self, name) is not None}
        wanted = {_SHAPES[self.kind]} if self.kind in _SHAPES else set()
        if given != wanted:
            raise WordError(
                f"kind: {self.kind} の様式に、{'、'.join(sorted(given ^ wanted))} の有無が合いません。",
                todo="fixed_width には record、json には document、zip には archive だけを書いてください。",
            )
        return self
