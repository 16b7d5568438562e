"""A customer, borrower or user number: leads to one person through the holder's own tables."""

from habeas.boundary.detector import ART4, Detector, Names
from habeas.boundary.draw import Category
from habeas.terms import Text

DETECTOR = Detector(
    id="person_key",
    label=Text(en="customer or user number", zh="客户编号"),
    category=Category.PERSONAL,
    citations=ART4,
    names=Names(
        en="borrower id|customer id|cust id|client id|user id|uid|member id|person id|"
        "patient id|employee id|subject id|applicant id|student id|account id|"
        "customer no|cust no|user no|member no|borrower no|customer number|client no|"
        "userid|custid|khbh|yhbh|kehuhao|openid|unionid|employee no|staff id|"
        "policy holder id|username|user name|nickname|login name|wechat|qq|weixin|"
        "screen name",
        zh=(
            "客户编号|客户号|用户编号|用户ID|会员号|会员编号|用户名|员工编号|工号|学号|微信号|昵称"
        ),
    ),
    families=frozenset({"int", "string"}),
    direct=True,
    plausible=lambda value: len(value) >= 1,
)
