"""CSV files in a ZIP that belong together: read one by one, then joined into one table of rows."""

import csv
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from zipfile import BadZipFile

from tsunagu.catalog.feeds import Delivery, Feed
from tsunagu.catalog.formats import ArchiveShape, Encoding, JoinedTable
from tsunagu.intake.archives import Archive, refuse_unreadable
from tsunagu.intake.detect import DecodedText, decode_stream
from tsunagu.intake.my_number import check_headers
from tsunagu.intake.read_csv import RAW_TABLE, load_csv, read_header
from tsunagu.intake.refusals import FileRefusedError
from tsunagu.store.engine import Engine

FIRST_ROW = 2
_DELIMITER = ","
_MANIFEST_HEADER = ["propertyName", "value"]
_DELIVERIES = {"bulk": Delivery.SNAPSHOT, "delta": Delivery.DELTA}
_ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Table:
    """One member as text, with its headings."""

    name: str
    text: DecodedText
    headings: tuple[str, ...]

    @property
    def prefix(self) -> str:
        """What its columns are headed with."""
        return self.name.removesuffix(".csv")


class TableFolder:
    """The tables of one archive, each decoded once, when it is first asked for."""

    def __init__(self, archive: Archive, folder: Path) -> None:
        """Nothing has been unpacked yet."""
        self._archive = archive
        self._folder = folder
        self._tables: dict[str, Table | None] = {}

    @property
    def names(self) -> set[str]:
        """The members' names."""
        return set(self._archive.members)

    def find_table(self, name: str) -> Table | None:
        """A member that is there and holds anything at all.

        Raises:
            FileRefusedError: it cannot be unpacked, or is no text.
        """
        if name not in self._tables:
            member = self._archive.members.get(name)
            is_there = member is not None and member.file_size > 0
            table = self._read_table(name) if is_there else None
            self._tables[name] = table if table is not None and table.headings else None
        return self._tables[name]

    def get_table(self, name: str) -> Table:
        """A member that is known to be there."""
        table = self.find_table(name)
        assert table is not None
        return table

    def count_gaiji(self, shape: ArchiveShape) -> int:
        """Letters that the sending system could not write, in the tables that become columns."""
        tables = [self.find_table(name) for name in shape.table_files]
        return sum(table.text.gaiji_characters for table in tables if table is not None)

    def _read_table(self, name: str) -> Table:
        def open_content() -> IO[bytes]:
            return self._archive.open_member(name)

        try:
            readings = decode_stream(open_content, self._folder / f"member-{len(self._tables)}")
        except (BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError):
            raise refuse_unreadable() from None
        text = min(readings, key=lambda text: (text.is_doubtful, text.encoding is not Encoding.UTF_8))
        return Table(name, text, tuple(read_header(text.path, _DELIMITER, 1)[0]))


def get_shape(feed: Feed) -> ArchiveShape:
    """The declared shape; a feed of this kind always has one."""
    assert feed.format.archive is not None
    return feed.format.archive


def check_complete(folder: TableFolder, feeds: Sequence[Feed]) -> None:
    """Some feed's tables are all there.

    Raises:
        FileRefusedError: of every feed that has any table here, another one is missing or has nothing in it.
    """
    near = [feed for feed in feeds if folder.names & set(get_shape(feed).table_files)]
    missing = [(_list_missing(folder, feed), feed) for feed in near]
    if missing and all(names for names, _ in missing):
        names, feed = min(missing, key=lambda found: len(found[0]))
        raise FileRefusedError(
            "missing_table",
            f"{feed.title.ja}（{feed.id}）の表のうち、{'、'.join(names)} がないか、空です。",
            why="表がそろわないと、誰がどの学校のどの学級にいるのかが分かりません。",
            todo="すべての表をそろえた ZIP をもう一度出力してもらってください。",
        )


def _list_missing(folder: TableFolder, feed: Feed) -> list[str]:
    return [name for name in list_needed(get_shape(feed)) if folder.find_table(name) is None]


def list_needed(shape: ArchiveShape) -> list[str]:
    """The tables without which a delivery is not complete."""
    return [shape.rows, *(table.file for table in shape.tables if not table.may_be_absent)]


def read_headings(folder: TableFolder, feed: Feed) -> list[str]:
    """The headings of all tables joined; none when a table that must be there is not."""
    shape = get_shape(feed)
    if _list_missing(folder, feed):
        return []
    tables = [table for name in shape.table_files if (table := folder.find_table(name)) is not None]
    return _list_headings(tables)


def check_members(folder: TableFolder, shape: ArchiveShape) -> None:
    """No member may be unknown, and none that is not read has a column of My Numbers.

    Raises:
        FileRefusedError: one is, or has.
    """
    known = {*shape.table_files, *shape.others, *([shape.manifest] if shape.manifest else [])}
    if unknown := folder.names - known:
        raise FileRefusedError(
            "unknown_member",
            f"ZIP に、様式に無いファイルが {len(unknown)} 個入っています。",
            why="何のファイルか分からないものを受け取ると、取り決めていない情報まで保管してしまいます。",
            todo="様式のファイルだけを入れ直してもらうか、必要なファイルなら定義（archive の others）に足してください。",
        )
    for name in sorted(folder.names & set(shape.others)):
        if (table := folder.find_table(name)) is not None:
            check_headers(table.headings)


def read_delivery(folder: TableFolder, shape: ArchiveShape) -> Delivery | None:
    """What the manifest says of the rows; None when the feed has no manifest.

    Raises:
        FileRefusedError: there is none although there must be, or it contradicts what is in the archive.
    """
    if shape.manifest is None:
        return None
    table = folder.find_table(shape.manifest)
    if table is None or list(table.headings[:2]) != _MANIFEST_HEADER:
        raise _refuse_manifest(f"目録（{shape.manifest}）がないか、読めません")
    said = _read_pairs(table, shape.manifest)
    for name in shape.table_files:
        mode = said.get(f"file.{name.removesuffix('.csv')}", _ABSENT)
        if (mode == _ABSENT) == (name in folder.names):
            raise _refuse_manifest(
                f"{name} の有無が、目録（{shape.manifest}）の書いているとおりではありません"
            )
    delivery = _DELIVERIES.get(said.get(f"file.{shape.rows.removesuffix('.csv')}", ""))
    if delivery is None:
        raise _refuse_manifest(
            f"{shape.rows} が全件（bulk）か差分（delta）か、目録（{shape.manifest}）から分かりません"
        )
    return delivery


def _read_pairs(table: Table, manifest: str) -> dict[str, str]:
    with table.text.path.open(encoding="utf-8", newline="\n") as file:
        try:
            return {row[0].strip(): row[1].strip() for row in csv.reader(file) if len(row) > 1}
        except csv.Error:
            raise _refuse_manifest(f"目録（{manifest}）が CSV として読めません") from None


def load_tables(engine: Engine, folder: TableFolder, shape: ArchiveShape) -> tuple[str, ...]:
    """Fill `intake_raw` with one row a line of the table of rows, and the cells of what it points to beside it.

    Rows that are left out are blank as a whole, so that row numbers stay those of the file.

    Raises:
        FileRefusedError: a table's rows are cut or shifted, a key stands twice, or nothing that is pointed to is there.
    """
    remarks: set[str] = set()
    present = [table for name in shape.table_files if (table := folder.find_table(name)) is not None]
    for number, table in enumerate(present):
        remarks.update(_load_table(engine, table, f"intake_table_{number}"))
    headings, places = _list_headings(present), _list_places(present)
    # Of a heading that stands twice the first counts; every column has its own cell all the same.
    columns = dict(zip(reversed(headings), reversed(places), strict=True))
    joins = [
        _write_join(engine, joined, present, columns)
        for joined in shape.tables
        if any(table.name == joined.file for table in present)
    ]
    kept = " AND ".join(_write_kept(heading, written, columns) for heading, written in shape.left_out.items())
    cells = ", ".join(f"{place} AS c{number}" for number, place in enumerate(places))
    engine.run(
        f"CREATE OR REPLACE TEMP TABLE intake_joined AS SELECT {cells}, {kept or 'true'} AS is_kept "  # noqa: S608 - our own names
        f"FROM intake_table_0 AS t0 {' '.join(joins)} ORDER BY t0.rowid"
    )
    # A condition in every cell would be planned for half a second.
    engine.run(
        f"CREATE OR REPLACE TEMP TABLE {RAW_TABLE} AS "  # noqa: S608 - our own names
        f"SELECT {', '.join(f'kept.c{number}' for number in range(len(places)))} FROM intake_joined AS line "
        "LEFT JOIN intake_joined AS kept ON kept.rowid = line.rowid AND kept.is_kept ORDER BY line.rowid"
    )
    engine.run("DROP TABLE intake_joined")
    _check_references(engine, shape, headings)
    for number in range(len(present)):
        engine.run(f"DROP TABLE intake_table_{number}")
    return tuple(sorted(remarks))


def _load_table(engine: Engine, table: Table, name: str) -> tuple[str, ...]:
    try:
        remarks = load_csv(engine, table.text, delimiter=_DELIMITER, header_row=1, width=len(table.headings))
    except FileRefusedError as error:
        raise error.name_part(table.name) from None
    engine.run(f"DROP TABLE IF EXISTS {name}")
    engine.run(f"ALTER TABLE {RAW_TABLE} RENAME TO {name}")
    return remarks


def _list_headings(tables: Sequence[Table]) -> list[str]:
    """The headings of the joined table, in the order of the tables."""
    return [f"{table.prefix}.{heading}" for table in tables for heading in table.headings]


def _list_places(tables: Sequence[Table]) -> list[str]:
    """Where each of these headings stands."""
    return [
        f"t{number}.c{place}" for number, table in enumerate(tables) for place in range(len(table.headings))
    ]


def _write_join(
    engine: Engine, joined: JoinedTable, present: Sequence[Table], columns: dict[str, str]
) -> str:
    number = next(place for place, table in enumerate(present) if table.name == joined.file)
    key = columns.get(f"{present[number].prefix}.{joined.key}")
    pointing = columns.get(joined.by)
    if (key is None or pointing is None) and joined.may_be_absent:
        return f"LEFT JOIN intake_table_{number} AS t{number} ON false"
    if key is None or pointing is None:
        raise _refuse_reference(f"{joined.file} を引くための列（{joined.key} と {joined.by}）がありません")
    rows, keys = engine.get_row(
        f"SELECT count({key}), count(DISTINCT {key}) FROM intake_table_{number} AS t{number}"  # noqa: S608 - our own names
    )
    if rows != keys:
        raise _refuse_reference(f"{joined.file} に、同じ {joined.key} の行が二つ以上あります")
    return f"LEFT JOIN intake_table_{number} AS t{number} ON {key} = {pointing}"


def _check_references(engine: Engine, shape: ArchiveShape, headings: Sequence[str]) -> None:
    """A row whose reference leads nowhere is a problem of the row; when none leads anywhere, the tables are strangers."""
    for joined in shape.tables:
        key = f"{joined.file.removesuffix('.csv')}.{joined.key}"
        if joined.may_be_absent or key not in headings or joined.by not in headings:
            continue
        pointing, found = headings.index(joined.by), headings.index(key)
        rows, resolved = engine.get_row(f"SELECT count(c{pointing}), count(c{found}) FROM {RAW_TABLE}")  # noqa: S608 - our own names
        if rows and not resolved:
            raise _refuse_reference(f"{shape.rows} のどの行も、{joined.file} にある行を指していません")


def _write_kept(heading: str, written: Sequence[str], columns: dict[str, str]) -> str:
    place = columns.get(heading)
    if place is None:
        return "true"
    texts = ", ".join("'" + text.replace("'", "''") + "'" for text in written)
    return f"coalesce(trim({place}), '') NOT IN ({texts})"


def _refuse_manifest(what: str) -> FileRefusedError:
    return FileRefusedError(
        "wrong_manifest",
        f"ZIP の目録と中身が合いません: {what}。",
        why="全件か差分かを取り違えると、載っていない人が「いなくなった」ことになります。",
        todo="目録を含めて、ZIP をもう一度出力してもらってください。",
    )


def _refuse_reference(what: str) -> FileRefusedError:
    return FileRefusedError(
        "broken_reference",
        f"表と表のつながりが決まりません: {what}。",
        why="表どうしのつながりが決まらないと、別の人の学校や学級として保存されてしまいます。",
        todo="送り元に確かめ、すべての表をそろえた ZIP をもう一度出力してもらってください。",
    )
