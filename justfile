# Every check there is, as .ci/run runs them.
check: lint types layers fresh test

# The ordinary tests, with the examples in README.md and docs/.
test:
    uv run pytest

# Branch coverage of the library by the ordinary tests, in every process that they start; fails under 95 %.
cover:
    uv run coverage erase
    uv run coverage run -m pytest -q -n 2
    uv run coverage combine -q
    uv run coverage report

# The tests that take minutes.
slow:
    uv run pytest -m slow -n 2 --dist load --no-header

# The report in Chromium, with pictures of it in a folder.
browser pictures="dist/pictures":
    IPT_RULES_PICTURES={{pictures}} uv run --group browser pytest tests/browser -n 2 --dist load

# Many intakes on a Spark of this machine; it wants Java 17 or newer.
spark:
    uv run --group spark pytest -m slow tests/spark

# The engines beside each other on many seeded intakes.
differential intakes="50000":
    uv run python benchmarks/differential.py --intakes {{intakes}} --jobs 2

lint:
    uv run ruff check
    uv run ruff format --check

types:
    uv run mypy

layers:
    uv run lint-imports

# Write what is generated anew, after a change of the vocabulary, the rules, the worked cases or the worked courses.
generate:
    uv run python -m ipt_rules.schemas rules/schema
    uv run python -m tests.test_worked_cases
    uv run python -m tests.test_worked_courses
    uv run python -m tests.test_faults
    rm -rf docs/rules
    uv run ipt-rules catalogue docs/rules

# The schemas and the catalogue made into a folder of their own, and compared with what is committed.
fresh:
    #!/usr/bin/env bash
    set -euo pipefail
    fresh=$(mktemp -d)
    trap 'rm -r "$fresh"' EXIT
    mkdir "$fresh/schema"
    uv run python -m ipt_rules.schemas "$fresh/schema"
    diff -r "$fresh/schema" rules/schema
    uv run ipt-rules catalogue "$fresh/rules"
    diff -r "$fresh/rules" docs/rules

benchmarks:
    uv run python benchmarks/assess.py
    uv run python benchmarks/explain.py
    uv run python benchmarks/course.py
    uv run --group peers python benchmarks/engines.py
    uv run python benchmarks/cohort.py
    uv run python benchmarks/imports.py
