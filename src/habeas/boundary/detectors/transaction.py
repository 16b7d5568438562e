"""Orders, purchases, payments and gifts of a person."""

from habeas.boundary.detector import ART4, Detector, Names
from habeas.boundary.draw import Category
from habeas.terms import Text

DETECTOR = Detector(
    id="transaction",
    label=Text(en="transactions", zh="交易记录"),
    category=Category.PERSONAL,
    citations=ART4,
    names=Names(
        en="transaction|txn amt|txn amount|transaction amount|purchase|purchase amount|"
        "order amount|payment|"
        "donation|gift|spend|spending|consumption|trade amount|trade time|jiaoyi|"
        "xiaofei|last purchase",
        zh="交易|消费|订单金额|支付金额|购买",
    ),
    families=frozenset({"int", "float", "date", "bool", "string"}),
)
