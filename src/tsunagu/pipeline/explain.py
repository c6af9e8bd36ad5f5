"""`tsunagu explain`: one child's result in sentences, and, for those who may see names, the file and row."""

from collections.abc import Iterator

from tsunagu.catalog.catalog import Catalog
from tsunagu.catalog.items import get_fact_table
from tsunagu.judgement.rows import list_silence_rows
from tsunagu.judgement.sentences import say_silence
from tsunagu.pipeline.listing import explain_persons
from tsunagu.pipeline.manifest import Manifest, get_manifest
from tsunagu.pipeline.views import attach_run
from tsunagu.pipeline.wording import show_age
from tsunagu.store.commit import Reader, open_reader
from tsunagu.store.engine import read_sql
from tsunagu.store.facts import CLOSURE
from tsunagu.store.home import Home
from tsunagu.store.landing import FILE
from tsunagu.vocabulary.errors import ExitCode, TsunaguError
from tsunagu.vocabulary.identifiers import read_id, show_id
from tsunagu.vocabulary.municipality import is_fictional

_PACKAGE = "tsunagu.pipeline"


class ChildNotFoundError(TsunaguError):
    """No such child in the run, or no id at all; the answer is the same for both."""

    exit_code = ExitCode.NOT_FOUND


class SignInNeededError(TsunaguError):
    """A real city's rows of persons are for the desk, where everybody signs in."""

    exit_code = ExitCode.NOT_ALLOWED


def explain_child(
    home: Home, catalog: Catalog, child: str, *, run_id: str | None = None, with_trace: bool = False
) -> list[str]:
    """The lines to show for one child of a run.

    Args:
        home: the installation.
        catalog: its definitions.
        child: the id as the report shows it.
        run_id: the run; the latest when None.
        with_trace: also the files and rows behind it (identity side).

    Raises:
        SignInNeededError: the installation is a real municipality's.
        ChildNotFoundError: not in the run.
        RunNotFoundError: no such run.
    """
    check_rows_may_be_shown(catalog)
    with open_reader(home, "explain", details={"with_trace": with_trace}) as reader:
        manifest = get_manifest(reader, run_id)
        attach_run(reader, manifest.run_id)
        return list(_write_lines(reader, catalog, manifest, _find_person(reader, child), with_trace))


def check_rows_may_be_shown(catalog: Catalog) -> None:
    """Refuse what tells of one person unless the city is a fictional one.

    Raises:
        SignInNeededError: the installation is a real municipality's.
    """
    if catalog.municipality is None or not is_fictional(catalog.municipality.code):
        raise SignInNeededError(
            "実在の市の一人ひとりの結果は、コマンドでは表示しません。",
            why="誰が誰の情報を見たかを記録するため、業務画面へのサインインが必要です。",
            todo="業務画面でこどものページを開いてください。",
        )


def _find_person(reader: Reader, child: str) -> int:
    try:
        person_id = read_id(child)
    except ValueError:
        person_id = -1
    count = reader.engine.get_value(
        "SELECT count(*) FROM runs.population WHERE person_id = $person_id", person_id=person_id
    )
    if not count:
        raise ChildNotFoundError(
            "その番号のこどもは、この実行の対象にいません。",
            todo="番号は報告書の名簿にあるもの(例 0A1B-2C3D-4E5F)をそのまま書いてください。",
        )
    return person_id


def _write_lines(
    reader: Reader, catalog: Catalog, manifest: Manifest, person_id: int, with_trace: bool
) -> Iterator[str]:
    age_years, grade, is_unborn = reader.engine.get_row(
        "SELECT age_years, grade, is_unborn FROM runs.population WHERE person_id = $person_id",
        person_id=person_id,
    )
    age, _ = show_age(age_years, grade, is_unborn=is_unborn)
    yield f"こども {show_id(person_id)}({age}) {manifest.as_of} 時点"
    yield from (say_silence(row, catalog).ja for row in list_silence_rows(reader.engine, [person_id]))
    for explanation in explain_persons(reader, catalog, [person_id], manifest.purposes).get(person_id, []):
        title = catalog.get_pack(explanation.judgement.pack).title.ja
        yield ""
        yield f"■ {title}: {explanation.level.ja}"
        yield f"  {explanation.headline.ja}"
        for part in explanation.parts:
            yield f"  [{part.title.ja}]"
            yield from (f"   ・{line.ja}" for line in part.lines)
    if with_trace:
        yield ""
        yield from _write_trace(reader, catalog, manifest, person_id)


def _write_trace(reader: Reader, catalog: Catalog, manifest: Manifest, person_id: int) -> Iterator[str]:
    reader.attach(FILE)
    reader.attach(CLOSURE)
    yield "元のファイルと行(個人情報を扱う人だけが使ってください)"
    for item in catalog.items.values():
        table = get_fact_table(item)
        reader.attach(table)
        rows = reader.engine.list_rows(
            read_sql(_PACKAGE, "trace").format(item=table.name), person_id=person_id, as_of=manifest.as_of
        )
        for file_name, row, known_from in rows:
            yield f"   {item.title.ja}: {file_name} の {row} 行目({known_from} 受領)"
