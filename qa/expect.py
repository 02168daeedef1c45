"""What a question asks for, and whether a sentence has it: 多少 wants a number, 认定标准是什么 wants 标准."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Literal

from index.tokenize import CHINESE

Kind = Literal["contact", "date", "definition", "goal", "list", "number", "reason", "name", "person", "place", "way"]

# Who asks for one of these wants one thing, though a list may follow it.
ONE_THING: frozenset[Kind] = frozenset({"number", "date", "name", "person", "place", "contact"})
SEVERAL_THINGS: frozenset[Kind] = frozenset({"goal", "list", "way"})

SECTIONS = "条件|资格|材料|资料|文件|证件|程序|流程|手续|步骤|对象"
"""What sections of a guide hold, and questions ask for by that name; an alternative of a pattern."""

_NUMERAL = "[〇零一二两三四五六七八九十百千万亿]"
_MEASURE = "[个家条项种类名位次份所台套亿万元年月天日倍成户吨点]"
_CONTACT = "(?:(?<!打)电话|(?:平台|系统|网站|网页|网络|邮箱|电子)地址|号码|邮箱|网址|热线|传真|联系方式)"
# In order: of 哪一年 the year counts and not the 哪, of 多长时间 the time and not the 多.
_ASKED: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    # 热线为群众提供哪些服务 asks for something else.
    (
        "contact",
        re.compile(
            f"(?:什么|哪一?个|哪些|多少){_CONTACT}|"
            f"{_CONTACT}(?=[^，,。]{{0,4}}(?:[几呢吗？?。！!，,]|多少|是?什么(?!时)|[是有]?哪(?![年天日])|[是有]$|$))"
        ),
    ),
    (
        "date",
        re.compile(
            "何时|什么?时[候间]|哪一?[年天日]|哪个?月|几[年月号时]|几点(?!要求|意见|建议|措施|内容)|多久|多长时间|[期间]多长|年份|时间[？?]?$|截[止至](?:时间|吗|了|到?[什何哪几]|[？?]?$)|"
            "期限(?!内)|日期|何[年月日]|时候"
        ),
    ),
    ("definition", re.compile("^什么[是叫]|何谓|是?什么意思|定义|含义|概念")),
    # Not 目标是培育多少家, 如何实现目标 or 目标群体是谁.
    (
        "goal",
        re.compile(
            "^(?!.*(?:为什么|为何|如何|怎|谁|多少|几|哪[个家]|(?:哪些|什么)(?:单位|部门|企业))).*(?:(?:什么|哪些).{0,4}目标|目标(?:[是有]|分别|都)*(?:什么|哪些)?[？?。]?$)"
        ),
    ),
    (
        "list",
        re.compile(
            f"哪些|什么(?:样的)?(?:{SECTIONS}|情形)(?!.*(?:多少|几|谁|哪|何时|时候))|"
            "哪几|哪[二三四五六七八九十两]|分别|包括[什哪]|有什么?(?!关)|都有谁"
        ),
    ),
    ("number", re.compile("多少|(?<!一)几(?!乎)|多[大高重远长]|比例是|有个数")),
    ("reason", re.compile("为什么|为何|原因|何以|凭什么")),
    ("name", re.compile("谁|何人|哪一?[个家位名份部]")),
    (
        "place",
        re.compile(
            "哪里|(?<!平台|系统|网站|网页|网络|邮箱|电子)地址(?=[是在？?]|$)|(?<!如)何[处地]|什么地方|哪一?[座国省市]"
        ),
    ),
    ("way", re.compile("如何|怎么|怎样|办法|方式|流程|措施|举措")),
)
_HELD: dict[Kind, re.Pattern[str]] = {
    # No year, but 12345, 95588, 010-68205301.
    "contact": re.compile(
        r"(?<!\d)(?:\d{5,}|\d{3,4} ?[-—) ] ?\d{7,8}|0\d{2,3} ?[-—) ] ?\d{3,4} ?\d{4}|1[12]\d)"
        r"(?![\d,.]*[余多]?[万亿元天人家个户年项名])"
        r"|(?:电话|致电|热线|传真|查询|联络)[^，,。；;\d]{0,8}[2-9]\d{3} \d{4}(?!\d)"
        r"|www|http|@|[a-z]\.[a-z]|公众号|微信",
        re.IGNORECASE,
    ),
    "date": re.compile(
        rf"\d ?[余多]?(?:年|月|日|天|时|点|周|:|个(?:工作日|工作天|月|小时|星期)|小时|分钟)|"
        rf"{_NUMERAL}(?:个(?:工作日|工作天|月|小时|星期)|年|月|日|天|周|小时)|世纪|时期|期间|至今|之日|每半?[日天周月年季]"
    ),
    "definition": re.compile("是指|指的?是|[，,）)]是?指|所称|[又也统]称|称[为作]|定义为|意思是|是一[种个类项]|即"),
    "goal": re.compile(r"[到至]\d{4}年|\d{4}年[底末]?前|力争|为目标|目标(?:是|为|：|:)|年时间|年内|年底"),
    "list": re.compile(r"[：:]\s*$|、|[；;].|，.+，|,.+,|[一二三四五1-5]是|[（(][一二三四五六\d][）)]|以及|和|及"),
    # 第五条 tells which, not how many.
    "number": re.compile(
        rf"(?<![第\d])\d|(?<![第〇零一二两三四五六七八九十百]){_NUMERAL}+(?:{_MEASURE}|大|分之|多?部门)"
    ),
    "reason": re.compile("因|由于|为|以便|所以|致|故|使|有利|有助|是.{2,30}(?:途径|渠道|形式|需要|要求)"),
    "name": re.compile("[部局委厅院会行人员国者家军王帝《·“]|公司|企业|政府|中心|办公室|先生|女士"),
    "place": re.compile("[省市区县乡镇村街路号楼国州地湾岛山河网云端]|平台|窗口|大厅|中心|机构|医院"),
    "way": re.compile(
        "[按经应可须要凭由向]|通过|依托|采取|采用|利用|推动|引导|加强|开展|实行|组织|支持|鼓励|列入|取消|追|责令|罚|不予"
    ),
}

# What is counted alike: whoever asks 多少家 may be told 50个, but not 100亿元.
_COUNTED = (
    "人名位户口",
    "天日周月年",
    "时分秒",
    "元块",
    "吨斤克升",
    "米里亩顷",
    "岁",
    "级",
    "层",
    "页字",
    "集首张曲部",
    "个家项条种类名处所件款次场支座门国",
)
_DEFINITION_ASKED = re.compile(
    f"(?:^什么(?:是|叫做?)|何谓)(?P<behind>[{CHINESE}“”《》]{{2,20}}?)[呢啊吗]?[？?]?$|"
    f"^(?P<before>[{CHINESE}“”《》]{{2,20}}?)(?:是什么(?:意思)?|的(?:定义|含义|概念)(?:是什么)?)[？?]?$"
)
_DEFINES = "[”》]?(?:（[^）]*）)?[，,]?(?:主要|一般)?(?:是指|系指|指的是|指(?![南标导定引数挥示派])|是一[种类个项])"
# Between a figure and what it counts: 3个月, 24小时, 50余个.
_UNIT_BEGINS = "(?:个(?=月|小时))?小?"
_FIGURE = rf"(?:\d[\d,.]*|[半数几]|{_NUMERAL}) ?[余多来]?[十百千万亿]*[余多]?{_UNIT_BEGINS}"
_HOW_MANY = f"(?:多少|几)[十百千万亿]*{_UNIT_BEGINS}"
# 支持比例较高的企业有多少家 names a share and asks for a number of 家.
_SHARE_ASKED = re.compile(
    "百分之[几多]|[几少]个?百分点|比例是|(?:百分比|比例|占比|[利税费]率)[^的]{0,6}(?:多少|几|多[大高])|"
    "多[少大高]的?(?:百分比|比例|占比)"
)
_WHEN = "(?:何时|什么?时[候间]|哪一?[年天日]|几[年月号日])"
_IN_FORCE = "(?:施行|实施|执行|生效)"
_DAY = rf"(?:\d|{_NUMERAL}) ?[年月日]"
# Narrower than the kind, in order. On ncp, drcd and cmrc 92 to 100 % of the sentences that answer 多少家 and its like
# have the measure that is asked for; of the others beside them 13 to 20 %, while 39 to 56 % have some number.
_MEASURES: Mapping[Kind, Sequence[tuple[re.Pattern[str], re.Pattern[str]]]] = {
    "number": (
        (re.compile("第几"), re.compile(rf"第 ?(?:\d|{_NUMERAL})|首[位次个名款家届]")),
        (_SHARE_ASKED, re.compile(rf"[%％‰倍:：]|百分点|分之|(?:\d|[半几]|{_NUMERAL})成")),
        (re.compile("(?:多少|几)[十百千万亿]*(?:元|钱|资金|经费|款)"), re.compile(f"{_FIGURE}元|[%％]")),
        # 十一部门 and 31省 have nothing between the figure and what it counts.
        *(
            (re.compile(f"{_HOW_MANY}[{units}]"), re.compile(f"{_FIGURE}(?:[个{units}]|部门|[省市区县])"))
            for units in _COUNTED
        ),
        # 各出多少 may be told an amount or a share, but no day and no time of day.
        (
            re.compile("^(?!.*(?:[期时龄寿天日月年]|[纪记]录|成绩)).*多少[呢啊]?[？?]?$"),
            re.compile(
                r"(?<![第\d.,:：/-])\d(?!\d{3}[-./]\d|\d?[:：][0-5]\d)"
                r"(?![\d,.]*(?: ?[-—至到] ?\d+)? ?(?:[年月日天号时点〕\]]|个?工作日|个月))|[%％]|分之|[一各对]半|"
                rf"(?<![第〇零一二两三四五六七八九十百])(?:{_NUMERAL}+|[半几])(?:[个家条项种类名位次份所台套亿万元倍成户吨]|部门)"
            ),
        ),
    ),
    "date": (
        # Whoever asks when a text takes effect is not told another day.
        (
            re.compile(
                rf"{_WHEN}起?(?:开始|正式)?{_IN_FORCE}的?[？?]?$|{_IN_FORCE}的?(?:是|于|在|从)?(?:{_WHEN}|时间|日期)"
            ),
            re.compile(rf"(?:{_DAY}|之日).{{0,12}}(?:{_IN_FORCE}|试行)|{_IN_FORCE}.{{0,12}}{_DAY}"),
        ),
        (
            re.compile("哪一?年|何年|年份|(?:[西公]元|[于在])几年(?![内来间])"),
            re.compile(rf"(?:\d|{_NUMERAL}) ?年|\d{{4}}|世纪"),
        ),
        (re.compile("几年|多少年"), re.compile(rf"(?<!\d)(?:\d{{1,2}}|半|{_NUMERAL}{{1,3}}) ?[余多]?年")),
        (re.compile("哪一?[天日]|何日|几[号日]"), re.compile(rf"(?:\d|{_NUMERAL}) ?[日号]|初{_NUMERAL}")),
    ),
    "place": (
        (
            re.compile("地址|办公地[点方]|在哪里办公"),
            re.compile(rf"(?:\d|{_NUMERAL}) ?[号楼层室座]|[路街道巷]|大[厦楼]"),
        ),
    ),
}

# 何文彬是谁 asks for an office, 主席是谁 for a name: people are known by their surnames.
_SURNAME = (
    "(?:欧阳|司马|诸葛|上官|皇甫|尉迟|慕容|令狐|[王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖萧田董袁潘"
    "于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付傅方白邹孟熊秦邱江尹薛闫阎段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴"
    "莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申])"
)
_PERSON = re.compile(
    rf"^({_SURNAME}[{CHINESE}]{{1,2}}?(?<![人方局办厅部委院会馆站队团体管长员者户商位案款区市县省]))"
    "(?:同志|先生|女士|教授)?(?:到底|现在|目前)?"
    "(?:是谁|是何人|是(?:什么|哪里的?|干什么的?)(?:人|职务|身份)|"
    "是哪个.{1,6}的(?:人|领导|干部|官员|专家|教授|负责人)|的职务是什么|现?(?:担任|任)(?:什么|何种?)职务?)[？?。]?$"
)
_OFFICE = (
    "(?:长|主任|主席|书记|教授|研究员|院士|专家|经理|总裁|总监|董事|秘书|委员|负责人|发言人|代表|律师|工程师|主管|专员|人员|"
    "干部)"
)

_AFTER = re.compile(
    rf"(?:什么样的|怎样的|什么|哪些|哪一?[个家类项种份条]|哪几{_MEASURE}?|(?:多少|几){_MEASURE}{{0,2}}|何种)"
    rf"([{CHINESE}]{{2}})"
)
_BEFORE = re.compile(
    rf"([{CHINESE}]{{2}})[”’》」]?(?:是|有|叫|为|指|在|到|往|由|要|应|该|都|的|了|得|起|具体|分别|各自?|主要|一共|总共|共|又|会|能)*"
    "(?:什么|哪|多少|谁|几|怎么|如何|怎样|何)"
)
# What questions are made of, and what nouns in them name no thing that a text would call by the same name.
_NAMES_NOTHING = re.compile(
    "[的了起吗呢啊呀是要能会把被由到往在有和与及]|内容|作用|意思|方面|东西|措施|举措|办法|情况|特点|意义|关系|事情|方式|要求|安排|"
    "时候|时间|地方|叫做|一共|可以|应该|需要|具体|分别|主要|领域|变化|成效|这个|那个|这些|你们|我们|大家|为何|如何|怎么"
)


@dataclass(frozen=True, slots=True)
class Expected:
    """What would answer a question."""

    kind: Kind
    held: re.Pattern[str]
    """What a sentence that has such a thing has: of 多少家 a number of 家, or of what is counted alike."""

    def is_in(self, sentence: str) -> bool:
        """Whether a folded sentence has anything of the kind."""
        return self.held.search(sentence) is not None


def expected(question: str) -> Expected | None:
    """What a folded question asks for; None where its words do not tell.

    >>> expected("支持多少个园区").is_in("支持不少于50个实体园区。"), expected("投入多少钱").is_in("支持50个园区。")
    (True, False)
    """
    if name := person(question):
        told = f"(?:{_OFFICE}|联系人)[：: ]*{name}|{name}(?:[，,（( ]|是|为|现?任|担任)[^，,。；;]{{0,20}}{_OFFICE}"
        return Expected("person", re.compile(told))
    kind = next((kind for kind, asked in _ASKED if asked.search(question)), None)
    if kind is None:
        return None
    measures = _MEASURES.get(kind, ())
    return Expected(kind, next((held for asked, held in measures if asked.search(question)), _HELD[kind]))


def asks_for(question: str, kinds: Set[Kind]) -> bool:
    """Whether a folded question asks for any of these.

    >>> asks_for("支持多少个园区", ONE_THING), asks_for("有哪些措施", ONE_THING)
    (True, False)
    """
    wanted = expected(question)
    return wanted is not None and wanted.kind in kinds


def person(question: str) -> str | None:
    """The name of whom a folded question asks who he is; None where it does not.

    >>> person("何文彬是谁？"), person("主席是谁？")
    ('何文彬', None)
    """
    found = _PERSON.search(question)
    return found[1] if found else None


def defined_in(question: str, sentence: str) -> bool:
    """Whether a folded sentence says what the thing is that a folded question asks the meaning of.

    >>> defined_in("什么是优质中小企业？", "本细则所称优质中小企业，是指创新能力强的企业。")
    True
    """
    asked = _DEFINITION_ASKED.search(question)
    if not asked:
        return False
    # 计划里的“校园餐”是什么 asks of what stands in quotation marks.
    thing = re.escape((asked["behind"] or asked["before"]).rpartition("“")[2].strip("“”《》"))
    return re.search(f"(?:(?<![{CHINESE}])|(?<=所称)|(?<=称的)|(?<=其中)){thing}{_DEFINES}", sentence) is not None


def asked_noun(question: str) -> str | None:
    """Two characters of the noun that is asked for; None where there is none, or one that texts do not say.

    >>> asked_noun("小巨人的认定标准是什么"), asked_noun("要提交哪些材料"), asked_noun("有什么作用")
    ('标准', '材料', None)
    """
    for pattern in (_AFTER, _BEFORE):
        for match in pattern.finditer(question):
            if not _NAMES_NOTHING.search(match[1]):
                return match[1]
    return None
