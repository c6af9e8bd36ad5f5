"""Whoever does not wait is told nothing."""

from tsunagu.vocabulary.progress import tell_nobody


def test_telling_nobody_says_nothing(capfd):
    assert tell_nobody("名寄せ", 1, 2) is None
    assert capfd.readouterr() == ("", "")
