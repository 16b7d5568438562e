"""Our YAML holds no surprises, and the vocabulary is the frozen core with additions."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from habeas.errors import BadInput
from habeas.law.schema import load_vocabulary, vocabulary_from
from habeas.law.values import SetValue, WrongValueError, nearest
from habeas.law.yaml_reading import read_json, read_yaml, yaml_document
from habeas.terms import Money

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
FACTS = load_vocabulary().facts


def test_words_stay_words():
    """YAML's own reading would turn NO, 010 and 12:30:45 into something else."""
    document = yaml_document(
        "a: NO\nb: 010\nc: 12:30:45\nd: yes\ne: 1.0\nf: null\ng:\n", file="x.yaml"
    )

    assert {
        "a": "NO",
        "b": "010",
        "c": "12:30:45",
        "d": "yes",
        "e": "1.0",
        "f": None,
        "g": None,
    } == document.value


@pytest.mark.parametrize(
    ("text", "says", "line"),
    [
        ("a: 1\nb: 2\na: 3\n", "stands twice", "line 3"),
        ("a: &x 1\nb: *x\n", "anchors and aliases", "line 1"),
        ("a: !!python/none x\n", "tags are not used", "line 1"),
        ("a: [1\n", "not valid YAML", "line 2"),
        ("a: 1\n---\nb: 2\n", "more than one document", "line 2"),
        ("? [a]\n: 1\n", "a key must be a word", "line 1"),
        ("a: " + "[" * 80 + "]" * 80, "nested too deeply", "line 1"),
    ],
)
def test_tricks_are_refused_with_their_line(text, says, line):
    """A law file that could be read in two ways is not read at all."""
    with pytest.raises(BadInput) as caught:
        yaml_document(text, file="x.yaml")

    assert says in caught.value.says
    assert line == caught.value.place


def test_large_files_are_refused():
    """A bomb is refused before it is unfolded."""
    with pytest.raises(BadInput, match="larger than"):
        yaml_document("a" * 8_000_001, file="x.yaml")


@pytest.mark.parametrize("text", ['{"a": 1, "a": 2}', "{", '{"a": NaN}'])
def test_json_is_read_as_strictly(tmp_path, text):
    """The same matter in JSON cannot smuggle in what YAML may not."""
    (tmp_path / "m.json").write_text(text)

    with pytest.raises(BadInput):
        read_json(tmp_path / "m.json")


def test_a_file_that_is_not_there_is_said_so(tmp_path):
    """One sentence with the file, not a traceback."""
    with pytest.raises(BadInput, match="no such file"):
        read_yaml(tmp_path / "none.yaml")
    with pytest.raises(BadInput, match="folder"):
        read_yaml(tmp_path)
    (tmp_path / "gb.yaml").write_bytes("姓名: 甲".encode("gb18030"))
    with pytest.raises(BadInput, match="UTF-8"):
        read_yaml(tmp_path / "gb.yaml")


@pytest.mark.parametrize(
    ("fact", "raw", "expected"),
    [
        ("use.notice_given", "true", True),
        ("use.notice_given", False, False),
        ("use.youngest_age", "14", 14),
        ("use.illegal_gain", {"minor": "500", "currency": "CNY"}, Money(minor=500, currency="CNY")),
        ("matter.acted_on", "2026-03-01", date(2026, 3, 1)),
        ("event.at", "2026-03-01T09:00+00:00", datetime(2026, 3, 1, 9, tzinfo=UTC)),
        ("event.at", "2026-03-01", date(2026, 3, 1)),
        ("use.consent", "given", "given"),
    ],
)
def test_values_are_read_by_their_type(fact, raw, expected):
    """The type of the fact reads the word, not YAML."""
    assert expected == FACTS[fact].read(raw)


@pytest.mark.parametrize(
    ("fact", "raw"),
    [
        ("use.notice_given", "yes"),
        ("use.notice_given", 1),
        ("use.youngest_age", "010"),
        ("use.youngest_age", "12:30"),
        ("use.youngest_age", True),
        ("use.youngest_age", 1.0),
        ("use.illegal_gain", "500"),
        ("use.illegal_gain", {"minor": 5, "currency": "yuan"}),
        ("use.illegal_gain", {"minor": 5.5, "currency": "CNY"}),
        ("matter.acted_on", "2026-02-30"),
        ("matter.acted_on", "20260301"),
        ("event.at", "2026-03-01T09:00"),
        ("use.consent", "Given"),
        ("party.seat", "NO"),
        ("use.data", "face"),
        ("use.data", ["face", "feet"]),
        ("use.security", {"encryption": "maybe"}),
    ],
)
def test_values_of_another_type_are_refused(fact, raw):
    """A value that could be misread is refused, with what to write instead."""
    with pytest.raises(WrongValueError) as caught:
        FACTS[fact].read(raw)

    assert caught.value.remedy


def test_a_list_closes_a_set_and_a_map_does_not():
    """Left out of a list is false; left out of a map is unknown."""
    fact = FACTS["use.security"]
    listed = fact.read(["encryption"])
    mapped = fact.read({"encryption": True, "training": False, "testing": None})

    assert (True, False) == (listed.has("encryption"), listed.has("training"))
    assert (True, False, None, None) == tuple(
        mapped.has(m) for m in ("encryption", "training", "testing", "patching")
    )
    assert SetValue(yes=frozenset(), no=frozenset(fact.members)) == fact.read([])


def test_the_nearest_right_word_is_offered():
    """Who mistypes is helped on."""
    assert "did you mean 'given'?" == nearest("gven", ["given", "refused"])
    assert "use one of: a, b" == nearest("zzz", ["b", "a"])


def test_the_core_is_unchanged():
    """Ids and members of core-1 are public names: additions only."""
    shared = SHARED / "law" / "facts_core.yaml"
    if not shared.exists():
        pytest.skip("the shared law sheets are not here")
    core = vocabulary_from(read_yaml(shared))
    ours = load_vocabulary()

    assert "core-1" == ours.version
    assert core.axioms == ours.axioms
    assert core.domains == ours.domains
    for id_, fact in core.facts.items():
        assert fact == ours.facts[id_]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("level: use", "level: usage"),
        ("type: bool", "type: boolean"),
        ("nature: brute", "nature: raw"),
        ("id: use.x", "id: party.x"),
    ],
)
def test_a_vocabulary_with_a_wrong_word_is_refused(change, says):
    """A misspelt level, type or nature is caught when the vocabulary is loaded."""
    good = "format: facts/v1\nfacts:\n- id: use.x\n  level: use\n  type: bool\n  nature: brute\n  question: {en: a, zh: b}\n"
    assert "use.x" in vocabulary_from(yaml_document(good, file="f.yaml")).facts

    with pytest.raises(BadInput) as caught:
        vocabulary_from(yaml_document(good.replace(change, says), file="f.yaml"))
    assert "f.yaml" == caught.value.file


def test_an_unknown_fact_is_answered_with_the_nearest():
    """`habeas facts use.consnt` helps on."""
    with pytest.raises(BadInput, match=r"use\.consent"):
        load_vocabulary().fact("use.consnt")
