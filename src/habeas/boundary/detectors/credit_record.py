"""Credit record: scores, arrears, defaults, inquiries, bankruptcies."""

from habeas.boundary.detector import ART28, Detector, Names
from habeas.boundary.draw import Category
from habeas.terms import Text

DETECTOR = Detector(
    id="credit_record",
    label=Text(en="credit record", zh="征信信息"),
    category=Category.SENSITIVE,
    citations=(*ART28, "cn.std.gbt45574"),
    names=Names(
        en="credit score|score|fico|credit history|credit hist|credit record|credit rating|"
        "rating|grade|sub grade|delinq|delinq 2y|delinquency|overdue|overdue days|"
        "days past due|dpd|past due|default|default flag|default payment next month|"
        "bankrupt|bankruptcy|public record bankrupt|public record|tax lien|inquiry|"
        "inquiries|inquiries last|credit inquiry|collection|collections|num collections|"
        "total collection amount ever|failed to pay|historical failed to pay|"
        "months since last delinq|90d late|120d past due|30d past due|"
        "account never delinq percent|never delinq|accounts delinq|credit line|"
        "credit lines|earliest credit line|total credit lines|open credit lines|"
        "total credit limit|total credit utilized|credit utilization|existing credit|"
        "satisfactory account|num satisfactory accounts|cc account|cc carrying balance|"
        "mort account|debit account|active debit account|num mort accounts|debit limit|"
        "total debit limit|current installment account|installment account|"
        "account opened|accounts opened|zhengxin|yuqi|yqts|loan status|repayment status|"
        "pay status|risk score|risk level|collection status|blacklist|"
        "credit limit|limit bal|num accounts",
        zh=(
            "信用评分|信用分|征信|逾期天数|逾期|欠款|违约|信用记录|信用等级|评分|黑名单|"
            "芝麻分|还款状态|贷款状态|催收状态|授信额度"
        ),
    ),
    families=frozenset({"int", "float", "date", "bool", "string"}),
    note=Text(
        en="the standard names credit-reporting information among other sensitive personal "
        "information; a lender's own record of arrears is read the same way",
        zh="标准将征信信息列为其他敏感个人信息，出借人自身的逾期记录比照处理",
    ),
)
