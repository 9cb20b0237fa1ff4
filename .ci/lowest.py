"""Print the lower bounds that pyproject.toml declares, as exact pins for `pip install --constraint`.

    python .ci/lowest.py EXTRA_OR_GROUP ... > lowest.txt

So the floor that is declared is the floor that is tested. A dependency without a lower bound, and a package with two
different ones, are errors.
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

PYPROJECT = Path(__file__).parent.parent / "pyproject.toml"
REQUIREMENT = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?\s*(?:([^;]*))?(?:;.*)?$")
LOWER_BOUND = re.compile(r">=\s*([0-9][0-9A-Za-z.]*)")


def requirements(pyproject: dict, names: list[str]) -> list[str]:
    """The dependencies of the package and of the extras and groups named, groups inside groups resolved."""
    extras, groups = pyproject["project"]["optional-dependencies"], pyproject["dependency-groups"]
    unknown = sorted(set(names) - extras.keys() - groups.keys())
    if unknown:
        raise SystemExit(f"neither an extra nor a group: {', '.join(unknown)}")
    found, todo = list(pyproject["project"]["dependencies"]), [*names]
    while todo:
        name = todo.pop()
        for entry in (*extras.get(name, ()), *groups.get(name, ())):
            if isinstance(entry, str):
                found.append(entry)
            else:
                todo.append(entry["include-group"])
    return found


def pins(found: list[str]) -> dict[str, str]:
    """The lowest version of each package."""
    out: dict[str, str] = {}
    for entry in found:
        name, specifiers = REQUIREMENT.match(entry).groups()
        bound = LOWER_BOUND.search(specifiers or "")
        if bound is None:
            raise SystemExit(f"{name} has no lower bound")
        if out.setdefault(name.lower(), bound[1]) != bound[1]:
            raise SystemExit(f"{name} has two lower bounds: {out[name.lower()]} and {bound[1]}")
    return out


if __name__ == "__main__":
    with PYPROJECT.open("rb") as file:
        lowest = pins(requirements(tomllib.load(file), sys.argv[1:]))
    print("\n".join(f"{name}=={version}" for name, version in sorted(lowest.items())))
