"""Ever coarser forms of Chinese places and occupations that need no file.

Places: GB/T 2260 builds its six digits so that two name the province, four the prefecture and six
the county; cutting them off needs no table. Occupations: the eight major groups of GB/T 6565, by
the first digit of a code, or by how common job titles end; other titles are one group.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from habeas.protection.hierarchies import ELSEWHERE, REGIONS

DIVISION_STEPS = ("county", "prefecture", "province", "region")

_LONGER = {"内蒙": "内蒙古", "黑龙": "黑龙江"}
PROVINCES: Mapping[str, str] = {start: _LONGER.get(start, start) for start in REGIONS}

# The first two digits of GB/T 2260, by how the province's name begins.
_BY_CODE: Mapping[str, str] = {
    "11": "北京", "12": "天津", "13": "河北", "14": "山西", "15": "内蒙",
    "21": "辽宁", "22": "吉林", "23": "黑龙",
    "31": "上海", "32": "江苏", "33": "浙江", "34": "安徽", "35": "福建", "36": "江西",
    "37": "山东",
    "41": "河南", "42": "湖北", "43": "湖南", "44": "广东", "45": "广西", "46": "海南",
    "50": "重庆", "51": "四川", "52": "贵州", "53": "云南", "54": "西藏",
    "61": "陕西", "62": "甘肃", "63": "青海", "64": "宁夏", "65": "新疆",
    "71": "台湾", "81": "香港", "82": "澳门",
}  # fmt: skip
PROVINCE_CODES: Mapping[str, str] = {code: PROVINCES[start] for code, start in _BY_CODE.items()}
REGION_CODES: Mapping[str, str] = {code: REGIONS[start] for code, start in _BY_CODE.items()}

OCCUPATION_GROUPS: Mapping[str, str] = {
    "1": "党的机关、国家机关、群众团体和社会组织、企事业单位负责人",
    "2": "专业技术人员",
    "3": "办事人员和有关人员",
    "4": "社会生产服务和生活服务人员",
    "5": "农、林、牧、渔业生产及辅助人员",
    "6": "生产制造及有关人员",
    "7": "军人",
    "8": "不便分类的其他从业人员",
}
# Endings of job titles, longest match first, by the group they stand for.
_ENDINGS: Mapping[str, str] = {
    ending: group
    for group, endings in {
        "1": "总经理 董事长 厂长 校长 院长 局长 处长",
        "2": "工程师 教师 老师 教授 医生 医师 护士 药师 会计 会计师 律师 程序员 设计师 研究员 "
        "记者 编辑 翻译 分析师",
        "3": "文员 行政文员 公务员 科员 警察 消防员 秘书 客服 客服专员",
        "4": "骑手 快递员 外卖员 司机 厨师 服务员 保安 保洁 保洁员 销售 销售员 收银员 营业员 "
        "业务员 美容师 理发师 中介 仓库管理员 店员 维修工 电商客服",
        "5": "农民 渔民 牧民 养殖户 护林员",
        "6": "工人 电焊工 机修工 技工 电工 钳工 车工 建筑工人 流水线工人 操作工",
        "7": "军人 士兵 军官",
    }.items()
    for ending in endings.split()
}
_LONGEST_FIRST = sorted(_ENDINGS, key=len, reverse=True)


def province(values: pl.Series) -> pl.Series:
    """The province at the start of each text; other places are one form."""
    start = values.str.strip_chars().str.head(2)
    known = start.replace_strict(PROVINCES, default=ELSEWHERE, return_dtype=pl.String)
    return _where(start.is_not_null(), known)


def division(codes: pl.Series, to: str) -> pl.Series:
    """A GB/T 2260 code (six digits or more) at one of DIVISION_STEPS; else empty."""
    text = codes.str.strip_chars()
    code = _where(text.str.contains(r"^\d{6,12}$") & text.str.head(2).is_in(list(_BY_CODE)), text)
    if to == "county":
        return code.str.head(6)
    if to == "prefecture":
        kept = pl.DataFrame({"c": code.str.head(4)})
        return kept.select(pl.concat_str("c", pl.lit("00"))).to_series()
    names = PROVINCE_CODES if to == "province" else REGION_CODES
    return code.str.head(2).replace_strict(names, default=None, return_dtype=pl.String)


def occupation_group(title: str) -> str:
    """The major group of a code such as 2-02-10-03 or of a job title.

    >>> occupation_group("网约车司机"), occupation_group("6-29-01-01")
    ('社会生产服务和生活服务人员', '生产制造及有关人员')
    """
    asked = title.strip()
    if asked[:1] in OCCUPATION_GROUPS and asked[1:2] in ("", "-"):
        return OCCUPATION_GROUPS[asked[0]]
    for ending in _LONGEST_FIRST:
        if asked.endswith(ending):
            return OCCUPATION_GROUPS[_ENDINGS[ending]]
    return ELSEWHERE


def _where(holds: pl.Series, values: pl.Series) -> pl.Series:
    frame = pl.DataFrame({"h": holds, "v": values})
    return frame.select(pl.when(pl.col("h")).then(pl.col("v"))).to_series()
