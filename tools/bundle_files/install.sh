#!/bin/sh
# 通信を使わずに、つなぐを導入します。/ Installs Tsunagu without any connection.
#
#   ./install.sh [導入先 / target folder]     既定 default: /opt/tsunagu
#
# すべての部品は requirements.txt のハッシュと照合されます。導入先のほかには何も書きません。
# Exit codes: 11 wrong Python, 12 Python has no venv, 13 target exists, 14 a part did not match its hash.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
target=${1:-/opt/tsunagu}
wanted=$(cat "$here/python-version.txt")
say() { printf '%s\n' "$@" >&2; }

python=
for candidate in "${PYTHON:-}" "python$wanted" python3; do
  [ -n "$candidate" ] || continue
  found=$("$candidate" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null || true)
  if [ "$found" = "$wanted" ]; then python=$candidate; break; fi
done
if [ -z "$python" ]; then
  say "この一式は Python $wanted 用です。この機械には Python $wanted がありません。" \
      "Python $wanted を入れるか、この機械と同じ Python のある機械で make bundle をやり直してください。" \
      "This bundle is for Python $wanted, which this machine does not have."
  exit 11
fi
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
  say "Python の venv が入っていません。python$wanted-venv を入れてから、もう一度実行してください。" \
      "Python's venv is missing: install python$wanted-venv and try again."
  exit 12
fi
if [ -e "$target" ]; then
  say "$target はすでにあります。上書きはしません。別の場所を指定してください。" \
      "$target exists already and is left alone; name another folder."
  exit 13
fi

"$python" -m venv "$target"
if ! PIP_CONFIG_FILE=/dev/null "$target/bin/python" -m pip install --quiet --disable-pip-version-check \
    --no-index --find-links "$here/wheels" --only-binary :all: --require-hashes -r "$here/requirements.txt"; then
  rm -rf "$target"
  say "部品が欠けているか、内容が変わっています。一式を作り直して、持ち込み直してください。" \
      "A part is missing or altered: make the bundle again and carry it in again."
  exit 14
fi
say "導入しました / Installed: $target/bin/tsunagu" "次に / Next: $target/bin/tsunagu --help"
