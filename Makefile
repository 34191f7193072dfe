.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin

help:  ## list what make can do
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

.venv/.refleqt: pyproject.toml constraints.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing Refleqt into .venv (once) …"
	@$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable . 2>&1 | grep -v "^WARNING: Location" || true
	@$(BIN)/python -c "import refleqt_adapters.container, refleqt_cli.main" && touch $@

.venv/.refleqt-dev: .venv/.refleqt
	@$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]' 2>&1 | grep -v "^WARNING: Location" || true
	@$(BIN)/python -c "import pytest, hypothesis, mypy" && touch $@

.venv/.refleqt-extras: .venv/.refleqt-dev scripts/install_extras.sh
	@scripts/install_extras.sh && touch $@

extras: .venv/.refleqt-extras  ## hosted and local models, so that their tests run too (litellm, Whisper, llama.cpp, embedders)

demo: .venv/.refleqt  ## take the sample business through one month of the loop
	@$(BIN)/refleqt demo

test: .venv/.refleqt-dev  ## all tests
	@$(BIN)/pytest -n auto

check: .venv/.refleqt-dev  ## ruff, mypy strict, import-linter, contracts drift
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/python -m scripts.contracts --check

contracts: .venv/.refleqt-dev  ## write contracts/ anew from the code
	@$(BIN)/python -m scripts.contracts

bench: .venv/.refleqt-dev  ## measure what the README claims
	@$(BIN)/python -m benchmarks.calendar_save
	@$(BIN)/python -m benchmarks.demo

clean:  ## remove the environment and the caches
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis

.PHONY: help extras demo test check contracts bench clean
