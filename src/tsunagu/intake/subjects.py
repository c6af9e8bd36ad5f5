"""The meaningless ids of source keys, each worked out once per session."""

import pyarrow as pa

from tsunagu.store.engine import Engine

_NEW_KEYS = "intake_new_keys"


class SubjectIds:
    """Source key → subject id, by source system."""

    def __init__(self) -> None:
        """No key has been seen yet."""
        self._known: dict[str, dict[str, int]] = {}

    def identify(self, engine: Engine, system: str, keys: pa.ChunkedArray) -> pa.Array:
        """The subject ids of a column of keys: `keyed_id('subject', system || ':' || key)`."""
        column = keys.combine_chunks() if keys.num_chunks != 1 else keys.chunk(0)
        encoded = column.dictionary_encode()
        texts = encoded.dictionary.to_pylist()
        known = self._known.setdefault(system, {})
        unseen = [text for text in texts if text not in known]
        if unseen:
            engine.register(_NEW_KEYS, pa.table({"key": unseen}))
            rows = engine.list_rows(
                f"SELECT key, keyed_id('subject', $system || ':' || key) FROM {_NEW_KEYS}",  # noqa: S608 - a constant
                system=system,
            )
            known.update(rows)
        return pa.array([known[text] for text in texts], pa.int64()).take(encoded.indices)
