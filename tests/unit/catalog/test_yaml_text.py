"""YAML stays text, and every value keeps its line — with libyaml and without."""

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tsunagu.catalog import yaml_text
from tsunagu.catalog.yaml_text import parse_yaml


@pytest.fixture(params=["CBaseLoader", "BaseLoader"])
def loader(request, monkeypatch) -> str:
    if not hasattr(yaml, request.param):
        pytest.skip("this machine's PyYAML is built without libyaml")
    monkeypatch.setattr(yaml_text, "_LOADER", getattr(yaml, request.param))
    return request.param


@pytest.mark.usefixtures("loader")
def test_nothing_is_anything_but_text() -> None:
    document = parse_yaml("a: 02\nb: yes\nc: [1.0, 2026-04-01, '']\nd: {e: 1_000}\n", "x")
    assert document.problems == []
    assert document.data == {"a": "02", "b": "yes", "c": ["1.0", "2026-04-01", ""], "d": {"e": "1_000"}}


@pytest.mark.usefixtures("loader")
def test_every_place_knows_its_line() -> None:
    document = parse_yaml("- a: 1\n  b:\n    - x\n    - y\n\n- c: z\n", "x")
    assert [document.get_spot(place).line for place in [(0, "a"), (0, "b"), (0, "b", 1), (1,), (1, "c")]] == [
        1,
        2,
        4,
        6,
        6,
    ]
    assert document.get_spot((1, "c", "further", "in")).line == 6


@pytest.mark.usefixtures("loader")
@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("a: 1\nb: 2\na: 3\n", "duplicate_key", 3),
        ("a: {b: 1, b: 2}\n", "duplicate_key", 1),
        ("a: &x 1\nb: 2\n", "alias", 1),
        ("a: 1\nb: *x\n", "alias", 2),
        ("<<: {a: 1}\n", "merge_key", 1),
        ("a: !!python/object:os.system 1\n", "tag", 1),
        ("a: 1\nb:\n", "empty_value", 2),
        ("a: ~\n", "empty_value", 1),
        ("--- 1\n--- 2\n", "many_documents", 2),
        ("", "empty_file", 1),
        ("a: 'b\n", "yaml_syntax", 2),
        ("a: \x07\n", "yaml_syntax", 1),
        ("[" * 5000, "too_deep", 1),
    ],
)
def test_what_hides_meaning_is_refused(text: str, code: str, line: int) -> None:
    problems = parse_yaml(text, "x").problems
    assert code in {problem.code for problem in problems}
    assert min(problem.line for problem in problems if problem.code == code) <= line


@pytest.mark.usefixtures("loader")
def test_an_explicit_empty_text_is_allowed() -> None:
    document = parse_yaml('a: ""\nb: "null"\n', "x")
    assert document.problems == []
    assert document.data == {"a": "", "b": "null"}


plain_text = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Cn"], exclude_characters="\u2028\u2029\ufeff\ufffe")
)
trees = st.recursive(
    plain_text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(plain_text, inner, max_size=4),
    max_leaves=12,
)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(trees)
def test_what_is_written_is_what_is_read(tree) -> None:
    text = yaml.dump(tree, Dumper=QuotingDumper, allow_unicode=True, width=10_000)
    document = parse_yaml(text, "x")
    assert document.problems == []
    assert document.data == tree


@given(st.text())
def test_no_text_breaks_the_reader(text: str) -> None:
    document = parse_yaml(text, "x")
    assert document.problems or document.data is not None


class QuotingDumper(yaml.SafeDumper):
    """Quotes every text, so that "yes" and "" come back as they are; never writes anchors."""

    def ignore_aliases(self, data) -> bool:
        return True


QuotingDumper.add_representer(
    str, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"')
)
