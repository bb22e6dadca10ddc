"""The fences of the house, read from its source: who may touch what, how long things grow, what the docs promise."""

from __future__ import annotations

import ast
import json
import re
import socket
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, fields
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "heliograph"
MODULES = sorted(SOURCE.rglob("*.py"))
WRITTEN = [*MODULES, *sorted((ROOT / "tests").rglob("*.py")), *sorted((ROOT / "benchmarks").rglob("*.py"))]
PAGES = sorted(
    [
        *ROOT.glob("*.md"),
        *(ROOT / "benchmarks").glob("*.md"),
        *(ROOT / "docs").rglob("*.md"),
        *(ROOT / "changelog").glob("*.md"),
    ]
)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

MOST_LINES = 500
MOST_LINES_OF_A_FUNCTION = 60
NAMES_THAT_SAY_NOTHING = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "base", "core", "misc"}

GARDEN = "standin/"
"""Where other services are played: what a stand-in does itself (read pictures, tell the time) is not the house's."""

FENCES = {
    "SQL": ({"sqlalchemy", "sqlite3", "alembic", "psycopg"}, ("ledger/",)),
    "HTTP": ({"httpx2", "httpcore2", "httpx", "requests", "urllib3", "http.client", "socket", "ftplib"}, ("wire/",)),
    "HTTP servers": (
        {"flask", "waitress", "werkzeug", "http.server", "socketserver"},
        ("wire/callback.py", "web/", GARDEN),
    ),
    "XML of others": ({"defusedxml"}, ("metadata/", "wire/answer.py")),
    "EXIF, IPTC and XMP": ({"exiv2"}, ("metadata/", GARDEN)),
    "pixels": (
        {"pyvips", "PIL", "pillow_heif", "cv2"},
        ("render/", "digest/", "demo/canvas.py", "demo/scenes/", GARDEN),
    ),
    "the clock": (
        {"time", "sched"},
        ("desk/clock.py", *(f"{GARDEN}{name}/standin.py" for name in ("flickr", "fediverse", "imws"))),
    ),
    "the terminal": ({"click", "rich", "readline", "curses"}, ("cli/",)),
    "tokens": ({"keyring"}, ("config/",)),
}
"""What -> the modules that do it, and the only places that may import them."""


def inside(path: Path) -> str:
    """The module's path below the package, with `/`."""
    return path.relative_to(SOURCE).as_posix()


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


@cache
def looked(path: Path) -> tuple[Sequence[tuple[str, int]], Sequence[tuple[str, int]]]:
    """What a file imports and what it calls; each file is taken apart once."""
    nodes = list(ast.walk(tree(path)))
    called = [(_name(node.func), node.lineno) for node in nodes if isinstance(node, ast.Call)]
    return tuple(_imported(nodes)), called


def imported(path: Path) -> Sequence[tuple[str, int]]:
    """Every module that is imported, within functions too, by statement or by name."""
    return looked(path)[0]


def calls(path: Path) -> Sequence[tuple[str, int]]:
    return looked(path)[1]


def _imported(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, int]]:
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield str(node.module), node.lineno
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)
        elif isinstance(node, ast.Call) and _name(node.func) in {"import_module", "__import__"}:
            first = node.args[0] if node.args else None
            yield (str(first.value) if isinstance(first, ast.Constant) else "?"), node.lineno


def trespasses(modules: set[str], places: tuple[str, ...]) -> list[str]:
    return [
        f"{inside(path)}:{line} imports {name}"
        for path in MODULES
        if not inside(path).startswith(places)
        for name, line in imported(path)
        if any(name == module or name.startswith(f"{module}.") for module in modules)
    ]


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_name(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else "?"


# --- who may touch what -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", FENCES)
def test_only_its_own_place_touches(what):
    assert trespasses(*FENCES[what]) == []


@pytest.mark.parametrize("what", FENCES)
def test_a_fence_encloses_something(what):
    modules, places = FENCES[what]
    at_home = tuple(place for place in places if not place.startswith(GARDEN))
    used = {
        name.partition(".")[0] for path in MODULES if inside(path).startswith(at_home) for name, _ in imported(path)
    }
    assert used & {module.partition(".")[0] for module in modules}


def test_time_is_told_and_waited_for_by_the_clock_only():
    asking = re.compile(r"(^|\.)(datetime|date)\.(now|utcnow|today)$|^sleep$|^time\.")
    found = [f"{inside(p)}:{line} {name}" for p in MODULES for name, line in calls(p) if asking.search(name)]
    assert [line for line in found if not line.startswith("desk/clock.py")] == []
    assert found, "the clock itself tells the time"


def test_only_the_command_line_writes_to_the_terminal():
    writing = re.compile(r"^(print|input|echo|secho)$|^sys\.(stdout|stderr)\.")
    found = [f"{inside(p)}:{line} {name}" for p in MODULES for name, line in calls(p) if writing.search(name)]
    commands = re.compile(rf"cli/|{GARDEN}(command|\w+/__main__)\.py:")
    assert [line for line in found if not commands.match(line)] == []


def within(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def test_the_stand_ins_and_the_house_never_import_each_other():
    crossing = [
        f"{inside(path)}:{line} imports {name}"
        for path in MODULES
        for name, line in imported(path)
        if within(name, "heliograph")
        and within(name, "heliograph.standin") is not inside(path).startswith(GARDEN)
        and (inside(path).startswith(GARDEN) or within(name, "heliograph.standin"))
    ]
    assert crossing == []


@pytest.mark.parametrize("kind", ["flickr", "fediverse"])
def test_a_stand_in_that_runs_has_loaded_nothing_of_the_house(kind):
    begins = "n.startswith('heliograph')"
    loaded = f"import sys, heliograph.standin.{kind}.__main__; print(*(n for n in sys.modules if {begins}))"
    said = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True, encoding="utf-8")
    names = said.stdout.split()
    assert f"heliograph.standin.{kind}.door" in names
    assert [name for name in names if name != "heliograph" and not within(name, "heliograph.standin")] == []


def test_the_contract_of_the_stand_ins_names_the_whole_house():
    contracts = PROJECT["tool"]["importlinter"]["contracts"]
    closed = [c["forbidden_modules"] for c in contracts if c.get("source_modules") == ["heliograph.standin"]]
    rooms = {path.stem for path in SOURCE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert [sorted(names) for names in closed] == [
        sorted(f"heliograph.{room}" for room in rooms - {"__init__", "standin"})
    ]


def test_nothing_is_run_through_a_shell_and_nothing_is_evaluated():
    risky = re.compile(r"^(eval|exec)$|^os\.(system|popen)$|^pickle\.loads?$")
    assert [f"{inside(p)}:{line} {name}" for p in MODULES for name, line in calls(p) if risky.search(name)] == []


def test_certificates_are_always_checked():
    switches = re.compile(r"verify\s*=\s*False|CERT_NONE|check_hostname\s*=\s*False|_create_unverified_context")
    assert [inside(path) for path in MODULES if switches.search(path.read_text(encoding="utf-8"))] == []


def test_no_platform_is_known_by_its_name_outside_its_own_file():
    kinds = {path.stem for path in (SOURCE / "platforms").iterdir() if path.stem != "__init__"}
    kinds |= {path.stem for path in (SOURCE / "libraries").iterdir() if path.stem != "__init__"}
    compared = [
        f"{inside(path)}:{node.lineno}"
        for path in MODULES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Compare)
        and any(isinstance(side, ast.Constant) and side.value in kinds for side in (node.left, *node.comparators))
    ]
    assert compared == []


def test_nothing_below_the_command_line_knows_of_a_dry_run():
    flags = re.compile(r"\bdry_?run\b", re.IGNORECASE)
    names = [
        f"{inside(path)}:{node.lineno}"
        for path in MODULES
        if not inside(path).startswith("cli/")
        for node in ast.walk(tree(path))
        if (isinstance(node, ast.Name) and flags.search(node.id))
        or (isinstance(node, ast.arg) and flags.search(node.arg))
        or (isinstance(node, ast.Attribute) and flags.search(node.attr))
    ]
    assert names == []


def test_the_floors_are_kept():
    if find_spec("importlinter") is None:
        pytest.skip("import contracts: needs import-linter (pip install -c constraints.txt '.[dev]')")
    command = "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())"
    asked = [sys.executable, "-c", command, "--config", str(ROOT / "pyproject.toml"), "--no-cache"]
    said = subprocess.run(asked, capture_output=True, text=True, check=False, cwd=ROOT, encoding="utf-8")
    assert said.returncode == 0, said.stdout + said.stderr


def test_tests_reach_nothing_but_this_machine():
    with pytest.raises(AssertionError, match="loopback only"):
        socket.create_connection(("192.0.2.1", 9), timeout=1)


# --- how long things may grow, and what they are called ---------------------------------------------------------------


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_files_and_functions_stay_short(path):
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= MOST_LINES, f"{lines} lines usually hold two ideas"
    if "versions" in path.parts:
        return  # a migration is one list of tables
    lengths = {
        node.name: node.end_lineno - node.lineno + 1
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert {name: length for name, length in lengths.items() if length > MOST_LINES_OF_A_FUNCTION} == {}


def test_no_module_has_a_name_that_says_nothing():
    names = {path: path.parent.name if path.stem == "__init__" else path.stem for path in MODULES}
    assert [inside(path) for path, name in names.items() if name.strip("_") in NAMES_THAT_SAY_NOTHING] == []


def test_nothing_is_left_for_later():
    mark = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK")) + r")\b")
    hollow = "NotImplemented" + "Error"
    texts = {path: path.read_text(encoding="utf-8") for path in (*WRITTEN, *PAGES)}
    assert [path.name for path, text in texts.items() if mark.search(text)] == []
    assert [inside(path) for path in MODULES if hollow in texts[path]] == []


def test_nothing_names_the_machine_it_was_written_on():
    homes = re.compile(
        r"(?<![\w.])/(" + "root|work|home/[a-z]+/(?!Pictures|Sites)|Users/[a-z]+/(?!Pictures|Sites)" + r")/"
    )
    others = [ROOT / name for name in ("pyproject.toml", "justfile", "constraints.txt", ".ci/run")]
    texts = [*WRITTEN, *PAGES, *(path for path in others if path.exists())]
    found = {path.relative_to(ROOT).as_posix(): homes.search(path.read_text(encoding="utf-8")) for path in texts}
    assert {name: hit.group() for name, hit in found.items() if hit} == {}


# --- what is installed ------------------------------------------------------------------------------------------------

MODULE_OF = {
    "pillow-heif": "pillow_heif",
    "jinja2": "jinja2",
    "pillow": "PIL",
    "pyyaml": "yaml",
    "sqlalchemy": "sqlalchemy",
}
BRINGS_NO_MODULE = {"pyvips-binary"}
"""libvips itself, for pyvips."""


def canonical(requirement: str) -> str:
    return re.split(r"[\[<>=~!; ]", requirement, maxsplit=1)[0].lower().replace("_", "-")


def required(*extras: str) -> set[str]:
    lines = list(PROJECT["project"]["dependencies"])
    for extra in extras:
        lines += PROJECT["project"]["optional-dependencies"][extra]
    return {canonical(line) for line in lines} - {"heliograph"}


def test_what_is_required_is_what_is_imported():
    names = {name.partition(".")[0] for path in MODULES for name, _ in imported(path)}
    foreign = names - set(sys.stdlib_module_names) - {"heliograph", "?", "__future__"}
    declared = {MODULE_OF.get(name, name) for name in required("heif") - BRINGS_NO_MODULE}
    assert declared == foreign


def test_every_dependency_has_its_reason():
    page = (ROOT / "docs/decisions/0001-dependencies.md").read_text(encoding="utf-8").lower()
    assert {
        name for name in required(*PROJECT["project"]["optional-dependencies"]) if f"| `{name}` |" not in page
    } == set()


def test_every_dependency_has_one_exact_version():
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert [line for line in pins if not re.fullmatch(r"[a-z0-9-]+==[0-9][0-9a-z.]*", line)] == []
    assert required(*PROJECT["project"]["optional-dependencies"]) - {pin.partition("==")[0] for pin in pins} == set()
    assert len({pin.partition("==")[0] for pin in pins}) == len(pins)


# --- what the docs promise --------------------------------------------------------------------------------------------


def slugs(text: str) -> set[str]:
    """Anchors of a page's headings, as they are commonly made."""
    headings = re.findall(r"^#+ +(.+?) *$", re.sub(r"```.*?```", "", text, flags=re.DOTALL), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def links(text: str) -> list[str]:
    prose = re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.DOTALL)
    return [link for link in re.findall(r"\]\(([^)\s]+)\)", prose) if not re.match(r"[a-z]+:", link)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_of_a_page_leads_somewhere(page):
    for link in links(page.read_text(encoding="utf-8")):
        place, _, anchor = link.partition("#")
        target = (page.parent / place).resolve() if place else page
        assert target.exists(), link
        if anchor:
            assert anchor in slugs(target.read_text(encoding="utf-8")), link


def test_every_page_is_reached_from_the_first():
    reached, open_pages = set(), [ROOT / "README.md"]
    while open_pages:
        page = open_pages.pop()
        if page in reached or page.suffix != ".md" or not page.exists():
            continue
        reached.add(page)
        places = (link.partition("#")[0] for link in links(page.read_text(encoding="utf-8")))
        open_pages += [(page.parent / place).resolve() for place in places if place]
    assert [
        page.relative_to(ROOT).as_posix() for page in PAGES if page not in reached and "changelog" not in page.parts
    ] == []


def test_pages_that_the_source_names_exist():
    named = {name for path in MODULES for name in re.findall(r"docs/[\w./-]+\.md", path.read_text(encoding="utf-8"))}
    assert {name for name in named if not (ROOT / name).exists()} == set()


def test_the_drawing_shows_every_module():
    drawing = (ROOT / "docs/design.md").read_text(encoding="utf-8")
    shown = {path.stem for path in SOURCE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert {
        name for name in shown - {"__init__", "__main__"} if not re.search(rf"^  {name}[./ ]", drawing, re.MULTILINE)
    } == set()


def test_the_readmes_commands_are_those_that_are_tried_from_nothing():
    readme, run = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", ".ci/run"))
    commands = ("pip install -c constraints.txt . && helio demo", "pip install -c constraints.txt '.[test]' && pytest")
    for command in commands:
        assert re.search(rf"^(    )?{re.escape(command)}$", readme, re.MULTILINE)
        assert command in run


def verbs() -> set[str]:
    from heliograph.cli.app import helio

    return {name for name, command in helio.commands.items() if not command.hidden}


def test_the_docs_name_every_verb_and_no_other():
    words = {
        page: re.findall(r"(?:`|^ *)helio ([a-z]+)", page.read_text(encoding="utf-8"), re.MULTILINE) for page in PAGES
    }
    strange = {page.relative_to(ROOT).as_posix(): set(named) - verbs() for page, named in words.items()}
    assert {page: named for page, named in strange.items() if named} == {}
    assert verbs() - {word for named in words.values() for word in named} == set()


def test_the_page_of_commands_lists_every_verb_with_its_options():
    from heliograph.cli.app import helio

    page = (ROOT / "docs/reference/commands.md").read_text(encoding="utf-8")
    shared = {"--config", "--verbose", "--quiet"}
    for name in verbs():
        section = page.partition(f"### {name}\n")[2].partition("\n##")[0]
        below = getattr(helio.commands[name], "commands", {}).values()
        params = [option for command in (helio.commands[name], *below) for option in command.params]
        options = {word for option in params for word in option.opts if word.startswith("--")}
        assert options - shared == set(re.findall(r"`(--[a-z-]+)", section)), name


def test_sentences_name_verbs_that_there_are():
    texts = {path: path.read_text(encoding="utf-8") for path in MODULES}
    named = {inside(path): set(re.findall(r"`helio ([a-z]+)", text)) for path, text in texts.items()}
    assert {name: words - verbs() for name, words in named.items() if words - verbs()} == {}


def test_the_page_of_exit_codes_lists_them_all():
    from heliograph.cli.exits import Exit

    page = (ROOT / "docs/reference/exit-codes.md").read_text(encoding="utf-8")
    assert {int(code) for code in re.findall(r"^\| (\d+) \|", page, re.MULTILINE)} == {int(code) for code in Exit}


def test_the_page_of_the_ledger_names_every_table_and_column():
    from heliograph.ledger.tables import metadata

    page = (ROOT / "docs/reference/ledger.md").read_text(encoding="utf-8")
    sections = {part.partition("`")[0]: part for part in re.split(r"^\*\*`(?=[a-z]+`\*\*)", page, flags=re.MULTILINE)}
    missing = {
        f"{name}.{column.name}"
        for name, table in metadata.tables.items()
        for column in table.columns
        if f"`{column.name}`" not in sections.get(name, "")
    }
    assert missing == set()


def as_written(value: object) -> str:
    """How a page writes the value of a dial."""
    return value if isinstance(value, str) else f"{value:.0f}" if isinstance(value, float) else json.dumps(value)


def test_the_page_of_the_stand_ins_names_every_dial_as_it_is_at_first():
    from heliograph.standin.flickr.dials import Dials
    from heliograph.standin.flickr.manners import Manners

    page = (ROOT / "docs/reference/stand-ins.md").read_text(encoding="utf-8")
    for title, dials in (("Dials of the world", Dials()), ("Dials of the door", Manners())):
        section = page.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
        shown = dict(re.findall(r"^\| `(\w+)` \| `?(\w+)`? \|", section, re.MULTILINE))
        assert shown == {name: as_written(value) for name, value in asdict(dials).items()}


def test_the_page_of_the_stand_ins_names_every_fault_seed_option_and_route(tmp_path):
    import flask

    from heliograph.standin.flickr import __main__ as command
    from heliograph.standin.flickr import faults, opened, seeding
    from heliograph.standin.flickr.control import control

    page = (ROOT / "docs/reference/stand-ins.md").read_text(encoding="utf-8")
    words = {*faults.What, *seeding.SEEDS, *(field.name for field in fields(faults.Fault))} - {"seen", "happened"}
    assert {word for word in words if f"`{word}`" not in page} == set()
    options = {name for action in command._parser()._actions for name in action.option_strings if name.startswith("--")}
    assert options - {"--help"} == set(re.findall(r"^\| `(--[a-z-]+)", page, re.MULTILINE))

    app = flask.Flask("control", static_folder=None)
    with opened(tmp_path) as standin:
        app.register_blueprint(control(standin.door))
    rules = [(rule, re.sub(r"<[^>]+>", "*", rule.rule.removeprefix("/_standin"))) for rule in app.url_map.iter_rules()]
    routes = {f"{method} {path}" for rule, path in rules for method in rule.methods - {"HEAD", "OPTIONS"}}
    named = re.findall(r"^\| `([A-Z]+ /[^`?]*)", page, re.MULTILINE)
    told = {re.sub(r"(?<=/)([A-Z]+|approve|reject)(?=/|$)", "*", name) for name in named}
    assert told == routes
