"""The city's own directory in the browser: there, back to our second step, in; locked and opened there anew; and out."""

import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tsunagu.store.home import open_home
from tsunagu.store.keys import create_keys

from .conftest import find_free_port, wait_for_port

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]
LABEL, NUMBER = "市の職員アカウント", "D0002"


@pytest.fixture
def start():
    """Starts a process that listens on a port; ends it afterwards, from within."""
    started = []

    def run(port: int, *words: object, **named) -> None:
        started.append(subprocess.Popen([sys.executable, *map(str, words)], **named))
        wait_for_port(port, started[-1])

    yield run
    for process in reversed(started):
        process.send_signal(signal.SIGINT)
        process.wait(timeout=90)


@pytest.fixture
def provider(start) -> str:
    port = find_free_port()
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    start(port, "-W", "ignore", ROOT / "tests" / "provider_server.py", port, **quiet)
    connection = http.client.HTTPConnection("localhost", port)
    user = json.dumps({"employee_number": NUMBER})
    connection.request("PUT", "/users/u1", user, {"Content-Type": "application/json"})
    assert connection.getresponse().status < http.client.BAD_REQUEST
    connection.close()
    return f"http://localhost:{port}"


@pytest.fixture
def desk(start, provider, tmp_path) -> tuple[str, list[str]]:
    """The address of a desk that knows the provider, and one person's recovery codes."""
    port = find_free_port()
    home = open_home(Path(shutil.copytree(ROOT / "municipalities" / "example_city", tmp_path / "home")))
    create_keys(home)
    told = {
        "label": LABEL,
        "issuer": provider,
        "client_id": "tsunagu",
        "desk": f"http://localhost:{port}",
        "staff_number_claim": "employee_number",
    }
    text = "".join(f"{name}: {word}\n" for name, word in told.items())
    (home.path / "identity_provider.yaml").write_text(text, encoding="utf-8")
    secret = home.path / "var" / "keys" / "identity-provider.secret"
    secret.write_text("a shared secret", encoding="utf-8")
    secret.chmod(0o600)
    said = tmp_path / "said.txt"
    with said.open("w", encoding="utf-8") as file:
        environment = {**os.environ, "COLUMNS": "220"}
        words = ("-m", "tsunagu.cli", "serve", "--home", home.path, "--port", port)
        start(port, *words, stdout=file, env=environment)
    lines = [line for line in said.read_text(encoding="utf-8").splitlines() if NUMBER in line]
    return told["desk"], re.findall(r"\b[0-9a-f]{8}\b", lines[0])


def test_an_officer_comes_and_goes_by_the_citys_directory(chromium, desk, provider):
    address, codes = desk
    context = chromium.new_context(locale="ja-JP", base_url=address)
    page, complaints = context.new_page(), []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto("/")
    page.get_by_role("button", name=LABEL).click()
    page.wait_for_url(f"{provider}/**")
    page.fill("[name=sub]", "u1")
    page.locator("form button").first.click()
    page.wait_for_url("**/sign-in/code/**")
    page.fill("[name=code]", codes[0])
    page.click("main button")
    page.wait_for_selector("nav.rail")
    page.click("form[action='/lock/'] button")
    expect(page).to_have_title(re.compile("ロック"))
    page.get_by_role("button", name=LABEL).click()
    page.wait_for_url(f"{provider}/**")
    assert "prompt=login" in page.url
    page.go_back()
    page.click("form[action='/sign-out/'] button")
    page.wait_for_url(f"{provider}/**")
    context.close()
    assert [text for text in complaints if "Content Security Policy" in text] == []
