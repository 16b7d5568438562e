"""Health: diagnoses, injuries, treatment, in columns by name and words, in text by words."""

import re

from habeas.boundary.detector import ART28, Detector, InText, Look, Names, Needs
from habeas.boundary.draw import Category
from habeas.terms import Text

# Words are bound to illness and care; 健康 or "health" alone say nothing about a person. A word
# that has another meaning beside it (搭桥贷款, 支架, 恶性循环) stands only with what settles it.
_ORGAN = (
    "支气管|气管|十二指肠|直肠|结肠|肠胃|胃肠|肠|胃|肺|肝|肾盂|肾|胰腺|胆囊|胆管|胆|脾|食管|食道|甲状腺|"
    "乳腺|子宫|宫颈|卵巢|前列腺|膀胱|淋巴|骨髓|骨|血管|心肌|心脏|脑膜|脑|鼻窦|鼻咽|鼻|咽|喉|口腔|舌|"
    "扁桃体|中耳|皮肤|皮|盆腔|阴道|附件|阑尾|关节|肩周|腱鞘|滑膜|牙周|牙髓|结膜|角膜|静脉|神经|脊髓|腮腺"
)
_BODY = (
    "腰部|头部|腿部|胸部|背部|颈部|手部|脚部|手指|手臂|脚踝|膝盖|肩膀|腰|腿|脚|手|肩|背|颈|头|"
    "眼|肋骨"
)
_DISEASE = (
    f"(?:{_ORGAN})?癌症?|(?:{_ORGAN})炎|(?:{_ORGAN})?(?:肿瘤|结石|囊肿|息肉|溃疡)|"
    "(?:肺|甲状腺|乳腺)结节|(?:肌|血管|淋巴|脂肪|骨肉|黑色素|神经|胶质)瘤|"
    "白血病|糖尿病|高血压|低血压|高血脂|高血糖|心脏病|冠心病|心肌梗[死塞]|心梗|心绞痛|心衰|心力衰竭|房颤|"
    "心律失常|脑梗死?|脑出血|脑溢血|脑血栓|脑瘫|脑震荡|中风|偏瘫|半身不遂|血栓|动脉硬化|"
    "抑郁症?|焦虑症|强迫症|躁狂|躁郁|双相|精神分裂症?|精神病|精神障碍|精神失常|自闭症|孤独症|多动症|失眠症|"
    "厌食症|智力障碍|轻生|自杀倾向|自残|老年痴呆|痴呆|阿尔茨海默|帕金森|癫痫|渐冻|重症肌无力|"
    "艾滋|梅毒|淋病|尖锐湿疣|性病|乙肝|丙肝|甲肝|肝硬化|肝腹水|脂肪肝|胃出血|胃病|肾病|肾衰竭?|尿毒症|"
    "肺结核|结核病|哮喘|肺气肿|尘肺|矽肺|气胸|慢阻肺|新冠|流感|登革热|疟疾|败血症|破伤风|"
    "红斑狼疮|类风湿|风湿病?|痛风|强直性脊柱炎|骨质疏松|股骨头坏死|骨质增生|颈椎病|腰椎病|"
    "(?:腰椎|颈椎)?椎?间盘突出症?|腰突|静脉曲张|疝气|痔疮|肛瘘|甲亢|甲减|贫血|血友病|紫癜|"
    "白内障|青光眼|视网膜(?:脱落|病变)|失明|失聪|耳聋|聋哑|白癜风|牛皮癣|银屑病|湿疹|荨麻疹|带状疱疹|"
    "药物过敏|过敏史|过敏性|并发症|后遗症|遗传病|慢性病|职业病|绝症|顽疾|罕见病|传染病"
)
_INJURY = (
    f"(?:{_BODY})?(?:粉碎性)?骨折|(?:{_BODY})?(?:扭伤|拉伤|挫伤|摔伤|烧伤|烫伤|砸伤|割伤|撞伤|脱臼|截肢)|"
    "瘫痪|截瘫|残疾|伤残|高位截瘫|植物人|昏迷|休克|中毒|车祸受伤|受重伤|重伤|工伤|断肢|韧带撕裂|半月板损伤|"
    "跟腱断裂|颅内出血|内出血"
)
_BIRTH = (
    "流产|小产|早产|难产|剖腹产|剖宫产|顺产|坐月子|产后|怀孕|孕期|孕妇|孕检|产检|安胎|保胎|宫外孕|不孕|"
    "试管婴儿|待产|临产|月子中心"
)
_CARE = (
    "住院|手术|开刀|化疗|放疗|透析|靶向药?治疗|介入治疗|保守治疗|接受治疗|康复|理疗|针灸|输血|输液|打点滴|"
    "打石膏|支架手术|心脏支架|(?:心脏)?搭桥手术|心脏搭桥|(?:器官|肝|肾|骨髓|心脏|造血干细胞)移植|"
    "胃镜|肠镜|活检|核磁共振|切除|确诊|诊断为|诊断出|患有|患病|患上|罹患|"
    "(?<![隐后祸忧遗内外防水医])患(?=[\u4e00-\u9fff]{0,7}?(?:[病症癌炎瘤疾梗]|硬化|血压|突出|中风|风湿|流感|痴呆|甲亢))|"
    "吃药|服药|用药|买药|药费|医药费|医疗费|治疗费|手术费|胰岛素|降压药|止痛药|抗抑郁药|安眠药|"
    "就医|看病|治病|养病|养伤|休养|病假|病休|病退|重病|生病|大病|病重|病危|病倒|病情|病痛|旧病|"
    "卧床|拄拐|轮椅|假肢|下不了床|发高烧|高烧|发烧(?!友)|咳血|吐血|便血|急诊|抢救|重症监护|"
    "ICU|门诊|出院|复诊|医院治疗|体检异常|心理咨询|心理治疗|戒酒治疗|戒毒治疗"
)
_ZH = f"{_BIRTH}|{_INJURY}|{_DISEASE}|{_CARE}"
_EN = (
    "hospitali[sz]ed|(?:in|to|from|left|at) (?:the )?hospital|surger(?:y|ies)|operation on|"
    "chemo(?:therapy)?|radiotherapy|radiation therapy|dialysis|"
    "diagnosed with|(?:breast |lung |liver |stomach |colon |prostate )?cancer|tumou?rs?|"
    "leuk[a]?emia|lymphoma|melanoma|diabet(?:es|ic)|hypertension|high blood pressure|stroke|"
    "heart (?:attack|disease|failure|surgery|condition|bypass)|bypass surgery|stents?|angina|"
    "depression|depressed|anxiety disorder|panic attacks?|schizophreni[ac]|bipolar|autis(?:m|tic)|"
    "adhd|ptsd|eating disorder|anorexia|bulimia|suicidal|self-harm|mental (?:illness|breakdown)|"
    "dementia|alzheimer'?s?|parkinson'?s?|epilep(?:sy|tic)|multiple sclerosis|"
    "hiv|aids|hepatitis|syphilis|tuberculosis|malaria|dengue|covid(?:-19)?|pneumonia|bronchitis|"
    "kidney (?:failure|stones?|disease|transplant)|liver (?:failure|disease|transplant)|cirrhosis|"
    "asthma|arthritis|gout|lupus|psoriasis|eczema|ana?emia|migraines?|ulcers?|appendicitis|"
    "gallstones?|hernia|glaucoma|cataracts?|sepsis|thyroid|(?:slipped|herniated) dis[ck]|"
    "concussion|fractured?|broken (?:leg|arm|hip|rib|ribs|wrist|ankle|bone|neck|back)|"
    "sprain(?:ed)?|"
    "amputat(?:ed|ion)|paraly[sz]ed|paralysis|wheelchair|coma|injured at work|(?:work|back) injury|"
    "disabled|disability|pregnan(?:t|cy)|miscarriage|c-section|ca?esarean|ivf|abortion|postpartum|"
    "transplant|biopsy|insulin|antidepressants?|physiotherapy|physical therapy|rehab|"
    "intensive care|emergency room|medication|prescription|medical bills?|"
    "in treatment|under(?:going)? (?:medical )?treatment|treat(?:ment|ed) for|sick leave|bedridden|"
    "(?:fell|seriously|gravely|terminally|chronically) ill|illness|very sick"
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
    inside=(_WORDS, _ICD),
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
