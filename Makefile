# The front door. `make` alone lists what there is.
# Needs Python 3.11+, git and make; everything else is fetched, checked by hash and kept inside this folder.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.SUFFIXES:
MAKEFLAGS += --no-print-directory
export PYTHON
# Python keeps what it has compiled: every start after the first takes a third of the time.
unexport PYTHONDONTWRITEBYTECODE

BIN := .venv/bin
PY := $(BIN)/python
RUN := .venv/.ready-run
DEV := .venv/.ready-dev

# An environment remembers absolute paths: when the folder was moved, it is made again.
$(shell grep -qxF '$(CURDIR)' $(RUN) 2>/dev/null || rm -f $(RUN) $(DEV))

.PHONY: help demo test test-slow fuzz test-bundle check fix serve report bench bench-desk bench-throughput bench-linkage docs bundle clean test-browser pictures

help:
	@echo "つなぐ Tsunagu"
	@echo
	@awk -F ' *## *' '/^[a-z-]+:.*##/ { split($$1, t, ":"); printf "  make %-16s %s\n", t[1], $$2 }' Makefile

$(RUN): uv.lock pyproject.toml tools/setup.sh tools/uv.txt
	@tools/setup.sh run

$(DEV): uv.lock pyproject.toml tools/setup.sh tools/uv.txt
	@tools/setup.sh dev

demo: $(RUN) ## 架空の市で最初から最後まで動かす · a fictional city, end to end → demo/report.html
	@$(BIN)/tsunagu demo

test: $(DEV) ## 試験（5〜6分） · the tests, five to six minutes
	@$(PY) -m pytest -q -n 2 -m "not slow"

test-slow: $(DEV) ## 時間のかかる試験 · the slow tests
	@$(PY) -m pytest -q -n 2 -m slow --deselect tests/architecture/test_bundle.py --ignore tests/browser $(ARGS)

test-browser: $(DEV) ## 画面を本物のブラウザーで開いて確かめる · the desk in this machine's Chromium, with axe
	@$(PY) -m pytest -q -m slow tests/browser $(ARGS)

pictures: $(DEV) ## 説明書の画面の絵を撮り直す · takes the manual's pictures → docs/assets/screens
	@mkdir -p docs/assets/screens
	@TSUNAGU_PICTURES=docs/assets/screens $(PY) -m pytest -q -m slow tests/browser -k "not every_page" $(ARGS)

fuzz: $(DEV) ## 読み取りを一つずつ、壊した入力で試す · each parser with spoiled input, 20 s each
	@$(PY) tests/pipeline/survival/fuzz_parsers.py $(ARGS)

test-bundle: bundle ## 持ち込み用一式を通信なしで導入して確かめる · installs the bundle with the network off
	@$(PY) -m pytest -q -m slow tests/architecture/test_bundle.py

check: $(DEV) ## 書き方・型・構造・参照文書のずれ · lint, types, import contracts, docs drift
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --check --quiet
	@$(BIN)/mypy --no-error-summary
	@said=$$($(BIN)/lint-imports --no-logo) || { echo "$$said"; exit 1; }
	@$(PY) tools/generate_reference.py --check
	@echo "check: すべて通りました · all passed"

fix: $(DEV) ## 書き方を直し、参照文書を作り直す · formats, and regenerates the reference pages
	@$(BIN)/ruff check --quiet --fix
	@$(BIN)/ruff format --quiet
	@$(PY) -m tsunagu.catalog.schemas definitions/schemas
	@$(PY) tools/generate_reference.py

serve: $(RUN) ## 職員の画面を架空の市でこの機械だけで開く · opens the officers' desk on 127.0.0.1
	@test -f demo/home/municipality.yaml || { echo "demo/home がまだありません。先に make demo を実行してください。/ Run make demo first."; exit 1; }
	@$(BIN)/tsunagu serve --home demo/home

report: ## 最後の報告書をこの機械だけで開く · shows the last report on 127.0.0.1
	@$(firstword $(wildcard $(PY)) python3) tools/serve_report.py demo/report.html

bench: $(DEV) ## READMEの性能値を測る · measures what README's figures come from
	@$(PY) benchmarks/stages.py

bench-desk: $(DEV) ## 職員100人が使うときの画面の速さ · the desk with 100 staff at once (ARGS="--minutes 1")
	@$(PY) benchmarks/desk.py $(ARGS)

bench-throughput: $(DEV) ## 2千万行と377万人の台帳を取り込む速さを測る · rows a second beside DuckDB and pandas
	@tools/setup.sh peers
	@$(PY) benchmarks/throughput.py --peers .tools/peers/bin/python $(ARGS)

bench-linkage: $(DEV) ## 名寄せを Splink・recordlinkage と並べて測る · linkage beside its peers
	@tools/setup.sh peers
	@$(PY) benchmarks/linkage.py --peers .tools/peers/bin/python $(ARGS)

docs: $(DEV) ## 説明書を作る → site/ · builds the documentation
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet
	@$(PY) tools/check_site.py site
	@echo "docs: site/index.html"

bundle: $(DEV) ## 通信できない機械への持ち込み用一式 → dist/ · offline installation
	@$(PY) tools/bundle.py

clean: ## 作った結果を消す（環境は残す） · removes results and caches, keeps the environment
	@rm -rf build demo dist site .cache .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
