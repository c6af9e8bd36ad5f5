"""What a home says of its identity provider: read, or refused in words an officer understands."""

import pytest

from tsunagu.catalog.identity_provider import read_identity_provider
from tsunagu.catalog.problems import DefinitionsError
from tsunagu.web.installation import ClosedSecretError, find_provider

GOOD = """\
label: 市の職員アカウント
issuer: https://login.example.test/realms/staff
client_id: tsunagu
desk: https://tsunagu.example.test
staff_number_claim: employee_number
"""


SECRET = "himitsu\n"


def write(home, text, *, secret: str | None = SECRET, mode: int = 0o600):
    (home / "identity_provider.yaml").write_text(text, encoding="utf-8")
    if secret is not None:
        path = home / "var" / "keys" / "identity-provider.secret"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(secret, encoding="utf-8")
        path.chmod(mode)
    return home


def test_without_the_file_there_is_none(tmp_path):
    assert find_provider(tmp_path) == (None, "")


def test_what_the_home_says_is_read(tmp_path):
    found, secret = find_provider(write(tmp_path, GOOD))
    assert secret == SECRET.strip()
    assert found.list_origins() == ("https://login.example.test",)
    assert found.trusted_second_step is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "label: 市\n",
        GOOD.replace("https://login", "http://login"),
        GOOD.replace("https://tsunagu.example.test", "https://tsunagu.example.test/desk"),
        GOOD.replace("https://login.example.test/realms/staff", "https://login.example.test; script-src *"),
        GOOD + "client_secret: himitsu\n",
        GOOD + "trusted_second_step: {claim: amr}\n",
        GOOD + "trusted_second_step: {claim: amr, values: []}\n",
        GOOD + "label: 二度\n",
    ],
)
def test_what_cannot_be_used_is_said_with_its_place(tmp_path, text):
    with pytest.raises(DefinitionsError, match="identity_provider.yaml:"):
        read_identity_provider(write(tmp_path, text))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"secret": None}, "ありません"),
        ({"mode": 0o640}, "chmod 600"),
        ({"secret": " \n"}, "空です"),
        ({"text": GOOD + "ca_file: ca.pem\n"}, "認証局"),
    ],
)
def test_a_secret_that_is_not_one_is_refused(tmp_path, changes, words):
    with pytest.raises(ClosedSecretError, match=words) as caught:
        find_provider(write(tmp_path, **({"text": GOOD} | changes)))
    assert "himitsu" not in str(caught.value)
