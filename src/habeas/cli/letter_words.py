"""What the types of envelopes and their effects are called on the screen."""

from __future__ import annotations

from collections.abc import Mapping

from habeas.terms import Text

TYPES: Mapping[str, Text] = {
    "notice": Text(en="privacy notice", zh="隐私声明"),
    "choice": Text(en="choice", zh="个人选择"),
    "request": Text(en="request", zh="权利请求"),
    "answer": Text(en="answer", zh="答复"),
    "bundle": Text(en="bundle of evidence", zh="证据包"),
    "complaint": Text(en="complaint", zh="投诉书"),
    "handover_offer": Text(en="hand-over letter", zh="移送函"),
    "handover_taken": Text(en="acceptance of a hand-over", zh="接收移送的答复"),
    "handover_declined": Text(en="refusal of a hand-over", zh="不接收移送的答复"),
    "referral": Text(en="referral to the common superior", zh="报请指定管辖"),
    "designation": Text(en="designation", zh="指定管辖"),
    "order": Text(en="order", zh="责令改正"),
    "decision": Text(en="decision", zh="处理决定"),
    "release_manifest": Text(en="release manifest", zh="数据交付清单"),
    "countersignature": Text(en="countersignature", zh="会签"),
    "claim": Text(en="claim", zh="诉讼请求"),
    "class_notice": Text(en="registration notice", zh="登记公告"),
    "opt_out": Text(en="opt-out", zh="退出声明"),
    "account": Text(en="statement of account", zh="对账单"),
    "incident_letter": Text(en="letter about an incident", zh="泄露通知"),
    "key_change": Text(en="change of key", zh="密钥更换"),
    "receipt": Text(en="receipt", zh="回执"),
}
EFFECTS: Mapping[str, Text] = {
    "kept": Text(en="kept", zh="已保存"),
    "applied": Text(en="applied", zh="已生效"),
    "no_effect": Text(en="without effect", zh="未产生效力"),
    "stranger": Text(en="not from the body it is for", zh="并非有权机关发出"),
    "malformed": Text(en="damaged", zh="内容不完整"),
    "delivered": Text(en="delivered", zh="已送达"),
    "not_ours": Text(en="of no letter of this home", zh="与本方信封无关"),
    "contradiction": Text(en="shows another log than before", zh="与先前出示的日志矛盾"),
    "key_changed": Text(en="key changed", zh="密钥已更换"),
    "waits": Text(en="waits for its receipt", zh="待回执"),
}
