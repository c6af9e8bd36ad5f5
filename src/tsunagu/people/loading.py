"""Replaces the desk's directory of children by what the seam lists. As the owner of the tables, never as the web process.

The owner adds rows and takes all of them away; it cannot read one.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import pyarrow as pa
from django.db import connections, transaction

from tsunagu.database.sessions import bind
from tsunagu.database.statements import read_statement
from tsunagu.people import PACKAGE
from tsunagu.pipeline.seam import DIRECTORY
from tsunagu.vocabulary.errors import ExitCode, TsunaguError

APRIL = 4


class DirectoryEmptyError(TsunaguError):
    """The seam lists no child at all."""

    exit_code = ExitCode.NOT_FOUND


def load_directory(pieces: Iterable[pa.RecordBatch], *, on: date, using: str) -> int:
    """Put the seam's directory in place of the one that is there, whole or not at all; the same one again changes nothing.

    Args:
        pieces: rows of `tsunagu.pipeline.seam.DIRECTORY`.
        on: the day of the load in Japan: new protection begins on it, ended protection ends on it.
        using: Django's connection as the owner of the tables.

    Returns:
        How many children.

    Raises:
        DirectoryEmptyError: no child; what is there stays.
    """
    with transaction.atomic(using):
        _run(using, "make_loading_table")
        count = _copy(pieces, using)
        if not count:
            raise DirectoryEmptyError(
                "名簿に、こどもが一人もいません。",
                why="空の名簿に取り替えると、誰も見つからなくなります。",
                todo="最後の実行の結果を確かめてください。いまの名簿はそのままです。",
            )
        for table in ("people_directory", "people_search_key", "people_place", "access_belonging"):
            _run(using, "clear_table", table=table)
        _run(using, "fill_directory")
        _run(using, "fill_search_keys")
        _run(using, "fill_places")
        _run(using, "fill_belongings", {"school_year": on.year - (on.month < APRIL)})
        _run(using, "end_protection", {"on": on})
        _run(using, "begin_protection", {"on": on})
    return count


def _copy(pieces: Iterable[pa.RecordBatch], using: str) -> int:
    count = 0
    statement = read_statement(PACKAGE, "copy_directory")
    with connections[using].cursor() as cursor, cursor.copy(statement) as copy:
        for piece in pieces:
            for row in zip(*(piece[name].to_pylist() for name in DIRECTORY.names), strict=True):
                copy.write_row(row)
            count += piece.num_rows
    return count


def _run(using: str, name: str, parameters: Mapping[str, Any] | None = None, **names: str) -> None:
    with connections[using].cursor() as cursor:
        cursor.execute(bind(read_statement(PACKAGE, name, **names), parameters), parameters)
