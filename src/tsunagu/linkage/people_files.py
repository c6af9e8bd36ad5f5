"""Reads a file of people for `link-files`: CSV or Parquet, Japanese or English headings, missing columns are fine."""

import tempfile
import unicodedata
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from tsunagu.intake.detect import decode_text
from tsunagu.intake.my_number import check_headers
from tsunagu.vocabulary.errors import ExitCode, TsunaguError

COLUMNS = (
    "record_id", "surname", "given_name", "surname_kana", "given_name_kana", "full_name", "full_name_kana",
    "birth_date", "sex", "address", "phone", "household_id",
)  # fmt: skip
"""What a file of people may say; all text."""

_ALIASES = {
    "record_id": "id recid 記録id 記録番号 整理番号 識別番号 番号 宛名番号 学籍番号 児童番号",
    "surname": "lastname familyname 氏 姓 名字 苗字",
    "given_name": "given firstname forename 名",
    "surname_kana": "セイ せい 氏カナ 姓カナ 氏かな 姓かな 姓フリガナ 氏フリガナ 姓ふりがな 氏名カナ姓",
    "given_name_kana": "givenkana メイ めい 名カナ 名かな 名フリガナ 名ふりがな",
    "full_name": "name 氏名 姓名 名前 児童氏名 児童生徒氏名 対象者氏名",
    "full_name_kana": "namekana kana カナ かな フリガナ ふりがな カナ氏名 かな氏名 氏名カナ 氏名かな 氏名フリガナ 氏名ふりがな",
    "birth_date": "dob birthday dateofbirth 生年月日 誕生日",
    "sex": "gender 性別",
    "address": "住所 現住所 居住地",
    "phone": "tel telephone phonenumber 電話 電話番号 連絡先",
    "household_id": "household 世帯番号 世帯id 世帯",
}
_NAMES = {"surname", "given_name", "surname_kana", "given_name_kana", "full_name", "full_name_kana"}
_PARQUET = b"PAR1"
_SIGNS = str.maketrans("", "", " _-　・()")


class PeopleFileError(TsunaguError):
    """A file of people that cannot be linked."""

    exit_code = ExitCode.FILE_REFUSED


def read_people(path: Path, folder: Path | None = None) -> pa.Table:
    """Read the known columns of a file as text; blank cells are null.

    Args:
        path: a CSV file (UTF-8, CP932, EUC-JP or UTF-16) or a Parquet file.
        folder: where a decoded copy may lie for a moment; a temporary folder when not given.

    Returns:
        A table of some of `COLUMNS`, always with `record_id` (the row number where the file has none).

    Raises:
        PeopleFileError: no such file, not readable, no column with a name, or a record_id twice.
        FileRefusedError: undecodable, or with a My Number column.
    """
    if not path.is_file():
        raise PeopleFileError(
            f"ファイル {path.name} がありません。", todo="ファイルの場所と名前を確かめてください。"
        )
    with path.open("rb") as file:
        is_parquet = file.read(4) == _PARQUET
    try:
        table = pq.ParquetFile(path).read() if is_parquet else _read_csv(path, folder)
    except pa.ArrowInvalid:
        # The library's own message quotes the row.
        raise PeopleFileError(
            f"ファイル {path.name} を表として読めません。",
            why="列の数が行ごとに違うか、引用符が閉じていません。",
            todo="表計算ソフトで開き、CSVとして保存し直してください。",
        ) from None
    return keep_known_columns(table, path.name)


def keep_known_columns(table: pa.Table, name: str) -> pa.Table:
    """Rename headings to `COLUMNS`, drop the rest, make every cell text.

    Raises:
        PeopleFileError: no row, no column with a name, two columns for one thing, or a record_id twice.
        FileRefusedError: a My Number column.
    """
    check_headers(table.column_names)
    if not table.num_rows:
        raise PeopleFileError(
            f"ファイル {name} に記録が一つもありません。",
            why="出力に失敗した空のファイルかもしれません。",
            todo="正しいファイルか確かめてください。",
        )
    known = _match_headings(table.column_names, name)
    if not _NAMES & known.keys():
        raise PeopleFileError(
            f"ファイル {name} に氏名の列が見つかりません。",
            why="氏名がないと、同じ人かどうかを判断できません。",
            todo="見出しを 氏名、または surname と given_name のように直してください(docs/how-to の説明を参照)。",
        )
    columns = {column: _read_text(table.column(place)) for column, place in known.items()}
    if "record_id" not in columns:
        columns["record_id"] = pc.cast(pa.array(range(1, table.num_rows + 1)), pa.string())
    result = pa.table({column: columns[column] for column in COLUMNS if column in columns})
    ids = result["record_id"]
    if ids.null_count or pc.count_distinct(ids).as_py() != result.num_rows:
        raise PeopleFileError(
            f"ファイル {name} の記録の番号(record_id)に、空欄か重複があります。",
            why="どの行を結び付けたのかを書き表せません。",
            todo="行ごとに違う番号を付けるか、番号の列を消してください(行の順番を番号にします)。",
        )
    return result


def _match_headings(headings: list[str], name: str) -> dict[str, int]:
    by_alias = {alias: column for column in COLUMNS for alias in (column, *_ALIASES[column].split())}
    folded = {_fold_heading(alias): column for alias, column in by_alias.items()}
    known: dict[str, int] = {}
    for place, heading in enumerate(headings):
        column = folded.get(_fold_heading(heading))
        if column is None:
            continue
        if column in known:
            raise PeopleFileError(
                f"ファイル {name} に、同じ内容({column})の列が二つあります。",
                why="どちらを使うべきか判断できません。",
                todo="使わない方の列を消すか、見出しを変えてください。",
            )
        known[column] = place
    return known


def _fold_heading(heading: str) -> str:
    return unicodedata.normalize("NFKC", heading).strip().lower().translate(_SIGNS)


def _read_text(column: pa.ChunkedArray) -> pa.Array:
    texts = column.combine_chunks()
    if isinstance(texts, pa.ChunkedArray):
        texts = pa.concat_arrays(texts.chunks) if texts.num_chunks else pa.array([], texts.type)
    if pa.types.is_floating(texts.type):
        # Whole numbers that a spreadsheet turned into decimals.
        texts = pc.cast(texts, pa.int64(), safe=False)
    if not pa.types.is_string(texts.type):
        texts = pc.cast(texts, pa.string())
    trimmed = pc.utf8_trim_whitespace(texts)
    return pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, pa.string()), trimmed)


def _read_csv(path: Path, folder: Path | None) -> pa.Table:
    content = path.read_bytes()
    if not content.strip():
        raise PeopleFileError(f"ファイル {path.name} は空です。", todo="正しいファイルか確かめてください。")
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        (text, *_) = decode_text(content, Path(scratch))
        with text.path.open(encoding="utf-8") as file:
            heading = file.readline()
        delimiter = "\t" if "\t" in heading else ","
        return pyarrow.csv.read_csv(
            text.path,
            parse_options=pyarrow.csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(_list_names(heading, delimiter), pa.string()),
                strings_can_be_null=True,
                null_values=[""],
            ),
        )


def _list_names(heading: str, delimiter: str) -> list[str]:
    options = pyarrow.csv.ParseOptions(delimiter=delimiter)
    names: list[str] = pyarrow.csv.read_csv(
        pa.BufferReader(heading.encode()), parse_options=options
    ).column_names
    return names
