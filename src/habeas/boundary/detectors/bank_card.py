"""Bank cards: 13 to 19 digits, a known issuer range, and the Luhn digit.

Luhn alone accepts a tenth of all order numbers; a column is judged by the excess over that.
"""

import re

from habeas.boundary.checksums import luhn
from habeas.boundary.detector import ART28, Detector, InText, Look, Names, Needs
from habeas.boundary.draw import Category
from habeas.boundary.fold import digits_of
from habeas.terms import Text

_CARD = re.compile(r"[0-9]{13,19}")
_ONLY = re.compile(r"[0-9 \-.·]{13,26}")
# Issuer ranges by length: UnionPay 62/60/81, Visa 4, Mastercard 51-55 and 2221-2720, Amex 34/37,
# JCB 35, Diners 30/36/38/39, Discover 6011/64/65, Maestro 50/56-58/6, older domestic cards 9.
_ISSUER = re.compile(
    r"62[0-9]{13,17}|6[0-9]{14,18}|4(?:[0-9]{12}|[0-9]{15}|[0-9]{18})|5[0-8][0-9]{13,17}|"
    r"2[2-7][0-9]{14}|3[47][0-9]{13}|35[0-9]{14,17}|3[0689][0-9]{12,17}|81[0-9]{14,17}|"
    r"9[0-9]{14,18}"
)
_STRICT = re.compile(
    r"62[0-9]{14,17}|60[0-9]{14,17}|6[4-5][0-9]{14}|4(?:[0-9]{12}|[0-9]{15}|[0-9]{18})|"
    r"5[1-5][0-9]{14}|2[2-7][0-9]{14}|3[47][0-9]{13}|35[0-9]{14}|3[0689][0-9]{12}|"
    r"5[0678][0-9]{10,17}|955[0-9]{13,16}"
)


# Numbers of orders, payments and parcels begin with 62 too and pass Luhn one time in ten: the word
# directly before or behind the number says what it is.
_OTHER = re.compile(
    r"(?:订单|流水|单据|工单|运单|快递|物流|交易|凭证|合同|保单|发票|票据|支付|序列|批次|商户|参考|"
    r"业务|申请|案件|受理|报案|回单|编|单|货|批|案)(?:编号|单号|流水|序列)?(?:号码|号|码)?"
    r"(?:是|为)?[\s:=#\"'(,]{0,4}$"
    r"|(?:流水|编号|单号)(?:是|为)?[\s:=#\"'(,]{0,4}$"
    r"|(?<![A-Za-z])(?:ref|reference|order|invoice|txn|transaction|trace|tracking|parcel|shipment|"
    r"waybill|serial|ticket|receipt|voucher|batch|case|sn|uuid|trade|barcode|isbn)"
    r"[ _\-]?(?:no|number|num|nr|id|code|reference)?\.?(?: on file| given| shown)?"
    r"(?: is| was| of)?[\s:=#\"'(,]{0,4}$",
    re.IGNORECASE,
)
_NOT_BEHIND = r"(?!号?(?:订单|工单|运单|流水|单据|包裹|快件))"


def look(value: str) -> Look:
    if not _ONLY.fullmatch(value):
        return Look.NONE
    number = digits_of(value)
    if not _CARD.fullmatch(number):
        return Look.NONE
    return Look.VALID if luhn(number) and _ISSUER.fullmatch(number) else Look.SHAPE


def _in_text(found: str) -> bool:
    number = digits_of(found)
    return bool(_STRICT.fullmatch(number)) and luhn(number) and len(set(number)) > 2


DETECTOR = Detector(
    id="bank_card",
    label=Text(en="bank card number", zh="银行卡号"),
    category=Category.SENSITIVE,
    citations=(*ART28, "cn.std.gbt45574"),
    evidence="validated",
    names=Names(
        en="bank card|card number|card no|card num|credit card|debit card|bankcard|pan|cc number|"
        "bank card no|bank card number|yhk|yhkh|yinhangka|yinhangkahao|kahao|account card",
        zh="银行卡号|银行卡|信用卡号|借记卡|卡号|还款卡",
    ),
    keywords="银行卡|卡号|信用卡|储蓄卡|借记卡|尾号|card|visa|mastercard|amex|unionpay|银联|pan",
    cell=look,
    needs=Needs.DIGITS,
    begins=(_ONLY,),
    chance=0.1,
    checksum=True,
    direct=True,
    families=frozenset({"int", "string"}),
    plausible=lambda value: sum(c.isdigit() for c in value) >= 8,
    text=InText(
        pattern=re.compile(
            r"(?<![0-9A-Za-z])(?<![0-9][.\-])[2-69](?:[ \-]?[0-9]){11,18}"
            rf"(?![0-9A-Za-z])(?![.\-][0-9]){_NOT_BEHIND}"
        ),
        check=_in_text,
        unless=_OTHER,
        needs=Needs.DIGITS,
        rung="checksum",
    ),
)
