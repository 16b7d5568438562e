"""A key of a record (order, contract): where it leads depends on what it is joined with."""

from habeas.boundary.detector import Detector, Names
from habeas.boundary.draw import Category
from habeas.terms import Text

DETECTOR = Detector(
    id="record_key",
    label=Text(en="key of a record", zh="记录编号"),
    category=Category.UNDECIDED,
    names=Names(
        en="id|order no|order id|order number|contract no|contract id|application no|"
        "application id|loan id|loan no|key|record id|row id|serial|serial no|bill no|"
        "trace no|ddh|bh|no|index|seq|sn|flow no|batch no|ticket id|case no|case id|"
        "transaction id",
        zh="订单号|合同号|编号|流水号|序号|申请编号|借据号|单号",
    ),
    families=frozenset({"int", "string"}),
)
