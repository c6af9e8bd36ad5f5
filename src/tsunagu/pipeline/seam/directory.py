"""The directory of all children, so that the desk can find one: search keys and a name to show, never a fact."""

from collections.abc import Iterator
from datetime import date

import pyarrow as pa

from tsunagu.japanese import list_name_keys
from tsunagu.pipeline.manifest import Manifest, RunNotFoundError, find_latest_run_id, get_manifest
from tsunagu.pipeline.seam.opening import Seam
from tsunagu.pipeline.seam.protection import mark_protected
from tsunagu.pipeline.seam.search_keys import key_birth, key_child, read_search_key
from tsunagu.pipeline.views import attach_run
from tsunagu.store.commit import Reader, open_reader
from tsunagu.store.engine import read_sql
from tsunagu.store.identity import LINK, RECORD

_PACKAGE = "tsunagu.pipeline"
_CHILDREN_AT_ONCE = 5_000
_SPELLINGS = ("names", "kanas", "other_names")

DIRECTORY = pa.schema(
    [
        pa.field("person_id", pa.int64(), nullable=False),
        pa.field("name", pa.string()),
        pa.field("kana", pa.string()),
        pa.field("birth_year", pa.int32()),
        pa.field("is_unborn", pa.bool_(), nullable=False),
        pa.field("school_id", pa.string()),
        pa.field("facility_id", pa.string()),
        pa.field("district", pa.string()),
        pa.field("is_protected", pa.bool_(), nullable=False),
        pa.field("search_keys", pa.list_(pa.string()), nullable=False),
    ]
)
"""Grain: one child, unborn to eighteen. Null name and kana: no record names the child; of an unborn child `name` is that
of whoever is pregnant. Null birth year: unborn or unknown. Null school, facility: in none that is known. Null district:
unknown, or address protection hides it; `is_protected` rows must be masked. `search_keys`: see `japanese.list_name_keys`,
of the birth date one, and one of each whole name with it, see `search_keys`."""


def list_directory(seam: Seam, *, as_of: date) -> Iterator[pa.RecordBatch]:
    """Every child by the last run up to a day, a few thousand at once; the rows stand in `DIRECTORY`.

    Raises:
        RunNotFoundError: no run up to that day.
    """
    with open_reader(seam.home, "seam directory", details={"as_of": as_of.isoformat()}) as reader:
        run = find_run(reader, as_of)
        attach_run(reader, run.run_id)
        reader.attach(LINK, run=run.run_id)
        reader.attach(RECORD)
        mark_protected(reader, seam, run)
        key = read_search_key(seam.home.path)
        select = read_sql(_PACKAGE, "seam_directory")
        for piece in reader.engine.iterate_arrow(select, _CHILDREN_AT_ONCE, as_of=as_of):
            yield from _make_keys(piece, key).to_batches()


def find_run(reader: Reader, as_of: date) -> Manifest:
    """The run whose links and households count on a day: the last one up to it.

    Raises:
        RunNotFoundError: there is none.
    """
    run_id = find_latest_run_id(reader, as_of=as_of)
    if run_id is None:
        raise RunNotFoundError(
            f"{as_of} までの実行結果がありません。",
            why="どの記録が誰のものか、まだ決まっていません。",
            todo="tsunagu run --as-of 日付 を実行してください。",
        )
    return get_manifest(reader, run_id)


def _make_keys(piece: pa.Table, key: bytes) -> pa.Table:
    columns = [piece[name].to_pylist() for name in (*_SPELLINGS, "guardian_name", "birth_date")]
    keys = [
        list_name_keys([text for texts in (*lists, [guardian]) for text in texts or () if text])
        + _make_birth_keys(lists, birth_date, key)
        for *lists, guardian, birth_date in zip(*columns, strict=True)
    ]
    return (
        piece.append_column("search_keys", pa.array(keys, pa.list_(pa.string())))
        .select(DIRECTORY.names)
        .cast(DIRECTORY)
    )


def _make_birth_keys(lists: list[list[str] | None], birth_date: date | None, key: bytes) -> list[str]:
    if birth_date is None:
        return []
    whole = {text for texts in lists for text in texts or () if text}
    return [key_birth(key, birth_date), *sorted(key_child(key, text, birth_date) for text in whole)]
