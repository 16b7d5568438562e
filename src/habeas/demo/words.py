"""The words the loan book is made of.

Places are real, so that numbers and addresses look right; persons, doors, companies and mailboxes
are put together at random.
"""

from __future__ import annotations

from typing import Final, NamedTuple


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _weighted(text: str) -> tuple[tuple[str, float], ...]:
    return tuple(
        (word, float(weight)) for word, weight in (pair.split(":") for pair in text.split())
    )


class District(NamedTuple):
    """A district: code of GB/T 2260, names, postcode, plate prefix and weight."""

    code: int
    province: str
    city: str
    name: str
    postcode: str
    plate: str
    weight: float

    @property
    def path(self) -> str:
        """Province, city and district; a municipality is named once."""
        return self.province + ("" if self.city == self.province else self.city) + self.name

    @property
    def short_city(self) -> str:
        return self.city.removesuffix("市")


DISTRICTS: Final[tuple[District, ...]] = tuple(
    District(int(code), province, city, name, postcode, plate, float(weight))
    for code, province, city, name, postcode, plate, weight in (
        line.split()
        for line in """
110105 北京市 北京市 朝阳区 100020 京A 2
110106 北京市 北京市 丰台区 100071 京B 1
120101 天津市 天津市 和平区 300041 津A 1
130102 河北省 石家庄市 长安区 050011 冀A 3
130203 河北省 唐山市 路北区 063000 冀B 2
140105 山西省 太原市 小店区 030032 晋A 2
150102 内蒙古自治区 呼和浩特市 新城区 010030 蒙A 1
210102 辽宁省 沈阳市 和平区 110001 辽A 2
210202 辽宁省 大连市 中山区 116001 辽B 1
220102 吉林省 长春市 南关区 130022 吉A 2
230102 黑龙江省 哈尔滨市 道里区 150010 黑A 2
310112 上海市 上海市 闵行区 201100 沪A 1
310115 上海市 上海市 浦东新区 200120 沪B 2
320102 江苏省 南京市 玄武区 210018 苏A 2
320205 江苏省 无锡市 锡山区 214101 苏B 1
320506 江苏省 苏州市 吴中区 215128 苏E 2
330106 浙江省 杭州市 西湖区 310013 浙A 2
330110 浙江省 杭州市 余杭区 311100 浙A 1
330203 浙江省 宁波市 海曙区 315010 浙B 2
340103 安徽省 合肥市 庐阳区 230001 皖A 4
350102 福建省 福州市 鼓楼区 350001 闽A 2
350203 福建省 厦门市 思明区 361001 闽D 1
360102 江西省 南昌市 东湖区 330006 赣A 3
370102 山东省 济南市 历下区 250014 鲁A 3
370202 山东省 青岛市 市南区 266001 鲁B 2
370602 山东省 烟台市 芝罘区 264001 鲁F 2
410102 河南省 郑州市 中原区 450007 豫A 4
410302 河南省 洛阳市 老城区 471002 豫C 3
420102 湖北省 武汉市 江岸区 430014 鄂A 2
420106 湖北省 武汉市 武昌区 430061 鄂A 2
430102 湖南省 长沙市 芙蓉区 410011 湘A 3
430202 湖南省 株洲市 荷塘区 412000 湘B 2
440103 广东省 广州市 荔湾区 510145 粤A 3
440305 广东省 深圳市 南山区 518052 粤B 3
440604 广东省 佛山市 禅城区 528000 粤E 2
450103 广西壮族自治区 南宁市 青秀区 530022 桂A 3
460105 海南省 海口市 秀英区 570311 琼A 1
500103 重庆市 重庆市 渝中区 400010 渝A 1
500112 重庆市 重庆市 渝北区 401120 渝B 1
510104 四川省 成都市 锦江区 610011 川A 2
510107 四川省 成都市 武侯区 610041 川A 2
510703 四川省 绵阳市 涪城区 621000 川B 2
520102 贵州省 贵阳市 南明区 550002 贵A 2
530102 云南省 昆明市 五华区 650021 云A 3
540102 西藏自治区 拉萨市 城关区 850000 藏A 0.3
610103 陕西省 西安市 碑林区 710001 陕A 3
620102 甘肃省 兰州市 城关区 730030 甘A 2
630102 青海省 西宁市 城东区 810007 青A 0.5
640104 宁夏回族自治区 银川市 兴庆区 750004 宁A 0.6
650102 新疆维吾尔自治区 乌鲁木齐市 天山区 830002 新A 1.5
""".strip().splitlines()
    )
)

# Surnames with weights falling as in every register, and their spelling in mailboxes.
SURNAMES: Final[tuple[tuple[str, str, float], ...]] = tuple(
    (surname, pinyin, 1.0 / (place + 4))
    for place, (surname, pinyin) in enumerate(
        pair.split(":")
        for pair in _words(
            "王:wang 李:li 张:zhang 刘:liu 陈:chen 杨:yang 黄:huang 赵:zhao 吴:wu 周:zhou 徐:xu "
            "孙:sun 马:ma 朱:zhu 胡:hu 郭:guo 何:he 林:lin 高:gao 罗:luo 郑:zheng 梁:liang "
            "谢:xie 宋:song 唐:tang 许:xu 韩:han 邓:deng 冯:feng 曹:cao 彭:peng 曾:zeng 肖:xiao "
            "田:tian 董:dong 潘:pan 袁:yuan 蔡:cai 蒋:jiang 余:yu 于:yu 杜:du 叶:ye 程:cheng "
            "魏:wei 苏:su 吕:lv 丁:ding 任:ren 卢:lu 姚:yao 沈:shen 钟:zhong 姜:jiang 崔:cui "
            "谭:tan 陆:lu 范:fan 汪:wang 廖:liao 石:shi 金:jin 韦:wei 贾:jia 夏:xia 付:fu 方:fang "
            "邹:zou 熊:xiong 白:bai 孟:meng 秦:qin 邱:qiu 侯:hou 江:jiang 尹:yin 薛:xue 闫:yan "
            "段:duan 雷:lei 龙:long 黎:li 史:shi 陶:tao 贺:he 毛:mao 郝:hao 顾:gu 龚:gong 邵:shao "
            "万:wan 覃:qin 武:wu 钱:qian 戴:dai 严:yan 莫:mo 孔:kong 向:xiang 常:chang "
            "欧阳:ouyang 上官:shangguan 诸葛:zhuge"
        )
    )
)

GIVEN_MALE: Final = (
    "伟强磊军勇杰涛明超辉刚健俊鹏飞宇浩志文斌博凯峰林建国平海波龙旭亮东晨阳毅成康新华泽铭"
)
GIVEN_FEMALE: Final = (
    "芳娜敏静丽艳娟霞燕玲桂秀英梅红兰琴云洁莉雪婷慧萍玉珍莹倩欣怡佳悦颖琳晶瑶蕾薇诗涵梦"
)
GIVEN_UYGHUR: Final = _words(
    """
    阿依古丽 古丽娜尔 艾力江 吐尔逊 帕提古丽 买合木提 阿不都
    """
)
PATRONYM_UYGHUR: Final = _words(
    """
    买买提 艾合买提 吾斯曼 依明 卡德尔 热合曼
    """
)

# name, share of borrowers in per mille
ETHNIC_GROUPS: Final = _weighted(
    """
    汉族:911 壮族:14 回族:13 满族:12 维吾尔族:8 苗族:9 彝族:7 土家族:8 藏族:5 蒙古族:5
    侗族:3 布依族:2 瑶族:2 朝鲜族:1
    """
)

STREETS: Final = _words(
    """
    桂花路 银杏街 梧桐路 望海路 和平路 人民路 建设路 解放路 文化路 新华街 学府路 滨河路
    长青街 朝晖路 育才路 工业大道 花园路 青年街 迎宾大道 东风路 锦绣路 丰收路 春晓街 临江路
    凤凰路 柳荫街 松涛路 翠竹路 明珠街 康宁路
    """
)
COMMUNITIES: Final = _words(
    """
    海棠花园 锦绣家园 阳光小区 翠湖名苑 幸福里 金色年华 紫荆苑 丽景花城 书香门第 江畔人家
    枫林苑 御景湾 和谐佳园 绿洲小区 天悦府 荷塘月色
    """
)
TOWNS: Final = _words(
    """
    柳园乡 青石镇 双河镇 桃源乡 清水镇 大桥镇 龙泉镇 白云乡 石门镇
    """
)
VILLAGES: Final = _words(
    """
    双井村 上湾村 杨树村 小河村 新庄村 南坡村 李家村 东岭村
    """
)

# Every company carries 示例 ("example"), so that none can be mistaken for a real one.
BRANDS: Final = _words(
    """
    安禾 锦程 瑞丰 恒达 众合 鼎新 润泽 博远 嘉信 宏图 天佑
    """
)
TRADES: Final = _words(
    """
    商贸有限公司 物流有限公司 餐饮管理有限公司 电子科技有限公司 建筑工程有限公司 服装厂
    汽车服务有限公司 物业管理有限公司 职业培训学校 医疗器械有限公司 食品有限公司
    """
)

# occupation, typical monthly income in yuan
OCCUPATIONS: Final = _weighted(
    """
    外卖骑手:6800 快递员:6500 网约车司机:7200 货车司机:8600 厨师:7000 服务员:4300 保安:3900
    保洁员:3300 流水线工人:5600 电焊工:8200 建筑工人:7400 销售员:6900 收银员:4000 会计:7300
    小学教师:6600 护士:7100 程序员:14800 设计师:9200 客服专员:5100 个体经营者:9000
    美容师:5900 房产中介:7800 仓库管理员:5300 行政文员:5000 维修工:6100 农民:3600
    自由职业者:6000 工程师:12600 理发师:5800 机修工:6300
    """
)
EDUCATION: Final = _weighted(
    """
    小学:3 初中:21 高中:19 中专:14 大专:25 本科:16 硕士:2
    """
)

# Who stands in each place of a list of contacts, so that nobody has two mothers.
RELATIONS: Final = (
    (("父亲", 45.0), ("母亲", 55.0)),
    (("配偶", 55.0), ("兄弟", 25.0), ("姐妹", 20.0)),
    (("朋友", 60.0), ("同事", 40.0)),
    (("同事", 60.0), ("朋友", 40.0)),
)
SAME_SURNAME: Final = ("父亲", "兄弟", "姐妹")

MOBILE_PREFIXES: Final = tuple(
    int(prefix)
    for prefix in _words(
        "134 135 136 137 138 139 147 150 151 152 157 158 159 178 182 183 187 188 198 "
        "130 131 132 145 155 156 166 175 176 185 186 133 153 173 177 180 181 189 199"
    )
)
# Issuer prefixes of debit cards in the 62 range, by length; a few of the other brands.
CARD_PREFIXES: Final = {
    16: (622848, 622588, 625912, 411111, 550000),
    17: (622155, 622308),
    18: (622516, 622519),
    19: (622202, 621700, 621661, 622848, 621799, 623052),
}
CARD_LENGTH_SHARES: Final = {16: 0.30, 17: 0.03, 18: 0.07, 19: 0.60}
IMEI_PREFIXES: Final = (86012304, 86230105, 86411906, 86555203, 35291110, 35780206)
# IANA keeps these three for examples: no mailbox in the book can belong to anybody.
MAIL_DOMAINS: Final = ("example.com", "example.org", "example.net")
SYLLABLES: Final = _words(
    """
    xiao ming hai yun fei lin jun lei mei hua tao jie yu an bo
    """
)

# First two parts of addresses that look public and Chinese, so that a scanner counts the column.
PUBLIC_NETS: Final = _words(
    """
    36.112 39.144 42.90 58.33 61.152 101.86 111.18 112.97 113.87 114.86 117.136 120.229
    123.113 171.42 180.102 183.192 221.12 223.104
    """
)
# Kept for carriers' own networks, and for documentation; a scanner should not count them.
CARRIER_NETS: Final = ("100.64", "100.96")
EXAMPLE_NETS: Final = ("192.0.2", "198.51.100", "203.0.113")

# Product codes look like other things: passport numbers, dates. Each with its share.
PRODUCTS: Final = _weighted(
    """
    HX-P3-0360:0.26 G20240012:0.1 HX-P1-0120:0.18 XJD-2024-A12:0.14 E20250107:0.07
    HXD-K9-2025:0.11 HX-Z-60012:0.09 YQB20250301:0.05
    """
)
PORTFOLIOS: Final = ("P1", "P2", "P3")
