"""Health: illnesses, treatment, medicines; by words in text, by name and codes in columns."""

import re

from habeas.boundary.detector import ART28, Detector, InText, Look, Names, Needs
from habeas.boundary.draw import Category
from habeas.terms import Text

# Words are bound to illness and care; 健康 or "health" alone say nothing about a person.
_ZH = (
    "住院|手术|化疗|放疗|透析|确诊|诊断为|诊断出|患有|患病|癌|肿瘤|白血病|糖尿病|高血压|"
    "心脏病|冠心病|脑梗|"
    "中风|抑郁|焦虑症|精神分裂|双相|艾滋|乙肝|肝炎|肝硬化|肾病|尿毒症|肺结核|哮喘|癫痫|"
    "骨折|瘫痪|残疾|流产|怀孕|"
    "孕期|吃药|服药|就医|看病|治病|重病|生病|大病|病重|卧床|车祸受伤|工伤|康复|出院|急诊|"
    "ICU|门诊|医院治疗|体检异常"
)
_EN = (
    "hospitali[sz]ed|in hospital|surgery|operation on|chemotherapy|dialysis|diagnosed "
    "with|cancer|"
    "tumou?r|leuk[a]?emia|diabet(?:es|ic)|hypertension|stroke|heart (?:attack|disease)|"
    "depression|"
    "anxiety disorder|schizophrenia|bipolar|hiv|aids|hepatitis|kidney failure|asthma|epilepsy|"
    "disabled|disability|pregnan(?:t|cy)|miscarriage|medication|prescription|in treatment|illness"
)
_WORDS = re.compile(rf"(?:{_ZH})|(?<![A-Za-z])(?:{_EN})(?![A-Za-z])", re.IGNORECASE)
_ICD = re.compile(r"[A-TV-Z][0-9]{2}(?:\.[0-9A-Z]{1,4})?")


def look(value: str) -> Look:
    if _ICD.fullmatch(value):
        return Look.SHAPE
    return Look.VALID if _WORDS.search(value) else Look.NONE


DETECTOR = Detector(
    id="health",
    label=Text(en="medical and health information", zh="医疗健康信息"),
    category=Category.SENSITIVE,
    citations=ART28,
    names=Names(
        en="diagnosis|disease|illness|medical|medical record|health|health status|icd|icd10|"
        "prescription|medication|drug|symptom|blood type|allergy|disability|medical history|"
        "injury|injury severity|jibing|bingshi|zhenduan|jkzk|pregnancy|mrn|hospital|treatment",
        zh="疾病|病史|病历|诊断|健康状况|医疗|药品|处方|血型|过敏|残疾|伤情|就诊|体检",
    ),
    cell=look,
    needs=Needs.HAN | Needs.LATIN,
    chance=0.02,
    distinct=2,
    families=frozenset({"string", "int", "bool"}),
    text=InText(pattern=_WORDS, needs=Needs.HAN | Needs.LATIN, rung="keyword"),
    text_too=InText(
        pattern=re.compile(
            r"(?:ICD(?:-?10)?|诊断编码|疾病编码|诊断代码|diagnosis code)[ :=]{0,3}"
            r"(?P<code>[A-TV-Z][0-9]{2}(?:\.[0-9A-Z]{1,4})?)(?![0-9A-Za-z])"
        ),
        group=-1,
        rung="keyword",
    ),
)
