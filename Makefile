# Everything that is done with this repository, each by one word. `make help` lists them.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
TESTS ?= tests
WORKERS ?= 4

.DEFAULT_GOAL := help
.PHONY: help demo test lint unit sweep golden screenshots bench clean

help: ## list what can be made
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: $(VENV)/.runtime ## show the main job on a sandbox: plan, apply, enable, drift
	$(BIN)/rulesync demo

test: lint unit ## every check that CI runs

lint: $(VENV)/.dev ## style, types, who may import whom, and whether workflows are sound
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/zizmor --offline --quiet --persona pedantic .github examples
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml examples/workflows/*.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.github-actions .github/actions/*/action.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.gitlab-ci examples/gitlab-ci.yml

unit sweep: export PYTHONDONTWRITEBYTECODE := # or each of hundreds of processes compiles all that it imports
unit: $(VENV)/.dev ## the tests, with branch coverage and its floor; what is counted is told by tests/measuring.py
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -n $(WORKERS) --dist worksteal $(TESTS)
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

sweep: $(VENV)/.dev ## thousands of failures, killed processes and bad inputs; minutes. SEED=… plays a sweep again
	$(BIN)/python -m tests.sweep --schedules 5000 --processes 500 $(if $(SEED),--seed $(SEED))
	$(BIN)/python -m tests.badinput --examples 1500 $(if $(SEED),--seed $(SEED))
	EXAMPLES=500 $(BIN)/pytest -n $(WORKERS) $(TESTS)

golden: $(VENV)/.dev ## rewrite the expected outputs; review the difference like code
	UPDATE_GOLDEN=1 $(BIN)/pytest tests/render tests/scenarios tests/life tests/cli/test_schema.py

screenshots: $(VENV)/.dev ## take the pictures in docs/pictures anew; needs Chromium (and Inter, for its letters)
	$(BIN)/python -m tests.pictures docs/pictures

bench: ## what rulesync costs beside its peers, as ratios; from an installed wheel
	$(PYTHON) -m venv --clear $(VENV)-bench
	$(VENV)-bench/bin/python -m pip install --quiet --disable-pip-version-check . octodns==1.22.0
	$(VENV)-bench/bin/python -m bench

clean: ## remove what was made here
	rm -rf $(VENV) $(VENV)-bench .coverage* .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache dist

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: $(BIN)/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	touch $@

$(VENV)/.dev: $(BIN)/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@ $(VENV)/.runtime
