"""Names of organisations: not of persons by themselves; in a person's row, an employer."""

import re

from habeas.boundary.detector import Detector, Look, Names, Needs
from habeas.boundary.draw import Category
from habeas.terms import Text

_SUFFIX = re.compile(
    r"(?:公司|集团|有限合伙|股份|银行|支行|工厂|厂|酒店|饭店|餐厅|超市|商店|商行|事务所|"
    r"研究院|研究所|医院|学校|大学|学院|中学|"
    r"小学|幼儿园|工作室|合作社|协会|中心|局|委员会)(?:[（(].{1,8}[)）])?$"
)
_INDUSTRY = re.compile(
    r"科技|技术|贸易|商贸|工贸|实业|工程|建筑|建设|建材|装饰|家居|家具|娱乐|传媒|传播|"
    r"文化|广告|咨询|顾问|管理|服务|投资|置业|地产|物业|"
    r"制造|机械|设备|电子|电器|电气|电力|能源|化工|塑料|塑胶|食品|餐饮|农业|服饰|服装|"
    r"纺织|织品|制品|用品|材料|五金|物流|运输|旅行社|租赁|"
    r"包装|印刷|医疗|制药|药业|器械|生物|软件|信息|网络|系统|汽车|配件|仪器|器材|销售|"
    r"代理|开发|发展|设计|策划|劳务|人力资源|环保|检测|评估|"
    r"进出口|出口|木业|水泥|珠宝|饰品|化妆品|美容|教育|培训|资源|安装|商务|工业|工具|部件|"
    r"结构|处理|钢|矿"
)
_ENGLISH_END = re.compile(
    r"(?:,? (?:Inc|LLC|Ltd|Limited|Corp|Corporation|Co|Company|GmbH|PLC|LLP|Group|Bank|"
    r"University)\.?)"
)
_ENGLISH = re.compile(f".*{_ENGLISH_END.pattern}")


def look(value: str) -> Look:
    if _ENGLISH.fullmatch(value):
        return Look.VALID
    if value.isascii() or not 4 <= len(value) <= 40:
        return Look.NONE
    return Look.VALID if _SUFFIX.search(value) or _INDUSTRY.search(value) else Look.NONE


DETECTOR = Detector(
    id="organisation_name",
    label=Text(en="name of an organisation", zh="组织名称"),
    category=Category.UNDECIDED,
    names=Names(
        en=(
            "company|company name|organisation|organization|org name|corp name|"
            "enterprise|enterprise name|"
            "merchant|merchant name|vendor|bank name|gongsi|qymc|supplier|covered entity"
        ),
        zh="公司名称|企业名称|公司|企业|商户|开户行|机构名称",
    ),
    cell=look,
    needs=Needs.HAN | Needs.LATIN,
    inside=(_SUFFIX, _INDUSTRY, _ENGLISH_END),
    chance=0.05,
    distinct=5,
    share=0.7,
)
