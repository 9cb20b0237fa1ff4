"""crmquality loads no library that the caller did not bring, and no heavy one before it is needed."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import crmquality

PACKAGE = Path(crmquality.__file__).parent
CALLERS_LIBRARIES = {"pandas", "pyarrow", "duckdb", "sklearn", "recordlinkage", "altair", "pyspark", "modin", "dask"}
# frames needs none of them (narwhals finds them); these three exist only for somebody who has the library
MAY_IMPORT = {"interop", "report/plots.py", "engines/spark.py"}
HEAVY = {"phonenumbers", "pypinyin", "opencc", "stdnum", "unidecode", "email_validator"}


def _imports(tree: ast.AST) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module or "", node.lineno
        elif isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == "import_module":
            yield from ((a.value, node.lineno) for a in node.args if isinstance(a, ast.Constant))


def _modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def test_the_package_is_found():
    assert PACKAGE / "frames" / "__init__.py" in _modules()


@pytest.mark.parametrize("path", _modules(), ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_no_module_imports_a_library_of_the_caller(path):
    inside = path.relative_to(PACKAGE).as_posix()
    if inside in MAY_IMPORT or inside.partition("/")[0] in MAY_IMPORT:
        pytest.skip("this is where it is allowed")
    tree = ast.parse(path.read_text("utf-8"))
    found = [f"line {line}: {name}" for name, line in _imports(tree) if name.partition(".")[0] in CALLERS_LIBRARIES]
    assert not found


def _loaded_by(program: str, names: set[str]) -> set[str]:
    report = f"import sys; print(*sorted({names!r} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", f"{program}\n{report}"],
        capture_output=True,
        text=True,
        check=True,
        cwd=PACKAGE.parent,
    )
    return set(done.stdout.split())


def test_importing_loads_nothing_heavy():
    assert _loaded_by("import crmquality", CALLERS_LIBRARIES | HEAVY) == set()


def test_running_on_polars_loads_only_polars():
    program = """
import polars as pl
from crmquality.frames import to_polars
from crmquality.normalizer import FieldNormalizer, Normalizer
table = pl.DataFrame({"id": [1, 2], "note": [" a ", None]})
frame, restore = to_polars(table)
restore(frame)
Normalizer((FieldNormalizer("note"),)).normalize(table)
Normalizer((FieldNormalizer("note"),)).normalize([{"note": 7}, {}])
"""
    assert _loaded_by(program, CALLERS_LIBRARIES | HEAVY) == set()


@pytest.mark.parametrize("name", ["pandas", "pyarrow", "duckdb"])
def test_a_table_of_one_library_loads_no_other(name):
    pytest.importorskip(name)
    tables = {
        "pandas": "import pandas; table = pandas.DataFrame({'note': ['a', None]})",
        "pyarrow": "import pyarrow; table = pyarrow.table({'note': ['a', None]})",
        "duckdb": "import duckdb; table = duckdb.sql('SELECT 1 AS note')",
    }
    before = _loaded_by(tables[name], CALLERS_LIBRARIES)
    program = (
        f"{tables[name]}\nfrom crmquality.frames import to_polars\nframe, restore = to_polars(table)\nrestore(frame)"
    )
    allowed = before | ({"pyarrow"} if name == "duckdb" else set())  # DuckDB and polars meet in Arrow
    assert _loaded_by(program, CALLERS_LIBRARIES) <= allowed
