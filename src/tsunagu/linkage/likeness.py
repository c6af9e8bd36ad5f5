"""How alike two spellings are, for many pairs at once."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from tsunagu.japanese import GAIJI_MARK

Ints = npt.NDArray[np.int64]

_MOST_LETTERS = 16
_NO_LETTER = 0
_SIGN_BITS = 256
NOT_ALIKE, SOMEWHAT, CLOSE = 0, 1, 2
# Letters a word must have before one wrong letter counts as a slip.
_FEWEST_LETTERS_FOR_SLIP = 3


def measure_likeness(texts: Sequence[str], first: Ints, second: Ints) -> Ints:
    """`CLOSE`, `SOMEWHAT` or `NOT_ALIKE` for each pair of indexes into `texts`.

    Close: one slip (a letter changed, lost, added, two exchanged) in words of at least three letters, two in long
    words; or equal but for letters that could not be written. Somewhat: half of the letters agree in their order,
    or one text begins with the other.
    """
    used, inverse = np.unique(np.concatenate([first, second]), return_inverse=True)
    letters, lengths = _to_letters([texts[index] for index in used.tolist()])
    a, b = inverse[: len(first)], inverse[len(first) :]
    longest = np.maximum(lengths[a], lengths[b])
    shortest = np.minimum(lengths[a], lengths[b])
    # Most pairs share no letter; only where enough are shared can the exact count matter.
    distance = _count_strange_letters(letters, a, b)
    near = np.flatnonzero(2 * distance <= longest)
    distance[near] = _count_edits(letters[a[near]], letters[b[near]], lengths[a[near]], lengths[b[near]])
    slips = np.where(longest >= 8, 2, np.where(longest >= _FEWEST_LETTERS_FOR_SLIP, 1, 0))
    is_prefix = _is_prefix(letters[a], letters[b], shortest)
    somewhat = (2 * distance <= longest) | (is_prefix & (shortest > 0))
    return np.where(distance <= slips, CLOSE, np.where(somewhat, SOMEWHAT, NOT_ALIKE))


def measure_text_likeness(texts: Sequence[str], first: Ints, second: Ints) -> Ints:
    """The same for longer texts (streets, places), by the pairs of neighbouring letters they share.

    Close: four fifths of the letter pairs are shared; somewhat: half of them.
    """
    used, inverse = np.unique(np.concatenate([first, second]), return_inverse=True)
    signs = _sign([texts[index] for index in used.tolist()])
    sizes = np.bitwise_count(signs).sum(axis=1, dtype=np.int64)
    a, b = inverse[: len(first)], inverse[len(first) :]
    shared = np.bitwise_count(signs[a] & signs[b]).sum(axis=1, dtype=np.int64)
    both = np.maximum(sizes[a] + sizes[b], 1)
    return np.where(10 * shared >= 4 * both, CLOSE, np.where(4 * shared >= both, SOMEWHAT, NOT_ALIKE))


def _sign(texts: Sequence[str]) -> npt.NDArray[np.uint64]:
    """A set of 256 bits for each text, one set for each of its letter pairs; spaces come and go, so they are left out."""
    signs = np.zeros((len(texts), _SIGN_BITS // 64), dtype=np.uint64)
    for row, text in enumerate(texts):
        for one, two in pairwise(f" {text.replace(' ', '')} "):
            bit = (ord(one) * 31 + ord(two)) % _SIGN_BITS
            signs[row, bit // 64] |= np.uint64(1 << bit % 64)
    return signs


def _to_letters(texts: Sequence[str]) -> tuple[npt.NDArray[np.int32], Ints]:
    cut = np.array([text[:_MOST_LETTERS] for text in texts] or [""], dtype=f"<U{_MOST_LETTERS}")
    letters = cut.view(np.uint32).reshape(-1, _MOST_LETTERS)[: len(texts)].astype(np.int32)
    return letters, (letters != _NO_LETTER).sum(axis=1)


def _count_strange_letters(letters: npt.NDArray[np.int32], a: Ints, b: Ints) -> Ints:
    """How many kinds of letters of one word the other has not: never more than the edit distance."""
    signs = np.zeros(len(letters), dtype=np.uint64)
    for place in range(_MOST_LETTERS):
        column = letters[:, place]
        sign = np.uint64(1) << (column % 64).astype(np.uint64)
        signs |= np.where(column == _NO_LETTER, np.uint64(0), sign)
    # A lost letter may stand for any other.
    has_wildcard = (letters == ord(GAIJI_MARK)).any(axis=1)
    strange = np.maximum(np.bitwise_count(signs[a] & ~signs[b]), np.bitwise_count(signs[b] & ~signs[a]))
    return np.where(has_wildcard[a] | has_wildcard[b], 0, strange.astype(np.int64))


def _is_prefix(a: npt.NDArray[np.int32], b: npt.NDArray[np.int32], shortest: Ints) -> npt.NDArray[np.bool_]:
    places = np.arange(_MOST_LETTERS)
    outside = places[None, :] >= shortest[:, None]
    alike: npt.NDArray[np.bool_] = ((a == b) | outside).all(axis=1)
    return alike


def _count_edits(
    a: npt.NDArray[np.int32], b: npt.NDArray[np.int32], a_lengths: Ints, b_lengths: Ints
) -> Ints:
    """Edit distance with exchanges of neighbours, all pairs at once; axes of `a`, `b`: (n_pair, letter)."""
    size = len(a)
    if not size:
        return np.zeros(0, dtype=np.int64)
    wildcard = ord(GAIJI_MARK)
    width = int(b_lengths.max(initial=0)) + 1
    result = np.where(a_lengths == 0, b_lengths, 0).astype(np.int8)
    rows = [np.tile(np.arange(width, dtype=np.int8), (size, 1))]
    for i in range(1, int(a_lengths.max(initial=0)) + 1):
        row = np.empty((size, width), dtype=np.int8)
        row[:, 0] = i
        for j in range(1, width):
            x, y = a[:, i - 1], b[:, j - 1]
            cost = ((x != y) & (x != wildcard) & (y != wildcard)).astype(np.int8)
            best = np.minimum(rows[-1][:, j - 1] + cost, np.minimum(rows[-1][:, j], row[:, j - 1]) + 1)
            if i > 1 and j > 1:
                swapped = (a[:, i - 2] == y) & (x == b[:, j - 2])
                best = np.where(swapped, np.minimum(best, rows[-2][:, j - 2] + 1), best)
            row[:, j] = best
        rows.append(row)
        ended = a_lengths == i
        result[ended] = row[ended, b_lengths[ended]]
    return result.astype(np.int64)
