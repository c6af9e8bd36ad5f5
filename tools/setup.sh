#!/bin/sh
# Makes .venv from uv.lock with nothing but Python 3.11+ (stdlib venv), and leaves a stamp for make.
#
#   tools/setup.sh run    what the product needs
#   tools/setup.sh dev    also what tests, checks and documentation need
#   tools/setup.sh peers  other linkage programs to measure beside ours, in .tools/peers alone
#
# Everything fetched is checked against a hash: uv by tools/uv.txt, the rest by uv.lock.
# Nothing is written outside this folder; set UV_CACHE_DIR to share one download cache between clones.
# Exit codes: 2 usage, 11 no Python 3.11+, 12 Python has no venv, 13 uv not fetched, 14 packages not fetched.
set -eu
cd "$(dirname "$0")/.."

say() { printf '%s\n' "$@" >&2; }

kind=${1:-}
case $kind in
  run) groups="--no-default-groups --group build --inexact" ;;
  dev) groups="--no-default-groups --group dev --group docs --group build" ;;
  peers) groups="--only-group peers"; export UV_PROJECT_ENVIRONMENT=.tools/peers ;;
  *) say "usage: tools/setup.sh run|dev|peers"; exit 2 ;;
esac

is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

python=
for candidate in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
  if is_new_enough "$candidate"; then python=$candidate; break; fi
done
if [ -z "$python" ]; then
  say "Python 3.11 以上が見つかりません。つなぐの準備にはこれが必要です。" \
      "入れてからもう一度実行してください（場所を指定するなら: make demo PYTHON=/path/to/python3.11）。" \
      "No Python 3.11 or newer was found. Install one, or name it: make demo PYTHON=/path/to/python3.11"
  exit 11
fi

if [ ! -x .tools/venv/bin/python ] || ! cmp -s tools/uv.txt .tools/venv/uv.txt; then
  if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    say "Python の venv が入っていません。次の1行を実行してから、もう一度試してください。" \
        "Python's venv is missing. Run this one line, then try again:" "" \
        "    sudo apt-get install -y python$version-venv" ""
    exit 12
  fi
  say "準備しています（初回だけ・数分）/ Setting up (first time only)"
  rm -rf .tools/venv
  "$python" -m venv .tools/venv
  if ! .tools/venv/bin/python -m pip install -qq --disable-pip-version-check \
      --require-hashes --only-binary :all: --no-deps -r tools/uv.txt; then
    say "uv を取得できませんでした。外部への接続（https://pypi.org、必要なら HTTPS_PROXY）を確かめてください。" \
        "接続できない場所では、つながる所で make bundle を実行し、できたファイルを持ち込んでください。" \
        "uv could not be fetched: check the connection or HTTPS_PROXY. For an offline machine see: make bundle"
    exit 13
  fi
  cp tools/uv.txt .tools/venv/uv.txt
fi

UV_PYTHON=$("$python" -c 'import sys; print(getattr(sys, "_base_executable", sys.executable))')
export UV_PYTHON UV_PYTHON_DOWNLOADS=never UV_CACHE_DIR="${UV_CACHE_DIR:-$PWD/.tools/uv-cache}"
unset VIRTUAL_ENV
quiet=
[ -t 2 ] || quiet=--quiet
# shellcheck disable=SC2086 # the groups are several words on purpose
if ! .tools/venv/bin/uv sync --frozen $quiet $groups; then
  say "部品を取得できませんでした。外部への接続を確かめて、もう一度実行してください（途中から続きます）。" \
      "The packages could not be fetched: check the connection and run again; what has arrived is kept."
  exit 14
fi

if [ "$kind" = peers ]; then exit 0; fi
pwd >.venv/.ready-run
if [ "$kind" = dev ]; then pwd >.venv/.ready-dev; fi
