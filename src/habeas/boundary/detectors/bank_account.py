"""Account numbers and payment accounts, by the column's name."""

from habeas.boundary.detector import ART28, Detector, Names
from habeas.boundary.draw import Category
from habeas.terms import Text

DETECTOR = Detector(
    id="bank_account",
    label=Text(en="bank or payment account", zh="金融账户"),
    category=Category.SENSITIVE,
    citations=(*ART28, "cn.std.gbt45574"),
    evidence="header",
    names=Names(
        en="account number|account no|acct no|bank account|bank account number|alipay|"
        "alipay account|wechat pay|routing number|acct num|bank acct|zhanghao|cvv|"
        "card cvv|pin code|password|passwd|pwd",
        zh="银行账号|账号|账户号码|支付宝|开户账号|密码|支付密码",
    ),
    families=frozenset({"string", "int"}),
    direct=True,
    plausible=lambda value: any(c.isalnum() for c in value) and len(value) >= 3,
)
