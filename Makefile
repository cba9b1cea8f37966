# make run     set everything up and start: the terminal, or Telegram if TELEGRAM_BOT_TOKEN is set
# make test    the tests;  make check   style, types, imports, dependencies;  make bench   the measurements
SHELL := /bin/bash
PYTHON ?= $(firstword $(foreach name,python3 python3.13 python3.12 python3.11,$(shell command -v $(name) >/dev/null 2>&1 && $(name) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(name))))
UV := $(CURDIR)/.uv/bin/uv
INGIT := .venv/bin/ingit
export RASA_TELEMETRY_ENABLED := false
export UV_NO_PROGRESS := 1

.PHONY: run test check bench setup clean
run: setup
	@$(INGIT) load demo --if-empty
	@exec $(INGIT) run

test: setup
	@.venv/bin/pytest -q

check: .venv/.made
	@.venv/bin/ruff check . && .venv/bin/ruff format --check -q . && .venv/bin/mypy && .venv/bin/lint-imports --no-logo >/dev/null && .venv/bin/python -m tests.dependencies && echo "check: all well"

bench: setup
	@$(INGIT) bench

setup: .venv/.made nlu/rasa/.venv/.made
	@.venv/bin/python -m nlu.compile_lexicon nlu/rasa/lexicon.json
	@.venv/bin/python nlu/rasa/train.py

.uv/.made: requirements-uv.lock
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: install it (Debian: apt install python3 python3-venv) and run make again."; exit 1; }
	@echo "1/4 uv, the installer ..."
	@$(PYTHON) -m venv .uv || { echo "Python's venv module is missing: install it (Debian: apt install python3-venv) and run make again."; exit 1; }
	@.uv/bin/pip install -q --disable-pip-version-check --require-hashes -r requirements-uv.lock
	@touch $@

.venv/.made: requirements.lock pyproject.toml .uv/.made
	@echo "2/4 the bot's environment ..."
	@$(UV) venv -q --clear --python "$$(command -v $(PYTHON))" .venv
	@$(UV) pip sync -q --python .venv/bin/python requirements.lock
	@$(UV) pip install -q --python .venv/bin/python --no-deps --no-build-isolation -e .
	@touch $@

nlu/rasa/.venv/.made: nlu/rasa/requirements.lock .uv/.made
	@echo "3/4 Rasa's environment, on Python 3.10 (about a minute) ..."
	@cd nlu/rasa && env -u PYENV_VERSION $(UV) venv -q --clear .venv 2>setup.log || { echo "Rasa needs Python 3.10, and none was found or could be fetched (nlu/rasa/setup.log says why): install it (pyenv install 3.10) and run make again."; exit 1; }
	@cd nlu/rasa && $(UV) pip sync -q --python .venv/bin/python requirements.lock
	@touch $@

clean:
	rm -rf .venv .uv nlu/rasa/.venv nlu/rasa/models nlu/rasa/lexicon.json var
