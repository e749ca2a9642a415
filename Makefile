# Tasks of everyday work. On a bare machine begin with: python3 start.py install
BIN := .venv/bin

.PHONY: help install demo test lint format docs bench lock ci clean

help:  ## show this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 12

install:  ## make .venv from the locked requirements
	python3 start.py install

demo:  ## run the sample county end to end, in ./sample-workspace
	python3 start.py

test:  ## run the tests; ARGS="-k name" picks some
	python3 start.py test $(ARGS)

lint:  ## what the gate checks before the tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/sqlfluff lint -q sql
	$(BIN)/python -m flows.docs.rendered_sql --check
	$(BIN)/python -m exports.pages.documents --check
	$(BIN)/python -m exports.pages.registers_page --check
	$(BIN)/python -m flows.docs.warehouse_page --check
	$(BIN)/python -m flows.docs.audit_page --check
	$(BIN)/python -m flows.docs.leaving_page --check
	$(BIN)/python -m flows.docs.measures_page --check
	$(BIN)/python -m flows.docs.packages_page --check

format:  ## put code and SQL into shape
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/sqlfluff fix -q sql

docs:  ## write what the descriptors say into README and docs
	$(BIN)/python -m exports.pages.documents
	$(BIN)/python -m exports.pages.registers_page
	$(BIN)/python -m flows.docs.warehouse_page
	$(BIN)/python -m flows.docs.audit_page
	$(BIN)/python -m flows.docs.leaving_page
	$(BIN)/python -m flows.docs.measures_page
	$(BIN)/python -m flows.docs.packages_page

bench:  ## the whole pipeline against its floor, into docs/performance.md
	$(BIN)/python -m tests.benchmarks.pipeline --write

lock:  ## resolve the requirements anew, with hashes
	sh requirements/lock.sh

ci:  ## the whole gate
	bash .ci/run

clean:  ## remove the sample workspace and caches
	rm -rf sample-workspace .mypy_cache .ruff_cache
