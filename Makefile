# Everyday commands; `make help` lists them. CMake does the work: see CMakePresets.json.
.DEFAULT_GOAL := help
SHELL := /bin/bash

RELEASE := build/release
ZEROPOINT := $(RELEASE)/bin/zeropoint
# The virtual environment that scripts/venv.sh makes; without one, whatever Python there is.
PYTHON = $(if $(wildcard .venv/bin/python),.venv/bin/python,python3)
# Recipes must not wait for a terminal, and progress bars are of no use in a log.
JOBS ?= $(shell nproc)

.PHONY: help setup venv build demo docs test test-cpp test-python test-conformance bench asan tsan lint format clean

help:  ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 20

setup:  ## Install the Debian packages that are missing
	@scripts/setup.sh

venv: setup  ## Make .venv with what tests and demo use (numpy, pytest, the LiteRT interpreter)
	@scripts/venv.sh

build: setup venv  ## Build the libraries, the command, the Python extension and the tests (build/release)
	@cmake --preset release --log-level=NOTICE
	@cmake --build --preset release --parallel $(JOBS)

demo: build  ## Quantize the demo model in every mode and compare the results
	@$(PYTHON) examples/demo/demo.py --zeropoint $(ZEROPOINT) --output build/demo

docs: build  ## Write docs/op_coverage.md, docs/targets.md and docs/report_licenses.md anew from their sources
	$(ZEROPOINT) ops --markdown > docs/op_coverage.md
	$(ZEROPOINT) targets --markdown > docs/targets.md
	[ ! -f $(RELEASE)/lib/report/page/licenses.md ] || cp $(RELEASE)/lib/report/page/licenses.md docs/report_licenses.md

test: test-cpp test-python test-conformance  ## Run every test

test-cpp: build
	ctest --preset release --parallel $(JOBS)

test-python: build
	@scripts/run_pytest.sh tests/python tests/conformance tests/docs

test-conformance: build
	$(PYTHON) tests/conformance/run_zoo.py --zeropoint $(ZEROPOINT) --output build/conformance --quiet
	$(PYTHON) tests/conformance/ops/run_ops.py --zeropoint $(ZEROPOINT)
	$(PYTHON) tests/conformance/forms/run_forms.py --zeropoint $(ZEROPOINT)
	$(PYTHON) tests/conformance/run_census.py --zeropoint $(ZEROPOINT) --output build/census
	$(PYTHON) tests/conformance/run_integer_engine.py --zeropoint $(ZEROPOINT) --zoo --ops --folder build/conformance
	$(PYTHON) tests/conformance/run_recommend.py --zeropoint $(ZEROPOINT) --output build/conformance

bench: build  ## Measure everything against peers from PyPI (needs ../shared; an hour) and write the tables of docs/performance.md
	@ZEROPOINT_VENV=.venv-bench ZEROPOINT_REQUIREMENTS=scripts/requirements-bench.txt scripts/venv.sh
	@cmake --preset release -DZEROPOINT_BUILD_BENCHMARKS=ON --log-level=NOTICE
	@cmake --build --preset release --parallel $(JOBS)
	benchmarks/all.sh .venv-bench/bin/python

asan: setup  ## Build and run the C++ tests under address and undefined-behaviour sanitizers
	@cmake --preset asan --log-level=NOTICE
	@cmake --build --preset asan --parallel $(JOBS)
	ctest --preset asan --parallel $(JOBS)

tsan: setup  ## Build and run the C++ tests under the thread sanitizer
	@cmake --preset tsan --log-level=NOTICE
	@cmake --build --preset tsan --parallel $(JOBS)
	ctest --preset tsan --parallel $(JOBS)

lint: build  ## Check includes, layout and, when the tools are there, formatting and clang-tidy
	@scripts/lint.sh

format:  ## Reformat the sources with clang-format
	git ls-files '*.cpp' '*.h' '*.c' | xargs clang-format -i

clean:  ## Remove everything that was built
	rm -rf build
