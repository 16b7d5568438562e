"""What collectors write. A slot in braces is filled when a note is made.

Which slots are personal, and so planted truth, stands in notes.py; `{=word}` is the word itself,
planted as a word of health.
"""

from __future__ import annotations

from typing import Final

PLAIN: Final = (
    "第{count}次拨打本人电话，无人接听。",
    "本人接听，承诺{date}前还款{amount}元。",
    "客户称资金周转困难，申请延期。",
    "短信已发送，未回复。",
    "本人关机，稍后再拨。",
    "客户情绪激动，挂断电话。",
    "已告知逾期后果，客户表示知晓。",
    "微信添加未通过。",
    "客户称下月{count}号发工资后处理。",
    "协商分{count}期还款，待审批。",
    "电话占线，{time}再拨。",
    "客户要求减免罚息{amount}元，已上报。",
    "承诺还款未到账，跟进。",
    "邮寄催收函，物流显示已签收。",
    "客户质疑利率过高，已解释合同条款。",
    "约定{date}再联系。",
    "本人称APP无法登录，已转技术。",
    "Promised to pay {amount} yuan by {date}.",
    "No answer, call {count}.",
    "Asked for an extension of {count} weeks.",
)

# Not personal, or not what they look like.
DECOYS: Final = (
    "本期应还{amount}元，订单号{!order}。",
    "还款流水{!order}已核对。",
    "系统诊断正常，推送{time}已发。",
    "行业健康发展宣导短信已发送。",
    "工单{!ticket}已关闭。",
    "尾号{count}{count}{count}的扣款失败，时间戳{!stamp}。",
    "Ticket {!ticket} closed, ref {!order}.",
    "本人手机{masked}停机。",
)

CLAUSES: Final = {
    "health": (
        "客户称{illness}{=住院}，暂时无力还款。",
        "其{relation}{=确诊}{illness}，家里花销大。",
        "本人因{illness}正在{treatment}，停工{=休养}。",
        "客户说{expecting}{pregnancy}，请求暂停催收。",
        "{=工伤}{injury}，在家{=休养}{count}个月。",
        "客户{=患}{illness}多年，长期{=服药}。",
        "{relation}做了{treatment}，积蓄已花完。",
        "Borrower says {illness_en} put him in {=hospital}.",
        "Client is under {=treatment} for {illness_en}, asked for a pause.",
        "情绪低落，自称有{illness}，注意沟通方式。",
    ),
    "job_loss": (
        "客户{dismissal}，正在找工作。",
        "称{dismissal}，无固定收入。",
        "单位效益差，上月{dismissal}。",
        "Client was {dismissal_en}, no income now.",
        "{dismissal}，等补偿金到账再还。",
    ),
    "relative_phone": (
        "{relation}电话{phone}，可代为转告。",
        "联系其{relation}{person}（{phone}），称不清楚欠款。",
        "紧急联系人{relation}{phone}已接通。",
        "打{phone}找到{relation}，答应转告。",
        "His brother can be reached at {phone}.",
        "{relation}的新号码是{phone}，旧号已停用。",
    ),
    "religion": (
        "客户{faith}，{feast}期间不便接电话。",
        "自称{faith}，周五下午不接电话。",
        "Client {faith_en}, call after prayers.",
    ),
    "ethnic_group": (
        "客户是{people}，普通话不流利，需换人沟通。",
        "{people}，请安排会当地语言的同事。",
    ),
    "cn_resident_id": (
        "身份证号{id}核对一致。",
        "补录证件{id}。",
        "ID {id} verified on the phone.",
    ),
    "bank_card": (
        "客户要求改扣款卡{card}。",
        "已告知可打款到{card}。",
        "代还账户{card}，户名{person}。",
    ),
    "postal_address": ("上门地址：{address}，无人。", "现住{address}，租房。"),
    "plate_cn": ("名下车辆{plate}停在小区。", "车牌{plate}已抵押给他人。"),
    "email": ("账单改发邮箱{mail}。", "Statement sent to {mail}."),
    "income": ("客户称现月收入{income}元。", "Says he earns {income} yuan a month."),
}

# Share of notes that get each clause, independent of one another; a clause that repeats something
# the row has not (a plate, a mailbox, a people other than Han) is left out there.
SHARES: Final = {
    "health": 0.04,
    "job_loss": 0.03,
    "relative_phone": 0.06,
    "religion": 0.003,
    "ethnic_group": 0.03,
    "cn_resident_id": 0.008,
    "bank_card": 0.008,
    "postal_address": 0.01,
    "plate_cn": 0.018,
    "email": 0.005,
    "income": 0.01,
}
DECOY_SHARE: Final = 0.08

ILLNESS: Final = (
    "糖尿病",
    "高血压",
    "乳腺癌",
    "抑郁症",
    "肺炎",
    "脑梗",
    "冠心病",
    "尿毒症",
    "胃癌",
    "腰椎间盘突出",
    "肝硬化",
    "白血病",
)
ILLNESS_EN: Final = ("diabetes", "depression", "a stroke", "kidney failure", "cancer", "pneumonia")
TREATMENT: Final = ("化疗", "透析", "放疗", "康复治疗", "搭桥手术")
PREGNANCY: Final = ("怀孕五个月", "流产", "剖腹产")
INJURY: Final = ("骨折", "腰部扭伤", "手指截肢", "脑震荡")
DISMISSAL: Final = ("被公司辞退", "被裁员", "失业", "下岗", "被单位开除")
DISMISSAL_EN: Final = ("laid off", "dismissed", "made redundant")
FAITH: Final = ("是穆斯林", "信佛", "是基督徒", "信仰天主教")
FAITH_EN: Final = ("is a Muslim", "is a Buddhist", "is a Christian")
FEAST: Final = ("斋月", "礼拜", "法会")
RELATIVES: Final = ("父亲", "母亲", "哥哥", "弟弟", "姐姐", "妹妹", "舅舅", "表弟", "叔叔", "女儿")
