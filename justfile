# What a change must pass; `pip install -c constraints.txt -e '.[dev]'` brings the tools.

# format, lint, types, imports, tests
check: format lint types imports test

# nothing is changed: `just tidy` does that
format:
    ruff format --check .

lint:
    ruff check .

types:
    mypy

imports:
    lint-imports

# what a machine lacks (Chromium, ExifTool) is named at the end
test *args:
    pytest {{ args }}

# the measurements whose table is in docs/benchmarks.md
bench *args:
    python benchmarks/run.py {{ args }}

# links, verbs and pages that the docs promise; the changelog as it would read
docs-check:
    pytest -n0 tests/test_house.py tests/test_config.py -k "page or docs or drawing or readme or reference"
    towncrier build --draft --version next

tidy:
    ruff format .
    ruff check --fix .
