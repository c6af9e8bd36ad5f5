"""Sealing an original as it was received."""

from pathlib import Path

import pyrage
import pytest

from tsunagu.store import landing
from tsunagu.store.commit import open_writer
from tsunagu.store.engine import DiskFullError

# As the library words it, whose error is neither an OSError nor has a number.
FULL = "OSError: [Errno 28] No space left on device"


@pytest.mark.parametrize(("text", "error"), [(FULL, DiskFullError), ("another", pyrage.EncryptError)])
def test_only_a_full_disk_is_called_one_while_sealing(home, tmp_path, monkeypatch, text, error):
    def fail(*_):
        raise pyrage.EncryptError(text)

    path = tmp_path / "x.csv"
    path.write_bytes(b"x")
    monkeypatch.setattr(landing.pyrage, "encrypt_io", fail)
    with pytest.raises(error), open_writer(home, "test") as writer, landing.seal_beside(writer, path) as wait:
        wait()


def test_the_library_still_words_it_so(tmp_path):
    recipients = [pyrage.x25519.Identity.generate().to_public()]
    source = tmp_path / "x"
    source.write_bytes(b"x" * 1_000_000)
    worded = pytest.raises(pyrage.EncryptError, match="No space left")
    with source.open("rb") as file, Path("/dev/full").open("wb", buffering=0) as full, worded:
        pyrage.encrypt_io(file, full, recipients)
