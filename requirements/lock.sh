#!/bin/sh
# Resolves pyproject.toml into the locked requirements, for every platform, with hashes and without any address.
# The development set is held to the versions of the running one, and that with text recognition to both. Needs uv (pip install uv).
set -eu
cd "$(dirname "$0")/.."
plain="--universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links --quiet"
# shellcheck disable=SC2086
{
  uv pip compile pyproject.toml $plain "$@" -o requirements/run.txt
  uv pip compile pyproject.toml --group dev -c requirements/run.txt $plain "$@" -o requirements/dev.txt
  uv pip compile pyproject.toml --group dev --extra ocr -c requirements/dev.txt $plain "$@" -o requirements/ocr.txt
  echo 'uv>=0.8' | uv pip compile - $plain "$@" -o requirements/uv.txt
}
