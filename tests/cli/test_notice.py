"""habeas notice: complete or unpublishable, item by item, by provision."""

from __future__ import annotations

import pytest


def edited(world, tmp_path, old, new):
    text = world.ACTIVITY.read_text("utf-8")
    assert old in text
    path = tmp_path / "activity.yaml"
    path.write_text(text.replace(old, new), "utf-8")
    return path


def test_a_draft_is_read_in_chinese_first(habeas, world):
    """The Chinese text is the one that counts; it needs no home."""
    said = habeas("notice", "draft", world.ACTIVITY)

    assert 0 == said.code
    assert "个人信息处理者的名称" in said.out
    assert "示例借款平台" in said.out
    assert "Example Loans" in habeas("notice", "draft", world.ACTIVITY, "--lang", "en").out


def test_check_names_a_missing_item_with_its_provision(habeas, world, tmp_path):
    """Exit 3: the law says no."""
    path = edited(world, tmp_path, "  explain_route:", "  deceased_relatives:")
    said = habeas("notice", "check", path)

    assert 3 == said.code
    assert "cn.pipl.art48" in said.out


def test_check_names_what_would_settle_an_open_item(habeas, world, tmp_path):
    """Exit 4: not missing, not complete."""
    path = edited(world, tmp_path, "{app: false, merger: false}", "{merger: false}")
    said = habeas("notice", "check", path, "--json")

    (item,) = said.json["missing"]
    assert (4, "sdk_list", "open", ["circumstances.app"]) == (
        said.code,
        item["item"],
        item["state"],
        item["needs"],
    )


@pytest.mark.parametrize(
    ("old", "new", "code", "says"),
    [
        ("  retention:", "  security_summary:", 3, "cn.pipl.art17.p1"),
        ("{app: false, merger: false}", "{}", 4, "circumstances.app"),
    ],
)
def test_a_dishonest_controller_cannot_publish_half_a_notice(
    habeas, platform, world, tmp_path, *, old, new, code, says
):
    """Leaving out what the law demands is refused by name, and the log does not grow by a notice."""
    path = edited(world, tmp_path, old, new)
    said = habeas("notice", "publish", path)

    assert code == said.code
    assert says in said.err
    # The declaration itself was recorded: that is what the controller said.
    assert 2 == habeas("activity", "show", "--json").json[0]["version"]
    assert code == habeas("notice", "publish", "loan-servicing").code


def test_publishing_again_changes_nothing(habeas, platform):
    """One version of an activity, one notice."""
    first = habeas("notice", "publish", "loan-servicing", "--json").json
    again = habeas("notice", "publish", "loan-servicing", "--json").json

    assert first["digest"] == again["digest"]


def test_a_new_version_is_told_as_a_change(habeas, platform, world, tmp_path):
    """Persons see that it is version 2."""
    path = edited(world, tmp_path, "Three years after", "Two years after")
    said = habeas("notice", "publish", path, "--json").json

    assert 2 == said["version"]
    (item,) = [i for i in said["notice"]["items"] if i["item"] == "version_date"]
    assert "Version 2" in item["text"]["en"]
