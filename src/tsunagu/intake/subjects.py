"""The meaningless ids of source keys."""

import pyarrow as pa

from tsunagu.store.engine import Engine

_KEYS = "intake_keys"
_KEYS_AT_ONCE = 20_000
"""So that the engine's threads share the work of the keyed hash."""


def identify_subjects(engine: Engine, system: str, keys: pa.Array) -> pa.Array:
    """The subject ids of a column of source keys: `keyed_id('subject', system || ':' || key)`; null stays null."""
    encoded = keys.dictionary_encode()
    distinct = pa.table({"key": encoded.dictionary})
    engine.register(_KEYS, pa.Table.from_batches(distinct.to_batches(_KEYS_AT_ONCE), distinct.schema))
    ids = engine.fetch_arrow(
        f"SELECT keyed_id('subject', $system || ':' || key) AS subject_id FROM {_KEYS}",  # noqa: S608 - a constant
        system=system,
    )
    return ids.column("subject_id").combine_chunks().take(encoded.indices)
