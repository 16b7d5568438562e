"""A borrower's matter and words for tests; the words carry a mark."""

from __future__ import annotations

import copy
from datetime import date

from habeas.law.book import load_book
from habeas.law.matter import matter_from
from habeas.law.yaml_reading import yaml_document

DAY = date(2026, 11, 24)
MARK = "zq7标记"
MATTER = yaml_document(
    """
format: matter/v1
law: [cn]
matter:
  acted_on: "2026-09-01"
  place_of_processing: cn
  subjects_in: [cn]
  division_code: 330106
  filing_state: not_filed
parties:
  p1: {role: controller, kind: company, sector: loan_platform, seat: cn, licences: []}
uses:
  u1:
    party: p1
    issues: [ground]
    data: [contact_list, call_sms_log]
    relationship: borrower
    identifiability: identified
    operations: [collect, use, provide]
    purposes: [debt_collection]
    basis_claimed: [consent]
    consent: refused
    service_refused_without: true
    works_without: true
    contract_with_subject: true
    youngest_age: 30
claims:
  c1:
    against: [p1]
    rests_on: [u1]
    remedies: [cease, apology, material]
    forum: civil_court
    claimant: subject
    subject_matter: personal_data
    amount: {minor: 500000, currency: CNY}
    loss: {minor: 320000, currency: CNY}
    days_since_known: 80
""",
    file="matter.yaml",
).value
WORDS = f"""
format: claim/v1
person: {{姓名: {MARK}甲, 电话: "13800138000", 通讯地址: {MARK}路1号}}
respondent: {{名称: {MARK}平台, 地址: 某市}}
facts: [平台索取通讯录, 并联系我的朋友催收]
average_wage: {{minor: 9000000, currency: CNY}}
over_network: true
papers:
  complaint:
    own_right: 我的通讯录被用于催收
  statement_of_claim:
    court: 某某区人民法院
    causation: 催收电话所用号码只存于我的通讯录
conditions:
  complaint: {{agent: false}}
"""


def matter(edit=lambda document: None):
    document = copy.deepcopy(MATTER)
    edit(document)
    return matter_from(document)


def book():
    return load_book("cn")
