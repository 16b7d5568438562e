"""habeas trace: the collector named by its canaries, the tests counted for good."""

from __future__ import annotations

COLLECT = ("--activity", "loan-servicing", "--to", "collector", "--purpose", "debt_collection")


def test_a_leaked_copy_names_its_recipient_and_counts_its_tests(habeas, platform, loans, tmp_path):
    """The whole copy leaks: canaries accuse; a second trace counts the first one's tests."""
    habeas("release", loans, *COLLECT, "-o", tmp_path / "c.csv")

    first = habeas("trace", tmp_path / "c.csv", "--json", "-o", tmp_path / "a.json")
    second = habeas("trace", tmp_path / "c.csv", "--json")

    assert (0, "named", ["collector"]) == (
        first.code,
        first.json["outcome"],
        first.json["named"],
    ), first.err
    assert 0 == first.json["tests"]["before"]
    assert first.json["tests"]["made"] == second.json["tests"]["before"]
    assert (tmp_path / "a.json").is_file()


def test_the_controllers_own_table_excludes_the_recipients(habeas, platform, loans, tmp_path):
    """A controller must not pin its own leak on a recipient."""
    habeas("release", loans, *COLLECT, "-o", tmp_path / "c.csv")
    said = habeas("trace", loans, "--original", loans, "--json")

    assert "named" != said.json["outcome"]


def test_nothing_released_is_nothing_to_trace_to(habeas, platform, loans):
    """One sentence, exit 2."""
    said = habeas("trace", loans)

    assert (2, True) == (said.code, "released nothing" in said.err)


def test_it_says_what_it_does_not_show(habeas, platform, loans, tmp_path):
    """An accusation without its limits would be a trap for the reader."""
    habeas("release", loans, *COLLECT, "-o", tmp_path / "c.csv")
    said = habeas("trace", tmp_path / "c.csv", "--lang", "zh")

    assert 0 == said.code
    assert "不指向复制它的人" in said.out


def test_a_file_with_nothing_in_common_says_so(habeas, platform, loans, tmp_path):
    """Not a bare "not decidable": no row is known, and no mark was read."""
    habeas("release", loans, *COLLECT, "-o", tmp_path / "c.csv")
    (tmp_path / "other.csv").write_text("a,b\n1,x\n2,y\n", "utf-8")
    said = habeas("trace", tmp_path / "other.csv")

    assert 4 == said.code
    assert "no row in common" in said.out
    assert "excluded, not named" in said.out
