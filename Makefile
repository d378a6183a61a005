# Everything a developer types. Each target does its own set-up first, so that one command on a fresh machine is enough.
# Settings: make PYTHON=python3.12 …   make VENV=/elsewhere …   make demo ARGS='--events FILE'

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/bash

PYTHON ?= python3
VENV ?= .venv
ARGS ?=
FUZZ_SECONDS ?= 120
BIN := $(VENV)/bin
READY := $(VENV)/.ready
RUNS := $(VENV)/.runs

# Tests wait more than they count, so three at once use two cores better than two do.
AT_ONCE ?= 3
# The whole test run may last this long; `timeout` is missing on macOS, where only the limit per test holds.
TEST_SECONDS ?= 760
BOUNDED := $(if $(shell command -v timeout),timeout --foreground $(TEST_SECONDS))

# What the tests need beyond Python, as command:Debian-package. Where one is missing its tests say so and skip.
TOOLS := nc:netcat-openbsd curl:curl chromium:chromium

FUZZERS = $(filter-out tests/fuzz/_% tests/fuzz/conftest.py tests/fuzz/test_%,$(wildcard tests/fuzz/*.py))

.PHONY: help setup page maybe-page demo dev test check lint format screenshots docs torture wheel clean
.PHONY: bench bench-agents bench-page bench-peers

help:  ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY) maybe-page  ## make the virtual environment with everything a developer needs, and the page

$(READY): pyproject.toml scripts/setup
	@scripts/setup "$(VENV)" "$(PYTHON)" '.[dev]' $(TOOLS)
	@touch $@ $(RUNS)

$(RUNS): pyproject.toml
	@scripts/setup "$(VENV)" "$(PYTHON)" '.[page]'
	@touch $@

page: $(RUNS)  ## build the page that the hub serves, where its sources have changed
	@$(BIN)/python scripts/page.py

# Where this machine cannot build it (no Node, no registry) a sentence says so, and all else goes on without it.
maybe-page: $(RUNS)
	@$(BIN)/python scripts/page.py --if-possible

demo: $(RUNS) maybe-page  ## start a hub with simulated boards and watch what arrives
	@$(BIN)/wacket demo $(ARGS)

dev: $(RUNS) maybe-page  ## the same, with the page from its sources and anew at each change of them
	@$(BIN)/python scripts/dev.py $(ARGS)

test: $(READY) maybe-page  ## run all the tests but the long fault runs
	@$(BOUNDED) $(BIN)/python -m pytest -n $(AT_ONCE) -m "not torture" $(ARGS)

check: lint  ## lint, and the laws and the documentation
	$(BIN)/python -m pytest tests/laws tests/docs

lint: $(READY)  ## linter, formatting, types and import rules, of the page too
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python scripts/page.py --if-possible check

format: $(READY)  ## put the source into its standard form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/python scripts/page.py --if-possible format

docs: $(READY)  ## write the generated reference pages again
	$(BIN)/python scripts/reference.py
	$(BIN)/python scripts/pagetypes.py

screenshots: $(READY) maybe-page  ## take the pictures of the README from a running demo
	$(BIN)/python scripts/screenshots.py

bench: $(READY)  ## measure this hub
	$(BIN)/python -m benchmarks.ours $(ARGS)

bench-agents: $(READY)  ## measure agents and commands
	$(BIN)/python -m benchmarks.with_agents $(ARGS)

bench-page: $(READY) page  ## measure the page in headless Chromium
	$(BIN)/python -m benchmarks.page $(ARGS)

bench-peers: $(READY)  ## measure this hub side by side with others installed from Debian
	$(BIN)/python -m benchmarks.peers $(ARGS)

torture: $(READY) maybe-page  ## the full fault runs, then each fuzzer for FUZZ_SECONDS
	$(BIN)/python -m pytest -m torture --timeout 3600 tests $(ARGS)
	@for target in $(FUZZERS); do \
	  echo "$$target"; $(BIN)/python "$$target" -max_total_time=$(FUZZ_SECONDS) || exit 1; \
	done

wheel: $(READY)  ## build the package into dist/
	$(BIN)/python -m pip wheel --quiet --no-deps --wheel-dir dist .
	@ls dist

clean:  ## remove everything that these targets made
	rm -rf $(VENV) dist build src/wacket/static web/node_modules web/dist
	rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis bench-results
	find src tests benchmarks scripts -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
