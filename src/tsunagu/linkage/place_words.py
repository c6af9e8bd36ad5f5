"""Words of places written in several words (addresses in Latin letters), as further keys for candidates.

Such an address is seldom written twice alike, but most of its words are.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa

from tsunagu.linkage.address_shapes import ABSENT
from tsunagu.linkage.frequencies import WORD, Frequencies, count_words, list_words, write_post_code
from tsunagu.linkage.levels import Ints

_RAREST_WORDS = 3


def list_place_words(
    sides: Sequence[Mapping[str, Ints]], towns: Sequence[str], known: Frequencies | None = None
) -> tuple[list[pa.Table], list[str]]:
    """The post code and the rarest words of each record's place.

    Args:
        sides: columns of encoded files.
        towns: the words behind their town codes.
        known: how common words are; without it the files themselves say it.

    Returns:
        For each file a table (id, word, word_bits): one row a record and word, `word_bits` being how rare the word
        is (thousandths of a bit). Words that only one record has are left out: often they are slips of the pen.
        And the texts behind the words' codes.
    """
    whole = {name: np.concatenate([side[name] for side in sides]) for name in ("town", "number_2")}
    counted = count_words(whole, towns)
    texts = sorted(counted)
    bearers = (
        np.array([counted[text] for text in texts], np.int64) if known is None else known.count(WORD, texts)
    )
    people = len(whole["town"]) if known is None else known.records
    codes = {text: code for code, text in enumerate(texts) if bearers[code] > 1}
    of_town = [_list_rarest(town, codes, bearers) for town in towns]
    listed = [_list_side(side, of_town, codes) for side in sides]
    bits = np.rint(1000 * np.log2(people / np.maximum(bearers, 1))).astype(np.int64)
    return [_make_table(ids, words, bits) for ids, words in listed], texts


def _list_rarest(town: str, codes: Mapping[str, int], bearers: Ints) -> list[int]:
    shared = [codes[word] for word in list_words(town) if word in codes]
    return sorted(shared, key=lambda code: (bearers[code], code))[:_RAREST_WORDS]


def _list_side(
    side: Mapping[str, Ints], of_town: Sequence[Sequence[int]], codes: Mapping[str, int]
) -> tuple[Ints, Ints]:
    """Records and their words, post codes last."""
    lengths = np.array([*map(len, of_town), 0])
    starts = np.cumsum(lengths) - lengths
    flat = np.array([word for words in of_town for word in words], dtype=np.int64)
    size = lengths[side["town"]]
    place = np.arange(size.sum()) - np.repeat(np.cumsum(size) - size, size)
    words = flat[np.repeat(starts[side["town"]], size) + place]
    numbers, inverse = np.unique(side["number_2"][size > 0], return_inverse=True)
    coded = np.array([codes.get(write_post_code(number), ABSENT) for number in numbers.tolist()], np.int64)
    code = coded[inverse]
    return (
        np.concatenate([np.repeat(side["id"], size), side["id"][size > 0][code != ABSENT]]),
        np.concatenate([words, code[code != ABSENT]]),
    )


def _make_table(ids: Ints, words: Ints, bits: Ints) -> pa.Table:
    return pa.table(
        {
            "id": pa.array(ids.astype(np.int32)),
            "word": pa.array(words.astype(np.int32)),
            "word_bits": pa.array(bits[words].astype(np.int32)),
        }
    )
