"""Word lists for names: general knowledge, not taken from a corpus."""

from __future__ import annotations

from pathlib import Path

_SURNAMES = """
王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏
魏吕丁任沈姚卢姜崔钟谭陆汪范金
石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤常温康施文
牛樊葛邢安齐易乔伍庞颜倪庄聂章
鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛
靳欧管柴蒙鲍华喻祁蒲房滕屈饶解牟
艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞
姬师和仇栾隋商刁沙荣巫寇桑郎甄丛
仲虞敖巩明佘池查麻苑迟邝官封谈匡鞠惠荆乐冀郁胥南班储原栗燕楚鄢劳谌奚皮粟冼蔺楼盘满闻位厉伊
仝区郜海阚花权强帅屠豆朴盖练廉禹井
祖漆巴丰支卿国狄平计索宣晋相初门云容敬来扈晁芮都普阙浦戈伏鹿薄邸雍辜羊阿乌母裘亓修邰赫杭况
那宿鲜印逯隆茹诺战慕危玉银亢嵇公哈
湛宾戎勾茅利于尉亚问冶咸郇酆滑钮蒯璩宓濮束俎诸别糜籍幸邴松蓬慎暴麴竺逄庾终暨居衡步耿弘匡寇
广阖殳沃蔚越夔师巩厍聂晁敖融訾辛
阚那简饶空毋沙乜养鞠须丰巢蒯后竹游权逯盖益桓昌苍双贡红昝伯宰郏浦党翦谯钭代萧洪阎赖习保肇年
鄂释蒿水阴木凤羽刀庹闫岐户
"""
SURNAMES = "".join(dict.fromkeys("".join(_SURNAMES.split())))
_COMPOUND = (
    "欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台 "
    "皇甫 宗政 濮阳 公冶 太叔 申屠 公孙 "
    "慕容 仲孙 钟离 长孙 宇文 司徒 鲜于 司空 令狐 轩辕 百里 呼延 东郭 南门 西门 拓跋 "
    "单于 淳于 完颜 第五 梁丘 左丘 闾丘 "
    "亓官 司寇 子车 颛孙 巫马 公西 漆雕 乐正 壤驷 公良 夹谷 宰父 谷梁 段干 东里 羊舌 "
    "微生 谷利 欧阳"
)
COMPOUND_SURNAMES: tuple[str, ...] = tuple(dict.fromkeys(_COMPOUND.split()))
_GIVEN = """
伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂文辉建国华玉兰红梅鑫斌波宇浩凯健俊帆帅旭宁龙
林欢佳雪颖玲燕云莉婷萍慧琴丹凤
洁晶倩琳雯瑶璐莹蕾怡悦欣妍彤萌蓉薇菲晨阳志海鹏飞峰亮东成新春生山松柏森木金银铁石水清江河湖
波浪涵润泽洪深天星月日光晓昊旻昱晖
子梓轩宸睿博哲瀚涵雨诗语梦琪可馨若思嘉佑安康乐福禄寿喜吉祥瑞庆荣富贵兴旺发达财宝珍珠玲珑美
好善良德仁义礼智信忠孝诚正直立
大小少中长永久远程道学书文武斌才艺贤能力功业振耀辉煌灿烂炎焱火烨煜炜烽焕阿爱爽冰彬斌秉宾炳
伯灿昌畅朝辰承诚澄驰川传纯翠存
岱丹丹登迪典定冬栋端敦恩尔凡方芬丰风枫锋凤夫芙甫馥港高歌根耕庚弓公冠广贵桂国果海涵晗翰航豪
昊皓禾和贺恒衡虹厚虎花怀欢焕惠会
积基吉季济继佳家嘉坚建剑江娇金津锦瑾晋京经菁晶景静敬靖炯久菊举君钧军俊骏竣开凯楷康科克宽奎
坤兰澜岚朗乐雷磊蕾黎礼理力历立利
莉丽连莲廉良梁亮林琳霖玲凌灵龄龙隆露鹿璐伦罗洛满茂梅美萌孟梦苗妙民敏名明鸣铭木牧慕娜南楠宁
念女诺攀培佩朋鹏品平萍其奇琪琦
启起千谦前茜倩强乔巧钦琴勤青清晴庆秋权全泉群然冉仁任荣蓉榕融柔如茹儒瑞锐润若森山珊善韶少绍
申升生胜盛诗时石士世仕书淑舒树双
爽硕思松素遂太泰涛腾天田婷亭庭廷彤通同桐万望威薇巍维伟玮卫文雯汶闻武西希曦熙喜霞夏仙先贤咸
娴显宪香湘翔祥响向象萧小晓孝笑心
昕欣新信兴星行幸雄秀旭绪煊轩宣玄璇学雪勋洵迅亚雅延严言岩炎妍彦艳雁燕阳杨洋瑶耀业叶烨一依伊
怡宜仪宜以义艺亦易益逸毅音银引
英莹盈颖映永勇用悠友有佑于余瑜宇羽雨玉育昱钰煜裕豫元园原源远愿月岳悦跃越云芸允韵运再赞泽增
展占章彰招昭兆照哲贞珍真振震镇正
政之芝知志智治致中忠仲舟洲珠竹柱卓姿子紫梓自宗祖尊佐作三四五六七八九十妹弟姐娃囡妞丫英姑嫂婶辉宾
"""
GIVEN_CHARACTERS = "".join(dict.fromkeys("".join(_GIVEN.split())))
_ENGLISH = """
james john robert michael william david richard joseph thomas charles christopher daniel matthew
anthony mark donald steven paul andrew joshua kenneth kevin brian george timothy ronald edward
jason jeffrey ryan jacob gary nicholas eric jonathan stephen larry justin scott brandon benjamin
samuel gregory alexander frank patrick raymond jack dennis jerry tyler aaron jose adam nat
han henry
douglas zachary peter kyle noah ethan jeremy walter christian keith roger terry austin sean gerald
carl harold dylan arthur lawrence jordan jesse bryan billy bruce gabriel joe logan alan ju
an albert
willie elijah wayne randy vincent mason roy ralph bobby russell bradley philip eugene mary
 patricia
jennifer linda elizabeth barbara susan jessica sarah karen lisa nancy betty sandra margaret ashley
kimberly emily donna michelle carol amanda melissa deborah stephanie dorothy rebecca sharon laura
cynthia amy kathleen angela shirley brenda emma anna pamela nicole samantha katherine christine
helen debra rachel carolyn janet maria catherine heather diane olivia julie joyce victoria ruth
virginia lauren kelly christina joan evelyn judith andrea hannah megan cheryl jacqueline martha
madison teresa gloria sara janice ann kathryn abigail sophia frances jean alice judy isabe
lla julia
grace amber denise danielle marilyn beverly charlotte natalie theresa diana brittany doris kayla
alexis lori marie luis carlos antonio miguel pedro pablo sofia lucia elena carmen oliver harry
charlie oscar leo max felix lukas hans peter klaus jan piotr ivan olga igor dmitri nadia ahmed
mohammed muhammad ali omar fatima aisha hassan wei ming ling mei hiroshi yuki kenji raj priya amit
anita ravi sanjay tom tim mike dave steve bob jim bill dan chris matt nick alex ben sam kate liz
sue meg beth jane rose ruby ella mia ava zoe chloe lily lucy ellen claire simon martin stuart neil
graham ian craig derek trevor nigel fiona hazel joanna
"""
# Given names of sixty languages in Latin letters, by way of Faker (MIT, given_names.LICENSE).
_WORLD = Path(__file__).with_name("given_names.txt").read_text("utf-8")
GIVEN_NAMES: frozenset[str] = frozenset([*_ENGLISH.split(), *_WORLD.split()])
_PINYIN = """
wang li zhang liu chen yang zhao huang zhou wu xu sun hu zhu gao lin he guo ma luo liang song
zheng xie han tang feng yu dong xiao cheng cao yuan deng fu shen zeng peng lu su jiang cai jia
ding wei xue ye yan pan du dai xia zhong tian ren fan fang shi yao tan liao zou xiong jin hao
kong bai cui kang mao qiu qin gu hou shao meng long wan duan lei qian yin ouyang sima zhuge
shangguan
"""
PINYIN_SURNAMES: frozenset[str] = frozenset(_PINYIN.split())
