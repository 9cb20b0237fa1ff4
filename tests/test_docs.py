"""The pages say what the code does: generated ones are current, examples run, links lead somewhere."""

import doctest
import importlib.util
import re
from pathlib import Path

import pytest

from crmquality.comparator import Comparator

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
README = ROOT / "README.md"
PAGES = [README, ROOT / "CHANGELOG.md", *sorted(DOCS.glob("*.md"))]


def _generator():
    spec = importlib.util.spec_from_file_location("docs_generate", DOCS / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _blocks(page, language):
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text("utf-8"), re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def generated():
    return _generator().pages()


@pytest.mark.parametrize("name", ["kinds.md", "reference.md"])
def test_generated_pages_are_current(generated, name):
    assert (DOCS / name).read_text("utf-8") == generated[name], "run: python docs/generate.py"


def test_every_kind_has_a_section():
    from crmquality import kinds

    shown = {type(kind).__name__ for kind, _ in _generator().EXAMPLES}
    assert shown == set(kinds.__all__) - {"Keys", "Kind"}


def test_extending_runs(tmp_path, monkeypatch):
    page = DOCS / "extending.md"
    (module,) = [b for b in _blocks(page, "python") if b.startswith('"""membership.py')]
    (tmp_path / "membership.py").write_text(module, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    examples = "\n".join(_blocks(page, "pycon"))
    test = doctest.DocTestParser().get_doctest(examples, {"__name__": "extending"}, page.name, str(page), 0)
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    said: list[str] = []
    runner.run(test, out=said.append)
    assert runner.failures == 0, "".join(said)
    assert runner.tries > 30


def test_concepts_names_the_thresholds():
    page = (DOCS / "concepts.md").read_text("utf-8")
    comparator = Comparator()
    assert f"| from {comparator.link_probability} (`link_probability`) | link |" in page
    assert f"| from {comparator.review_probability} (`review_probability`) | review |" in page


@pytest.mark.slow
def test_readme_runs(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    names: dict[str, object] = {}
    for block in _blocks(README, "python"):
        exec(compile(block, "README.md", "exec"), names)
    assert names["clean"]["norm_name"] == "欧阳娜娜"
    assert names["clean"]["norm_mobile"] == "+8613812345678"
    assert {f.code for f in names["findings"]} >= {"domain_typo", "invalid_check_digit"}
    assert names["result"].golden.height < names["customers"].height
    assert "match weight" in capsys.readouterr().out


def test_readme_begins_with_the_two_commands():
    main_job, tests, *_ = _blocks(README, "bash")
    text = README.read_text("utf-8")
    assert text.index("<!-- run: main job -->") < text.index("<!-- run: tests -->") < text.index("## ")
    assert main_job.rstrip().endswith("examples/clean_customers.py")
    assert tests.rstrip().endswith("pytest")
    for command in (main_job, tests):
        assert command.count("\n") == 1, "one command is one line"


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_links_lead_somewhere(page):
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text("utf-8"))
    gone = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert not gone
