"""`habeas facts`: the vocabulary for whoever writes a matter."""


def test_all_facts_with_their_questions(habeas):
    """One line a fact."""
    said = habeas("facts")

    assert 0 == said.code
    assert "use.consent" in said.out
    assert 180 < len(said.out.splitlines())


def test_one_level(habeas):
    """Only the facts of that level."""
    lines = habeas("facts", "--level", "event").out.splitlines()

    assert {"event"} == {line.split(".")[0] for line in lines}


def test_one_fact_in_full(habeas):
    """Members, nature and who reads it, in either language."""
    said = habeas("facts", "use.consent_form", "--lang", "zh")

    assert "书面（签署）" in said.out
    assert "cn.pipl.art14.p1" in said.out
    assert "use.service_refused_without" in habeas("facts", "use.consent_free").out


def test_as_json(habeas):
    """Stable keys for other programs."""
    fact = habeas("facts", "use.sensitive", "--json").json["facts"][0]

    assert ("use.sensitive", "derived", "bool") == (fact["id"], fact["nature"], fact["type"])
    assert ["use.data", "use.under_14", "use.source"] == fact["from"]


def test_a_misspelt_fact_is_helped_on(habeas):
    """The nearest right word."""
    said = habeas("facts", "use.consnt")

    assert (2, "") == (said.code, said.out)
    assert "did you mean 'use.consent" in said.err
    assert 2 == habeas("facts", "--level", "evnt").code
