"""`make` and the set-up: what they list, what they say when something is missing, what they serve."""

import importlib
import os
import re
import shutil
import stat
import subprocess
import threading
import urllib.error
import urllib.request
from pathlib import Path

import pytest
import yaml

TARGETS = {"demo", "test", "check", "fix", "serve", "bench", "docs", "bundle", "clean"}


@pytest.fixture
def tools(root: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.syspath_prepend(root / "tools")
    return importlib.import_module


@pytest.fixture
def lone_setup(root: Path, tmp_path: Path) -> Path:
    """The set-up script in a folder of its own, where it can spoil nothing."""
    (tmp_path / "tools").mkdir()
    for name in ("setup.sh", "uv.txt"):
        shutil.copy(root / "tools" / name, tmp_path / "tools")
    return tmp_path


def put_program(folder: Path, name: str, text: str) -> None:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(text, encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IEXEC)


def run_setup(folder: Path, *arguments: str, path: Path) -> subprocess.CompletedProcess[str]:
    """Runs the set-up with a PATH that holds `path` and the plain shell tools, but no Python."""
    for name in ("cmp", "cp", "dirname", "rm"):
        found = shutil.which(name)
        assert found
        path.mkdir(exist_ok=True)
        (path / name).symlink_to(found)
    command = ["/bin/sh", str(folder / "tools" / "setup.sh"), *arguments]
    return subprocess.run(
        command, env={"PATH": str(path), "HOME": str(folder)}, capture_output=True, text=True
    )


def test_make_alone_lists_every_target(root: Path) -> None:
    listed = subprocess.run(["make"], cwd=root, capture_output=True, text=True, check=True).stdout
    found = {words[1]: words for line in listed.splitlines() if (words := line.split())[:1] == ["make"]}
    assert set(found) >= TARGETS
    assert all(len(words) > 3 and "·" in words for words in found.values())


def test_ci_types_what_the_readme_types(root: Path) -> None:
    typed = (root / ".ci" / "run").read_text(encoding="utf-8")
    for name in ("README.md", "README.ja.md"):
        assert re.search(r"^make test\b", (root / name).read_text(encoding="utf-8"), re.MULTILINE)
    assert typed.rstrip().endswith("make test")
    assert "stage make check" in typed
    assert os.access(root / ".ci" / "run", os.X_OK)


def test_setup_without_a_python_says_what_to_do(lone_setup: Path) -> None:
    result = run_setup(lone_setup, "run", path=lone_setup / "bin")
    assert result.returncode == 11
    assert "Python 3.11 以上" in result.stderr
    assert not (lone_setup / ".tools").exists()


def test_setup_passes_over_an_old_python(lone_setup: Path) -> None:
    put_program(lone_setup / "bin", "python3", "#!/bin/sh\nexit 1\n")
    assert run_setup(lone_setup, "run", path=lone_setup / "bin").returncode == 11


def test_setup_without_venv_prints_the_one_line(lone_setup: Path) -> None:
    fake = (
        '#!/bin/sh\ncase "$2" in *version_info*%*|*%*version_info*) echo 3.12;; *ensurepip*) exit 1;; esac\n'
    )
    put_program(lone_setup / "bin", "python3.12", fake)
    result = run_setup(lone_setup, "dev", path=lone_setup / "bin")
    assert result.returncode == 12
    lines = [line.strip() for line in result.stderr.splitlines() if "apt-get" in line]
    assert lines == ["sudo apt-get install -y python3.12-venv"]
    assert "次の1行" in result.stderr
    assert "Run this one line" in result.stderr


def test_setup_needs_to_know_what_for(lone_setup: Path) -> None:
    assert run_setup(lone_setup, path=lone_setup / "bin").returncode == 2


def test_uv_is_pinned_by_hash_for_the_usual_machines(root: Path) -> None:
    text = (root / "tools" / "uv.txt").read_text(encoding="utf-8")
    assert len(re.findall(r"^uv==[0-9.]+ \\$", text, flags=re.MULTILINE)) == 1
    assert len(re.findall(r"--hash=sha256:[0-9a-f]{64}\b", text)) >= 6
    script = (root / "tools" / "setup.sh").read_text(encoding="utf-8")
    assert "--require-hashes" in script
    assert "uv sync --frozen" in script
    assert "UV_PYTHON_DOWNLOADS=never" in script


def test_serve_shows_the_report_and_nothing_else(tools, tmp_path: Path) -> None:
    (tmp_path / "report.html").write_text("<h1>架空の市</h1>", encoding="utf-8")
    (tmp_path / "secret.txt").write_text("鍵", encoding="utf-8")
    server = tools("serve_report").open_server(tmp_path / "report.html", 0)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    try:
        assert server.server_address[0] == "127.0.0.1"
        with urllib.request.urlopen(f"{address}/") as answer:  # noqa: S310 # our own loopback server
            assert "架空の市" in answer.read().decode()
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        for path in ("/secret.txt", "/../secret.txt", "//etc/passwd", "/report.html"):
            with pytest.raises(urllib.error.HTTPError, match="404") as refused:
                urllib.request.urlopen(f"{address}{path}")  # noqa: S310 # our own loopback server
            refused.value.close()
    finally:
        server.shutdown()
        server.server_close()


def test_serve_without_a_report_says_what_to_do(root: Path, tmp_path: Path) -> None:
    command = ["python3", str(root / "tools" / "serve_report.py"), str(tmp_path / "report.html")]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 1
    assert "make demo" in result.stdout


@pytest.mark.parametrize(
    "page",
    [
        '<link rel="stylesheet" href="https://fonts.example/x.css">',
        '<script src="//cdn.example/x.js"></script>',
        "<style>@import 'https://fonts.example/x.css';</style>",
        '<img src="http://counter.example/p.gif">',
    ],
)
def test_a_page_that_fetches_from_elsewhere_is_seen(tools, tmp_path: Path, page: str) -> None:
    site = tools("check_site")
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    assert site.list_remote_fetches(tmp_path / "page.html")
    (tmp_path / "page.html").write_text(
        '<a href="https://example.org">x</a><img src="x.png">', encoding="utf-8"
    )
    assert site.list_remote_fetches(tmp_path / "page.html") == []


def test_publiccode_describes_us(root: Path) -> None:
    described = yaml.safe_load((root / "publiccode.yml").read_text(encoding="utf-8"))
    needed = {
        "publiccodeYmlVersion",
        "name",
        "url",
        "platforms",
        "categories",
        "developmentStatus",
        "softwareType",
    }
    assert needed | {"description", "legal", "maintenance", "localisation"} <= set(described)
    assert described["legal"]["license"] == "Apache-2.0"
    for words in described["description"].values():
        assert len(words["shortDescription"]) <= 150
        assert 150 <= len(words["longDescription"]) <= 10_000
        assert words["features"]
