"""An officer's first minutes in a real browser, against the server that `tsunagu serve` starts."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STARTING_SECONDS = 120


@pytest.fixture
def chromium(tmp_path: Path, monkeypatch):
    monkeypatch.syspath_prepend(Path(__file__).parent)
    import chromium as driver

    program = driver.find_chromium()
    if program is None:
        pytest.skip("there is no chromium on this machine")
    browser = driver.Chromium(program, tmp_path / "profile")
    yield browser
    browser.close()


@pytest.fixture
def desk_on_air(tmp_path: Path):
    """Its address, and how the demo's staff sign in: number -> (password, codes)."""
    home = tmp_path / "home"
    shutil.copytree(ROOT / "municipalities" / "example_city", home)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    said = tmp_path / "said.txt"
    with said.open("w", encoding="utf-8") as file:
        command = [sys.executable, "-m", "tsunagu.cli", "serve", "--home", home, "--port", str(port)]
        process = subprocess.Popen(command, stdout=file, env={**os.environ, "COLUMNS": "200"})
    wait_for_port(port, process)
    rows = [
        line.split("│") for line in said.read_text(encoding="utf-8").splitlines() if line.startswith("D0")
    ]
    staff = {row[0].strip(): (row[2].strip(), row[3].split()) for row in rows}
    yield f"http://localhost:{port}", staff
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=60) == 0


def wait_for_port(port: int, process) -> None:
    deadline = time.monotonic() + STARTING_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, "the desk has ended"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise AssertionError("the desk does not answer")


def enter(chromium, address: str, number: str, password: str, code: str) -> None:
    chromium.open(address)
    chromium.type_in("login", number)
    chromium.type_in("password", password)
    chromium.press("main button", until="location.pathname == '/sign-in/code/'")
    chromium.type_in("code", code)
    chromium.press("main button", until="location.pathname == '/'")


@pytest.mark.slow
def test_an_officer_signs_in_chooses_a_purpose_locks_and_comes_back(chromium, desk_on_air, tmp_path: Path):
    address, staff = desk_on_air
    password, codes = staff["D0003"]
    enter(chromium, address, "D0003", password, codes[0])
    assert "ケースワーカー" in chromium.run("document.querySelector('.bar').innerText")
    chromium.run("document.querySelector('main [name=purpose]').click()")
    chromium.press("main button", until="!document.querySelector('.bar .none')")
    chromium.press("form[action='/lock/'] button", until="document.title.includes('ロック')")
    assert "わたしの権限" not in chromium.run("document.querySelector('main').innerText")
    chromium.type_in("password", password)
    chromium.press("main button", until="document.title.includes('わたしの権限')")
    chromium.press("form[action='/language/'] button", until="document.title.includes('My rights')")
    chromium.print_page(tmp_path / "page.pdf")
    assert (tmp_path / "page.pdf").read_bytes().startswith(b"%PDF")
    asked = [
        e["params"]["request"]["url"] for e in chromium.events if e["method"] == "Network.requestWillBeSent"
    ]
    assert len(asked) > 10
    assert [url for url in asked if not url.startswith((address + "/", "data:"))] == []
    said = [e["params"]["entry"]["text"] for e in chromium.events if e["method"] == "Log.entryAdded"]
    assert not [text for text in said if re.search("Content.Security", text)]


@pytest.mark.slow
def test_a_passkey_is_added_and_signs_in(chromium, desk_on_air):
    """With an authenticator that Chromium plays itself; scripts from our own files alone."""
    address, staff = desk_on_air
    password, codes = staff["D0003"]
    enter(chromium, address, "D0003", password, codes[0])
    chromium.call("Emulation.setFocusEmulationEnabled", enabled=True)
    chromium.call("WebAuthn.enable")
    kind = {"protocol": "ctap2", "transport": "usb", "automaticPresenceSimulation": True}
    can = {"hasResidentKey": False, "hasUserVerification": True, "isUserVerified": True}
    chromium.call("WebAuthn.addVirtualAuthenticator", options={**kind, **can})
    chromium.open(address + "/second-step/passkey/")
    chromium.press("form[data-passkey] button", until="location.pathname == '/'")
    chromium.press("form[action='/sign-out/'] button", until="location.pathname == '/sign-in/'")
    chromium.type_in("login", "D0003")
    chromium.type_in("password", password)
    chromium.press("main button", until="location.pathname == '/sign-in/code/'")
    chromium.press("form[data-passkey] button", until="location.pathname == '/'")
    assert "ケースワーカー" in chromium.run("document.querySelector('.bar').innerText")
    said = [e["params"]["entry"]["text"] for e in chromium.events if e["method"] == "Log.entryAdded"]
    assert not [text for text in said if re.search("Content.Security", text)]
