"""Hierarchy files as ARX writes them."""

from __future__ import annotations

import pytest

from habeas.errors import BadInput
from habeas.protection.hierarchies import read_hierarchy


def test_the_published_hierarchies_are_read(shared_tables):
    """Files made by others: ages in steps of 5, 10 and 20 up to a star."""
    age = read_hierarchy(shared_tables / "adult_hierarchies" / "adult_hierarchy_age.csv")

    assert 100 == len(age.rows)
    assert 4 == age.top
    assert ("39", "35-39", "30-39", "20-39", "*") == age.rows["39"]
    assert "*" == age.level(4)["7"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "holds no values"),
        ("a;x;*\nb;y\n", "line 2: has another number of levels"),
        ("a;x;*\na;y;*\n", "line 2: repeats an earlier value"),
        ("a;x;p\nb;x;q\n", "value 2: one form of level 1 belongs to two forms of level 2"),
    ],
)
def test_a_broken_hierarchy_is_named(tmp_path, content, says):
    """A hierarchy that is no tree would make 'coarser' unsafe, so it is refused."""
    file = tmp_path / "h.csv"
    file.write_text(content, encoding="utf-8")

    with pytest.raises(BadInput, match=rf"h\.csv.*{says}"):
        read_hierarchy(file)


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    """No file and no UTF-8 are bad input with the file's name."""
    with pytest.raises(BadInput, match=r"h\.csv: can't be read"):
        read_hierarchy(tmp_path / "h.csv")
    (tmp_path / "h.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadInput, match=r"h\.csv: isn't UTF-8"):
        read_hierarchy(tmp_path / "h.csv")
