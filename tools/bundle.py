"""Makes the offline installation: `dist/tsunagu-<version>-offline.tar.gz` and its SHA-256.

Holds every runtime part as a wheel for this platform and this Python, our own wheel, and the hashes of all of
them; `install.sh` inside needs nothing but that Python. Made where there is a connection, carried by hand.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STAGE = ROOT / "build" / "bundle"
DIST = ROOT / "dist"
UV = ROOT / ".tools" / "venv" / "bin" / "uv"
PIP = [str(ROOT / ".tools" / "venv" / "bin" / "python"), "-m", "pip"]


def hash_file(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def build_own_wheel(wheels: Path) -> Path:
    """Our wheel, built by the locked hatchling of this environment (no build isolation, nothing fetched)."""
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(wheels)]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return next(wheels.glob("tsunagu-*.whl"))


def export_requirements() -> str:
    """What uv.lock says the product needs, with hashes, without our own package."""
    command = [str(UV), "export", "--quiet", "--frozen", "--no-default-groups", "--no-emit-project"]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


def download_wheels(requirements: Path, wheels: Path) -> None:
    """Fetch every part for this platform; pip checks each against its hash."""
    options = ["-qq", "--disable-pip-version-check", "--only-binary", ":all:", "--require-hashes"]
    subprocess.run([*PIP, "download", *options, "-r", str(requirements), "-d", str(wheels)], check=True)


def fill_stage(version: str) -> Path:
    """The bundle as a folder; returns it."""
    shutil.rmtree(STAGE, ignore_errors=True)
    folder = STAGE / f"tsunagu-{version}-offline"
    wheels = folder / "wheels"
    wheels.mkdir(parents=True)
    requirements = folder / "requirements.txt"
    requirements.write_text(export_requirements(), encoding="utf-8")
    download_wheels(requirements, wheels)
    own = build_own_wheel(wheels)
    with requirements.open("a", encoding="utf-8") as out:
        out.write(f"tsunagu=={version} \\\n    --hash=sha256:{hash_file(own)}\n")
    for name in ("install.sh", "README.ja.md"):
        shutil.copy(ROOT / "tools" / "bundle_files" / name, folder)
    shutil.copy(ROOT / "LICENSE", folder)
    (folder / "python-version.txt").write_text("{}.{}\n".format(*sys.version_info[:2]), encoding="ascii")
    return folder


def pack(folder: Path, archive: Path) -> None:
    """Write `folder` as a tar.gz whose bytes depend on its content alone (no times, no owners)."""

    def forget_origin(member: tarfile.TarInfo) -> tarfile.TarInfo:
        member.mtime = 0
        member.uid = member.gid = 0
        member.uname = member.gname = ""
        member.mode = 0o755 if member.mode & 0o100 else 0o644
        return member

    with (
        archive.open("wb") as raw,
        gzip.GzipFile("", "wb", 6, raw, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w") as tar,
    ):
        for path in sorted(folder.rglob("*")):
            tar.add(path, f"{folder.name}/{path.relative_to(folder)}", recursive=False, filter=forget_origin)


def main() -> int:
    """Make the bundle and say where it is and what its hash is."""
    os.umask(0o022)
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    folder = fill_stage(version)
    DIST.mkdir(exist_ok=True)
    archive = DIST / f"{folder.name}.tar.gz"
    pack(folder, archive)
    print(f"{archive.relative_to(ROOT)}  ({archive.stat().st_size // 1_000_000} MB)")
    print(f"SHA-256 {hash_file(archive)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
