"""What every user gets before the first line of their own: names, types, imports, versions."""

import ast
import importlib.util
import inspect
import json
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from importlib.resources import files
from pathlib import Path
from types import ModuleType

import pytest

import crmquality as cq

ROOT = Path(__file__).parent.parent
PACKAGE = Path(cq.__file__).parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
LOADED_AT_ONCE = {"narwhals", "numpy", "polars", "rapidfuzz", "typing-extensions", "typing_extensions"}
DATA_FILE = re.compile(r"[a-z_]+\.(?:csv|txt|json)\b")
# An absolute path of somebody's machine; the lookbehind leaves out URLs and relative paths.
MACHINE_PATH = re.compile(r"(?<![\w.:/-])/(?:home|mnt|private|root|Users|work)/\w")


def test_names_are_sorted_and_each_stands_once():
    assert list(cq.__all__) == sorted(set(cq.__all__))


def test_names_are_complete():
    assert set(cq._HOME_OF) == set(cq.__all__)
    loaded = {n: getattr(cq, n) for n in cq.__all__}
    public = {n for n, v in vars(cq).items() if not n.startswith("_") and not isinstance(v, ModuleType)}
    assert public - {"import_module", "TYPE_CHECKING"} == set(loaded)
    assert set(cq.__all__) <= set(dir(cq))


def test_names_that_are_loaded_late_are_those_that_a_type_checker_sees():
    tree = ast.parse((PACKAGE / "__init__.py").read_text("utf-8"))
    block = next(n for n in tree.body if isinstance(n, ast.If))
    seen = {i.module: tuple(a.name for a in i.names) for i in block.body if isinstance(i, ast.ImportFrom)}
    assert seen == cq._HOMES
    with pytest.raises(AttributeError, match="Phon"):
        _ = cq.Phon


def _documented(thing):
    # a dataclass without a docstring gets its signature for one
    doc = inspect.getdoc(thing) or ""
    return bool(doc) and not doc.startswith(f"{getattr(thing, '__name__', '')}(")


@pytest.mark.parametrize("name", cq.__all__)
def test_every_public_name_says_what_it_is(name):
    thing = getattr(cq, name)
    assert _documented(thing)
    if inspect.isclass(thing):
        methods = [n for n, v in vars(thing).items() if not n.startswith("_") and callable(getattr(v, "__func__", v))]
        assert not [n for n in methods if not _documented(getattr(thing, n))]


def _loads(statement):
    """The distributions that a statement loads in a fresh interpreter."""
    program = f"""
import json, sys
before = set(sys.modules)
{statement}
print(json.dumps(sorted({{m.partition(".")[0] for m in set(sys.modules) - before}})))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=PACKAGE.parent
    )
    known = packages_distributions()
    return {d.lower() for top in json.loads(done.stdout) for d in known.get(top, ())} - {"crmquality"}


def test_importing_loads_nothing_and_the_first_name_little():
    assert _loads("import crmquality") == set()
    loaded = _loads("import crmquality; crmquality.Pipeline")
    # polars keeps its machine code in a distribution of its own, whose name says for which processors
    assert {d for d in loaded if not d.startswith("polars-runtime")} <= LOADED_AT_ONCE


def test_a_schema_loads_no_more():
    program = """
import crmquality as cq
cq.Schema(cq.PersonName("name"), cq.Phone("mobile", region="CN"), cq.Email("email"), cq.Address("address", region="CN"),
          cq.NationalId("id_number", scheme="cn.ric"), cq.OrganizationName("company"), cq.BirthDate("birth_date"))
"""
    assert not _loads(program) & {"pandas", "pyspark", "scikit-learn", "scipy", "pyarrow", "duckdb", "recordlinkage"}


def test_types_are_shipped():
    assert files("crmquality").joinpath("py.typed").is_file()


def test_versions_agree():
    version = PYPROJECT["project"]["version"]
    assert cq.__version__ == version
    assert f"## [{version}]" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_every_dependency_has_one_lower_bound():
    names = [*PYPROJECT["project"]["optional-dependencies"], *PYPROJECT["dependency-groups"]]
    done = subprocess.run(
        [sys.executable, ROOT / ".ci" / "lowest.py", *names], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    pins = done.stdout.split()
    assert f"numpy=={_bound('numpy')}" in pins
    assert all(re.fullmatch(r"[a-z0-9-]+==[0-9][0-9.]*", pin) for pin in pins)


def _bound(name):
    (found,) = [d for d in PYPROJECT["project"]["dependencies"] if d.startswith(f"{name}>=")]
    return found.partition(">=")[2]


def test_classifiers_name_the_versions_that_are_supported():
    named = [c.rpartition(" ")[2] for c in PYPROJECT["project"]["classifiers"] if re.search(r":: 3\.\d+$", c)]
    assert PYPROJECT["project"]["requires-python"] == f">={named[0]}"


def test_one_function_imports_the_gpl_library():
    users = [
        p for p in PACKAGE.rglob("*.py") if re.search(r"^\s*(?:from|import) unidecode\b", p.read_text("utf-8"), re.M)
    ]
    assert [p.relative_to(PACKAGE).as_posix() for p in users] == ["normalizer/transliteration.py"]


def test_reference_data_says_where_it_comes_from():
    folder = PACKAGE / "reference"
    sources = (folder / "SOURCES.md").read_text("utf-8")
    data = [p.name for p in folder.iterdir() if p.suffix in {".csv", ".txt", ".json"}]
    assert data
    assert not [name for name in data if name not in sources]
    named = [name for line in sources.splitlines() if line.startswith("## ") for name in DATA_FILE.findall(line)]
    assert len(named) == len(set(named))
    assert set(named) <= set(data)
    for section in sources.split("\n## ")[1:]:
        assert re.search(r"\b2026-\d\d-\d\d\b", section), section.partition("\n")[0]
        assert re.search(r"[Tt]yped|MIT|Apache-2\.0|WTFPL|public domain", section), section.partition("\n")[0]


def test_licenses_of_others_are_shipped():
    licenses = (PACKAGE / "reference" / "LICENSES.md").read_text("utf-8")
    rows = [line for line in licenses.splitlines() if line.startswith("| `")]
    for name in {name for row in rows for name in DATA_FILE.findall(row)}:
        assert (PACKAGE / "reference" / name).is_file(), name
    used = {terms for row in rows for terms in ("MIT", "Apache-2.0") if f"| {terms} |" in row}
    assert used == set(re.findall(r"^## (.+)$", licenses, re.M))
    assert PYPROJECT["project"]["license-files"] == [
        p.relative_to(ROOT).as_posix() for p in (ROOT / "LICENSE", *sorted((PACKAGE / "reference").glob("*.md")))
    ]


def _repository():
    """The files that are, or could be, committed."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout")
    listed = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(listed, capture_output=True, text=True, check=True)
    return [p for name in done.stdout.split("\0") if name and (p := ROOT / name).is_file()]


def test_no_file_names_a_machine():
    found = [p for p in _repository() if MACHINE_PATH.search(p.read_text("utf-8", errors="ignore"))]
    assert not [p.relative_to(ROOT).as_posix() for p in found]


def test_tests_are_found_by_unique_paths():
    """`--import-mode=importlib` needs no packages among the tests."""
    assert not list((ROOT / "tests").rglob("__init__.py"))
    assert importlib.util.find_spec("tests") is None or "crmquality" not in str(importlib.util.find_spec("tests"))
