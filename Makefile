# Tasks of everyday work. On a bare machine begin with: python3 start.py install
BIN := .venv/bin

.PHONY: help install demo test fuzz lint format docs bench site lock audit sbom ci clean

help:  ## show this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 12

install:  ## make .venv from the locked requirements
	python3 start.py install

demo:  ## run the sample county end to end, in ./sample-workspace
	python3 start.py

test:  ## run the tests; ARGS="-k name" picks some
	python3 start.py test $(ARGS)

fuzz:  ## damage files of every table format for a minute each; SECONDS=600 for ten
	GONGKAI_FUZZ_SECONDS=$(or $(SECONDS),60) $(BIN)/python -m pytest tests/sources/test_tables_generated.py --rest -k no_bytes -n0

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

site:  ## the guides as a site, Chinese and English, into build/docs
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

lock:  ## resolve the requirements anew, with hashes
	sh requirements/lock.sh

audit:  ## review the locked requirements; look up advisories where pip-audit is installed
	$(BIN)/python -m pytest tests/test_lock.py -q -n0
	@if command -v pip-audit >/dev/null; then pip-audit --disable-pip --require-hashes -r requirements/run.txt; \
	else echo "未查询漏洞公告 advisories were not looked up: pip-audit is not installed here (it asks services outside)"; fi

sbom:  ## the bill of materials of an installation, CycloneDX, into build/sbom.cdx.json
	mkdir -p build
	$(BIN)/cyclonedx-py requirements requirements/run.txt --pyproject pyproject.toml --output-reproducible --of JSON -o build/sbom.cdx.json

ci:  ## the whole gate
	bash .ci/run

clean:  ## remove the sample workspace and caches
	rm -rf sample-workspace .mypy_cache .ruff_cache
