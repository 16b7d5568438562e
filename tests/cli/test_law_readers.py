"""habeas law review, text, page, export from the door."""

from __future__ import annotations

import json

import pytest

from habeas.cli.door import run


@pytest.fixture
def signed(tmp_path, capsys):
    run(["law", "review", "key", str(tmp_path / "k"), "--name", "chambers.example/r"])
    vkey = capsys.readouterr().out.splitlines()[0]
    code = run(
        [
            *("law", "review", "sign", "cn.pipl.art16", "--key", str(tmp_path / "k")),
            *("--as", "A. Jurist (fictional)", "-o", str(tmp_path / "r.json")),
        ]
    )
    capsys.readouterr()
    assert 0 == code
    return tmp_path, vkey


def test_a_review_is_signed_added_to_and_checked(signed, capsys):
    """Two reviews in one file, both hold for whoever names the key."""
    folder, vkey = signed
    again = ["law", "review", "sign", "cn.pipl.art6", "--key", str(folder / "k")]
    run([*again, "--as", "A. Jurist (fictional)", "-o", str(folder / "r.json")])
    capsys.readouterr()
    code = run(["law", "review", "check", str(folder / "r.json"), "--trust", vkey, "--json"])

    said = json.loads(capsys.readouterr().out)
    assert (0, 2) == (code, said["reviewed"])


def test_an_untrusted_review_is_not_proved_and_a_forged_one_refused(signed, capsys):
    """Exit 4 for a key nobody named, 3 for a signature that doesn't fit."""
    folder, vkey = signed
    path = folder / "r.json"

    assert 4 == run(["law", "review", "check", str(path)])
    path.write_text(path.read_text().replace("A. Jurist", "B. Jurist"))
    assert 3 == run(["law", "review", "check", str(path), "--trust", vkey])


def test_the_page_is_one_file_in_each_language(tmp_path, capsys):
    """No script, nothing fetched."""
    for lang, word in (("en", "how it is coded"), ("zh", "如何编码")):
        page = tmp_path / f"{lang}.html"
        assert 0 == run(["law", "page", "-o", str(page), "--lang", lang])
        text = page.read_text(encoding="utf-8")
        assert word in text
        assert "cn.pipl.art16" in text
        assert "<script" not in text
        assert "http" not in text


def test_a_statute_without_a_pinned_article_is_not_kept(tmp_path, capsys):
    """Exit 4: nothing agreed, nothing is shown as official."""
    (tmp_path / "law.md").write_text("第一条 别的法。\n", encoding="utf-8")
    code = run(["law", "text", "import", str(tmp_path / "law.md"), "--to", str(tmp_path / "t")])

    assert 4 == code
    assert 4 == run(["law", "text", "show", "cn.pipl.art16", "--from", str(tmp_path / "t")])


def test_the_export_is_json_with_a_context(tmp_path, capsys):
    """To a file, or to stdout."""
    assert 0 == run(["law", "export", "-o", str(tmp_path / "cn.jsonld")])
    assert "@context" in json.loads((tmp_path / "cn.jsonld").read_text(encoding="utf-8"))
    assert 2 == run(["law", "export", "-o", str(tmp_path / "cn.txt")])
