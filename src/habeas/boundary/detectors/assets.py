"""Savings, property, accounts as amounts: what a person owns."""

from habeas.boundary.detector import ART4, Detector, Names
from habeas.boundary.draw import Category
from habeas.terms import Text

DETECTOR = Detector(
    id="assets",
    label=Text(en="assets", zh="财产状况"),
    category=Category.PERSONAL,
    citations=ART4,
    names=Names(
        en="asset|saving|property|deposit|net worth|balance amount|account balance|"
        "checking account|zichan|car ownership|owns car|capital gain|capital loss|"
        "installment other",
        zh="资产|存款|房产|车产|财产",
    ),
    families=frozenset({"int", "float", "date", "bool", "string"}),
)
