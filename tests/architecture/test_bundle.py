"""The offline installation installs and runs with the network off (`make test-bundle` makes it first)."""

import os
import subprocess
import tarfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

# For whoever may not cut the network: every way out leads to a closed door.
POISONED = {
    "PIP_NO_INDEX": "1",
    "http_proxy": "http://127.0.0.1:9",
    "https_proxy": "http://127.0.0.1:9",
    "all_proxy": "http://127.0.0.1:9",
}


def cut_network() -> list[str]:
    """The prefix that runs a command without any network, where the system lets us."""
    prefix = ["unshare", "--net"]
    try:
        allowed = subprocess.run([*prefix, "true"], capture_output=True).returncode == 0
    except FileNotFoundError:
        allowed = False
    return prefix if allowed else []


def run_offline(*command: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "PYTHON", "UV_"))
    }
    environment = {**kept, **POISONED, "COLUMNS": "100"}
    words = [*cut_network(), *(str(word) for word in command)]
    return subprocess.run(words, cwd=cwd, env=environment, capture_output=True, text=True)


@pytest.fixture(scope="module")
def bundle(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    archives = sorted((root / "dist").glob("tsunagu-*-offline.tar.gz"))
    assert archives, "make bundle comes first: make test-bundle does both"
    folder = tmp_path_factory.mktemp("carried")
    with tarfile.open(archives[-1]) as tar:
        tar.extractall(folder, filter="data")
    return next(folder.iterdir())


@pytest.fixture(scope="module")
def installed(bundle: Path) -> Path:
    target = bundle.parent / "opt" / "tsunagu"
    target.parent.mkdir()
    result = run_offline("./install.sh", target, cwd=bundle)
    assert result.returncode == 0, result.stderr
    return target


def test_the_command_runs_offline(installed: Path, tmp_path: Path) -> None:
    result = run_offline(installed / "bin" / "tsunagu", "--help", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert "Usage" in result.stdout


def test_the_definitions_are_inside(installed: Path, tmp_path: Path) -> None:
    """Away from the repository, the shipped definitions are found and pass their own check."""
    inside = next(installed.glob("lib/python3*/site-packages/tsunagu"))
    assert list((inside / "definitions" / "feeds").rglob("manifest.yaml"))
    assert list((inside / "municipalities" / "example_city").iterdir())
    program, home = installed / "bin" / "tsunagu", tmp_path / "home"
    for command in (("init", "--code", "999999", "--name", "サンプル市"), ("check",)):
        result = run_offline(program, *command, "--home", home, cwd=tmp_path)
        assert result.returncode == 0, result.stdout + result.stderr


def test_the_main_job_runs_offline(installed: Path, tmp_path: Path) -> None:
    result = run_offline(installed / "bin" / "tsunagu", "demo", "--children", "300", cwd=tmp_path)
    assert result.returncode == 0, result.stdout + result.stderr
    assert (tmp_path / "demo" / "report.html").is_file()


def test_an_existing_folder_is_left_alone(bundle: Path, installed: Path) -> None:
    before = sorted(installed.iterdir())
    assert run_offline("./install.sh", installed, cwd=bundle).returncode == 13
    assert sorted(installed.iterdir()) == before


def test_an_altered_part_is_refused(bundle: Path) -> None:
    wheel = next((bundle / "wheels").glob("tsunagu-*.whl"))
    original = wheel.read_bytes()
    wheel.write_bytes(original + b"one byte more")
    try:
        result = run_offline("./install.sh", bundle.parent / "altered", cwd=bundle)
    finally:
        wheel.write_bytes(original)
    assert result.returncode == 14
    assert not (bundle.parent / "altered").exists()


def test_another_python_is_refused(bundle: Path) -> None:
    recorded = bundle / "python-version.txt"
    original = recorded.read_text(encoding="ascii")
    recorded.write_text("3.99\n", encoding="ascii")
    try:
        result = run_offline("./install.sh", bundle.parent / "other", cwd=bundle)
    finally:
        recorded.write_text(original, encoding="ascii")
    assert result.returncode == 11
    assert "3.99" in result.stderr
