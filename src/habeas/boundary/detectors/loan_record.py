"""A loan and what was paid on it, as a fact about the borrower."""

from habeas.boundary.detector import ART4, Detector, Names
from habeas.boundary.draw import Category
from habeas.terms import Text

DETECTOR = Detector(
    id="loan_record",
    label=Text(en="loan record", zh="贷款记录"),
    category=Category.PERSONAL,
    citations=ART4,
    names=Names(
        en="loan|loan amount|loan amt|loan purpose|loan term|loan type|term|term months|"
        "duration|interest rate|annual rate|rate|apr|installment|installment rate|"
        "instalment|principal|balance|paid total|paid principal|paid interest|"
        "paid late fee|paid late fees|disbursed|disbursed on|disbursement|"
        "disbursement method|disbursed date|due date|due on|repayment|issue month|"
        "issue date|issue d|application type|listing status|initial listing status|"
        "credit amount|bill amt|bill amount|pay amt|payment amount|pay|repaid|"
        "outstanding|outstanding balance|portfolio|debit amount|jkje|daikuan|huankuan|"
        "purpose|lilv|qixian|fangkuan|status|target",
        zh=(
            "贷款金额|借款金额|贷款期限|利率|放款日期|放款|到期日|还款|期数|分期|本金|"
            "利息|贷款用途|借款|贷款|账单"
        ),
    ),
    families=frozenset({"int", "float", "date", "bool", "string"}),
)
