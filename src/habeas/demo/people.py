"""The half of the book that says who the borrowers are."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from habeas.demo import numbers, words
from habeas.demo.draws import (
    Bools,
    Draws,
    Floats,
    Ints,
    either,
    joined,
    sparse,
    taken,
    text,
    weighed,
)

_YOUNGEST, _OLDEST = 18.1, 66.0  # nobody in the book is a minor
_YEAR = 365.2425


def people(draws: Draws, day: date) -> dict[str, pl.Series]:
    """Columns about the person, in the book's order."""
    home = draws.place("home", [place.weight for place in words.DISTRICTS])
    origin = np.where(draws.happens("moved", 0.4), _origin(draws), home)
    male = draws.happens("sex", 0.61)
    born, age = _births(draws, day)
    surname, given = _names(draws, "person", male)
    peoples = draws.word("people", *weighed(words.ETHNIC_GROUPS))
    card = numbers.bank_cards(draws)
    job = draws.place("job", [1.0] * len(words.OCCUPATIONS))
    marital = _marital(draws, age)
    return {
        "borrower_id": _borrower_ids(draws),
        "name": _in_own_tongue(draws, peoples, joined(surname, given)),
        "id_number": numbers.resident_ids(draws, origin, born, male),
        "mobile": numbers.as_written(draws, numbers.mobiles(draws, "mobile")),
        "bank_card": card,
        "birth_date": born,
        "sex": either(male, _same("男", draws.rows), _same("女", draws.rows)),
        "ethnic_group": peoples,
        "address": addresses(draws, home),
        "postcode": taken([place.postcode for place in words.DISTRICTS], home),
        "email": _mailboxes(draws, surname),
        "employer": _employers(draws, home),
        "occupation": taken([name for name, _ in words.OCCUPATIONS], job),
        "monthly_income": _incomes(draws, job),
        "education": draws.word("education", *weighed(words.EDUCATION)),
        "marital_status": marital,
        "contacts": _contacts(draws, surname, (marital == "已婚").to_numpy()),
        "device_id": numbers.devices(draws),
        "ip_address": _addresses_online(draws),
        "plate": sparse(draws.happens("plate", 0.22), numbers.plates(draws, home)),
        "passport": sparse(draws.happens("passport", 0.08), numbers.passports(draws)),
        "region": taken([place.province for place in words.DISTRICTS], home),
    }


def _same(word: str, rows: int) -> pl.Series:
    return pl.Series([word]).new_from_index(0, rows)


def _origin(draws: Draws) -> Ints:
    return draws.place("origin", [place.weight for place in words.DISTRICTS])


def _borrower_ids(draws: Draws) -> pl.Series:
    """B and nine digits, in no order and no two alike."""
    serial = draws.stream("borrower").permutation(draws.rows) * 4
    return joined("B", text(serial + draws.whole("borrower_low", 100_000, 100_003), 9))


def _births(draws: Draws, day: date) -> tuple[pl.Series, Floats]:
    age = _YOUNGEST + (_OLDEST - _YOUNGEST) * draws.stream("age").beta(1.5, 3.2, draws.rows)
    days = np.datetime64(day) - np.floor(age * _YEAR).astype("timedelta64[D]")
    return pl.Series(days).cast(pl.Date), age


def _names(draws: Draws, who: str, male: Bools) -> tuple[pl.Series, pl.Series]:
    """Surnames, and given names of one or two characters."""
    place = draws.place(who + "_surname", [weight for _, _, weight in words.SURNAMES])
    surname = taken([name for name, _, _ in words.SURNAMES], place)
    return surname, given_names(draws, who, male)


def given_names(draws: Draws, who: str, male: Bools) -> pl.Series:
    """One character in about a fifth of the cases, two in the others."""
    first, second = (
        either(
            male,
            draws.word(f"{who}_m{turn}", tuple(words.GIVEN_MALE)),
            draws.word(f"{who}_f{turn}", tuple(words.GIVEN_FEMALE)),
        )
        for turn in (1, 2)
    )
    return either(draws.happens(who + "_short", 0.22), first, joined(first, second))


def _in_own_tongue(draws: Draws, peoples: pl.Series, plain: pl.Series) -> pl.Series:
    """Half of the Uyghur borrowers have a name with a middle dot and no Han surname."""
    own = (peoples == "维吾尔族").to_numpy() & draws.happens("own_name", 0.5)
    dotted = joined(
        draws.word("uyghur_given", words.GIVEN_UYGHUR), "·",
        draws.word("uyghur_patronym", words.PATRONYM_UYGHUR),
    )  # fmt: skip
    return either(own, dotted, plain)


def addresses(draws: Draws, home: Ints) -> pl.Series:
    """Two thirds in town, with house and flat; one third in villages."""
    path = taken([place.path for place in words.DISTRICTS], home)
    number = text(draws.whole("door", 1, 299))
    town = joined(
        path, draws.word("street", words.STREETS), number, "号",
        draws.word("community", words.COMMUNITIES), text(draws.whole("block", 1, 28)), "栋",
        text(draws.whole("entrance", 1, 4)), "单元", text(draws.whole("floor", 1, 26)),
        text(draws.whole("flat", 1, 6), 2), "室",
    )  # fmt: skip
    village = joined(
        path, draws.word("town", words.TOWNS), draws.word("village", words.VILLAGES),
        text(draws.whole("group", 1, 12)), "组", number, "号",
    )  # fmt: skip
    return either(draws.happens("in_town", 0.67), town, village)


def _mailboxes(draws: Draws, surname: pl.Series) -> pl.Series:
    pinyin = surname.replace_strict({name: sound for name, sound, _ in words.SURNAMES})
    local = joined(
        pinyin, draws.word("mail_mark", ("", ".", "_")), draws.word("mail_1", words.SYLLABLES),
        draws.word("mail_2", words.SYLLABLES), text(draws.whole("mail_number", 1, 9999)),
    )  # fmt: skip
    box = joined(local, "@", draws.word("mail_domain", words.MAIL_DOMAINS))
    return sparse(draws.happens("mail", 0.88), box)


def _employers(draws: Draws, home: Ints) -> pl.Series:
    city = taken([place.short_city for place in words.DISTRICTS], home)
    name = joined(
        city, "示例", draws.word("brand", words.BRANDS), draws.word("trade", words.TRADES)
    )
    return sparse(draws.happens("employed", 0.91), name)


def _incomes(draws: Draws, job: Ints) -> pl.Series:
    typical = np.array([income for _, income in words.OCCUPATIONS])[job]
    drawn = typical * draws.stream("income").lognormal(0.0, 0.32, draws.rows)
    return pl.Series((np.round(drawn / 100) * 100).astype(np.int64))


def _marital(draws: Draws, age: Floats) -> pl.Series:
    chance = draws.stream("marital").random(draws.rows)
    single = chance < np.clip(1.5 - age / 30.0, 0.05, 0.95)
    rest = draws.word("marital_rest", ("已婚", "离异", "丧偶"), (84.0, 13.0, 3.0))
    return either(single, _same("未婚", draws.rows), rest)


def _contacts(draws: Draws, surname: pl.Series, married: Bools) -> pl.Series:
    """Two to four other persons, as JSON; none of them is asked."""
    count = 2 + draws.place("contact_count", (40.0, 40.0, 20.0))
    inside = _contact(draws, surname, married, 0)
    for turn in range(1, 4):
        longer = joined(inside, ",", _contact(draws, surname, married, turn))
        inside = either(count > turn, longer, inside)
    return joined("[", inside, "]")


def _contact(draws: Draws, surname: pl.Series, married: Bools, turn: int) -> pl.Series:
    who = f"contact_{turn}"
    relation = draws.word(who, *weighed(words.RELATIONS[turn]))
    relation = either(
        (relation == "配偶").to_numpy() & ~married, _same("朋友", draws.rows), relation
    )
    kin = relation.is_in(list(words.SAME_SURNAME)).to_numpy()
    other, given = _names(draws, who, relation.is_in(["父亲", "兄弟"]).to_numpy())
    phone = numbers.mobiles(draws, who)
    return joined(
        '{"name":"', either(kin, surname, other), given, '","relation":"', relation,
        '","phone":"', phone, '"}',
    )  # fmt: skip


def _addresses_online(draws: Draws) -> pl.Series:
    """Nine in ten look public and Chinese; the rest are of carriers' own or example networks."""
    last = [text(draws.whole(f"ip_{part}", 1, 254)) for part in (1, 2)]
    public = draws.word("ip_net", words.PUBLIC_NETS)
    kept = draws.word("ip_kept", words.CARRIER_NETS)
    example = draws.word("ip_example", words.EXAMPLE_NETS)
    inside = joined(kept, ".", last[0], ".", last[1])
    shown = either(draws.happens("ip_doc", 0.4), joined(example, ".", last[1]), inside)
    return either(
        draws.happens("ip_public", 0.9), joined(public, ".", last[0], ".", last[1]), shown
    )
