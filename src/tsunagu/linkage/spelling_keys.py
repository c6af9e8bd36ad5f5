"""What a spelling of the register is found by, worked out once for each spelling and kept from run to run.

A spelling's keys rest on its text, the version and the program alone, so keys that are kept are those that would be
worked out anew: a run that finds them kept gives what a run without them gives. Whoever moves or takes another name has
another spelling, and so other keys.
"""

from collections.abc import Mapping, Sequence

import pyarrow as pa

from tsunagu.linkage.frequencies import Frequencies
from tsunagu.linkage.nights import get_tags
from tsunagu.linkage.scoring import propose
from tsunagu.linkage.sides import UNKNOWN_SIDE, read_side
from tsunagu.linkage.spellings import Encoded, encode_people
from tsunagu.store.commit import Reader
from tsunagu.store.engine import Engine, read_sql
from tsunagu.store.identity import LINK_SPELLING

_PACKAGE = "tsunagu.linkage"


def find_candidates(engine: Engine, right: pa.Table, frequencies: Frequencies) -> None:
    """Make `scoring_candidate`: who of the register might be whom.

    Args:
        engine: the run's engine.
        right: the records that wait.
        frequencies: the version's.

    Reads:
        `weighing_left`, `identity.link_spelling` (see `attach_spellings`).

    Writes:
        `weighing_new_spelling`: keys of spellings that were not kept yet.
    """
    engine.run_file(_PACKAGE, "weighing_spelling")
    engine.run_file(_PACKAGE, "weighing_unknown")
    unknown = read_side(engine, UNKNOWN_SIDE)
    people = encode_people(unknown, right, frequencies)
    new = _tell_texts(people.left, people, _KEYS)
    new = new.append_column("words", _join_words(people)).append_column(
        "spelling_key", unknown["spelling_key"]
    )
    engine.register("weighing_new_spelling", new)
    engine.run_file(_PACKAGE, "weighing_key")
    engine.run_file(_PACKAGE, "weighing_keyed")
    _propose(engine, people, frequencies, "weighing_words")


def find_likely(engine: Engine, right: pa.Table, frequencies: Frequencies) -> None:
    """Make `scoring_candidate` by the spellings kept, for `night_met` to find whose they are; nobody is encoded.

    Reads:
        `identity.link_spelling`.

    Writes:
        `scoring_left`, whose `id` the candidates have.
    """
    people = encode_people(right.slice(0, 0), right, frequencies)
    engine.run_file(_PACKAGE, "night_left")
    _propose(engine, people, frequencies, "night_words")


def _propose(engine: Engine, people: Encoded, frequencies: Frequencies, words: str) -> None:
    engine.register("weighing_right_key", _tell_texts(people.right, people, ("id", *_KEYS, *_RIGHT_ONLY)))
    engine.run("CREATE OR REPLACE TEMP TABLE scoring_open AS SELECT * FROM weighing_right_key")
    engine.register("scoring_left_word", engine.fetch_arrow(read_sql(_PACKAGE, words)))
    right_words = _tell_texts(people.right_words, people, ("id", "word", "word_bits"))
    engine.register("scoring_right_word", right_words)
    propose(engine, "true", frequencies.records)


def attach_spellings(reader: Reader, version_id: str) -> None:
    """Make `identity.link_spelling` the keys that this program kept under the version."""
    reader.attach(LINK_SPELLING, **get_tags(version_id))


_KEYS = tuple(name for name in LINK_SPELLING.column_names if name not in ("spelling_key", "words"))
# Which keys of a waiting record count depends on how rare they are.
_RIGHT_ONLY = (
    *(f"{part}_kana" for part in ("surname", "given")),
    *(f"{kind}_bits" for kind in ("surname", "given", "surname_kana", "given_kana", "birth", "phone")),
    *(f"{kind}_bits" for kind in ("site", "numbers")),
)


def _tell_texts(side: pa.Table, people: Encoded, names: Sequence[str]) -> pa.Table:
    """Columns of an encoded side, with the texts in place of their codes: a code means something in one run only."""
    texts: Mapping[str, Sequence[str]] = {
        **dict.fromkeys(("surname", "given"), people.names),
        **dict.fromkeys(("surname_kana", "given_kana"), people.kanas),
        **dict.fromkeys(("surname_sound", "given_sound"), people.sounds),
        "town": people.towns,
        "word": people.words,
    }
    return pa.table(
        {
            name: pa.array(texts[name], pa.string()).take(side[name]) if name in texts else side[name]
            for name in names
        }
    )


def _join_words(people: Encoded) -> pa.Array:
    """The words of each record of the left side in one text, which parts them by spaces as addresses do."""
    joined: list[str | None] = [None] * people.left.num_rows
    for record, word in zip(*(people.left_words[name].to_pylist() for name in ("id", "word")), strict=True):
        text = people.words[word]
        joined[record] = text if joined[record] is None else f"{joined[record]} {text}"
    return pa.array(joined, pa.string())
