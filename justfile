# Every check there is, as .ci/run runs them.
check: lint types layers schemas-fresh test

# The ordinary tests, with the examples in README.md and docs/.
test:
    uv run pytest

# The tests that take minutes.
slow:
    uv run pytest -m slow -n 2 --no-header

lint:
    uv run ruff check
    uv run ruff format --check

types:
    uv run mypy

layers:
    uv run lint-imports

# Write the JSON Schemas anew after a change of the vocabulary.
schemas:
    uv run python -m ipt_rules.ruleset.schema rules/schema

# The same into a folder of its own, compared with what is committed.
schemas-fresh:
    #!/usr/bin/env bash
    set -euo pipefail
    fresh=$(mktemp -d)
    trap 'rm -r "$fresh"' EXIT
    uv run python -m ipt_rules.ruleset.schema "$fresh"
    diff -r "$fresh" rules/schema

benchmarks:
    uv run python benchmarks/assess.py
    uv run --group peers python benchmarks/engines.py
    uv run python benchmarks/imports.py
