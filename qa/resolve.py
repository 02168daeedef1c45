"""A question that points back is put into words that stand alone: 那供应链呢 after 产业链有哪些措施.

Rules, not a model: what is taken over from the turns before can be told from the words of the question itself. A
question that names what it is about is left as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice

from index.split import list_items
from index.tokenize import CHINESE
from qa.expect import SECTIONS

_TURNS = 5
"""How far back a chain of questions is followed that each point to the one before."""
_LONGEST = 400
"""How much of an earlier turn is read, from its end, in characters."""

_NUMERALS = "一二三四五六七八九"
_ASKS = "什么|哪|多少|谁|几|怎|如何|是否|能不能|为何|何时"
_PUNCTUATION = "，,。；;？?！!、：:“”‘’「」『』《》〈〉（）()"
_KINDS = "计划|行动|文件|政策|通知|办法|规定|意见|方案|项目|活动|措施"

# 再说说第二条, 麻烦介绍一下第二条: what asks to tell of an item is no part of its name.
_TELL = re.compile(
    "^(?:麻烦|[你您]|能|可以|请|再|具体|详细)*(?:说说|讲讲|谈谈|展开|说明|解释|(?:说|讲|介绍)(?:一?下)?)(?:一?下)?(?=第)"
)
_OPENING = re.compile("^(?:那么|那(?![些里样种个年时儿])|还有|另外|至于|关于)+[，,]?")
_MORE = re.compile(
    "^(?:那|那么)?(?:还有(?:呢|吗|别的吗|其他的?吗|什么|哪些)?|其他的?呢|别的呢|然后呢|继续|接着说)[？?。]*$"
)
_WHAT_ABOUT = re.compile(rf"^(?P<named>(?:(?!{_ASKS}).){{1,20}}?)(?:方面)?(?:呢|又如何|怎么样|又怎样)[？?。]*$")
# Beyond nine it is an article, which the text itself numbers; what is not counted (第三方, 第一季度) is a name.
_ORDINAL = re.compile(
    "第(?P<number>[一二三四五六七八九1-9])"
    "(?:[条项点种步款链]|个(?![季月年五工])|方面(?![临对向])|类?(?=[呢是有的包具怎如指讲说]|[^\\w]|$))"
)
_POINTS_BACK = re.compile(
    rf"它们|他们|她们|它|(?<!应)该(?:{_KINDS})?|其中|(?<![尤极与])其(?=[^他余次实])|"
    # 以上 behind anything else is a limit: 60岁以上, 县级以上. 此外 and 因此 only join, 此次 and 这次 tell the time.
    rf"(?:这(?!次)|上述|(?<![^对在按据照除于与和及把将为问足合备到受从{_PUNCTUATION}\s])以上|(?<![因如由从彼除])此(?![外次前后时]))"
    rf"(?:些|个|份|项(?!目)|条|种|类)?(?:{_KINDS})?"
)
_POINTS_WITHIN = 4
"""A word that points back stands among the first characters; 该 or 其 later in a question mostly points into it."""
_DOCUMENT_NOUN = "计划|行动|文件|政策|通知|办法|规定|意见|方案"
# A document that a question is about, by its name or by what it is called before 由, 是, 的 or 有.
_DOCUMENT = re.compile(
    rf"《[^《》]+》|(?:(?!{_ASKS})[{CHINESE}“”\d])*?(?:{_DOCUMENT_NOUN})(?=[由是的有要在]|[^{CHINESE}]|$)"
)
_NO_NAME = re.compile(rf"(?:另外?|上|下|前|后|那|这|第.)?[一两]?[份个项]?(?:{_DOCUMENT_NOUN})")
# What speaks of something without a name for it: the name is in the turn before.
_NAMELESS = re.compile(
    "^(?:一?共|总共|除此之外|除了这|以后|之后|今后|什么时候|何时|多久|要|能|可以|可不可以|会|由|到什么|到哪|为什么|为何|怎么|如何|"
    "有没有|有什么|有哪些|是什么|是谁|是哪|谁|哪|多少|几|什么|具体)"
)
_NAMELESS_LENGTH = 14
_SHORT = 4
# What may be asked of any policy, and what joins such words: 需要提交什么材料 means the one spoken of before.
_OF_ANY_POLICY = re.compile(
    "申请|申报|申领|报名|办理|受理|审核|审批|通过|领取?|发放|到账|提交|提供|准备|递交|表格|"
    f"{SECTIONS}|"
    "期限|日期|时间|时候|截止|逾期|过期|超期|超过|晚|最晚|最迟|标准|金额|额度|上限|钱|资金|比例|范围|部门|单位|窗口|"
    "地[方点址]|联系人?|咨询|电话|网址|网站|渠道|方式|费用?|要求|满足|符合|具备|后果|处理|结果|反馈|(?:有效|公示)期?|"
    "目标|任务|内容|重点|思路|背景|意义|支持|覆盖|安排|投入|"
    f"(?<![{CHINESE}])(?:补贴|补助|奖励|资助)"
)
_ASPECT_AT_END = re.compile(
    f"(?:[\\s的]*(?:{SECTIONS}|申请|申报|办理|领取|印发|发布|出台|标准|金额|额度|钱|时间|期限|"
    "日期|范围|要求|电话|地址|部门))+的?$"
)
_JOINS = re.compile(
    r"[需要应该当可以能会给到在向去找由的了得拿用交带办又都也还才就后前内里不没最多高少低长每次天日年月之一个家项名人次元万亿有是，,？?。！!\s]"
)
# 个体户可以申请吗 does not say for what.
_WHO_MAY = re.compile(
    f"[{CHINESE}]{{0,6}}(?:户|人|者|员|生|民|企业|公司|单位|机构|组织|学校|医院|协会|商会)(?:也|都)?"
    "(?:可以|能够?|能不能|可不可以|是否可以|能否)(?:申请|申报|报名|享受|领取?|办理?)[吗么]?[？?]*$"
)
_NAME = re.compile("《[^《》]{2,60}》")
_QUOTED = re.compile("[“「‘『《]")
_ASKING = re.compile(
    "(?:请问一?下?|主要|具体|一共|分别)|(?:是|有|叫|指的是|指|包括|包含|要|由)?"
    "(?:什么时候|什么|(?<!任)何时|多久|多长时间|哪一?[年天些个里儿家几]?|多少|谁|几[个家年条项]?|怎么样?|怎样|如何|为什么|是否|能不能)|[吗呢吧]"
)
_MARK = re.compile(r"\[\d+\]")
_LEADING_TO_A_LIST = re.compile("^.*(?:以|即|包括|包含|有|是|为|分别是|如|：|:|，|,)")


def resolve(text: str, asked_before: Iterable[str], answers: Iterable[str]) -> str:
    """A folded question in words that stand alone, as far as the turns before tell.

    Args:
        text: the question.
        asked_before: the user's earlier questions, folded, the latest first; only the last few are read.
        answers: what was answered, folded, the latest first; only the latest is read.
    """
    # Only the last turns are ever looked at, so a conversation of thousands costs no more than a short one.
    earlier = [before[-_LONGEST:].strip() for before in islice(asked_before, _TURNS)]
    if not earlier:
        return text
    # A chain such as 产业链…, 那供应链呢, 那数据链呢 is resolved from its beginning.
    previous = earlier[-1]
    for question in reversed(earlier[:-1]):
        previous = _resolve(question, previous, "")
    alone = _resolve(text, previous, next(iter(answers), ""))
    return alone if any(map(str.isalnum, alone)) else text


def _resolve(text: str, previous: str, last_answer: str) -> str:
    if _MORE.match(text):
        return previous
    bare = _TELL.sub("", _OPENING.sub("", text))
    ordinal = _ORDINAL.search(bare)
    if ordinal and ordinal.start() <= _POINTS_WITHIN and not _names(bare):
        return _with_item(bare, ordinal, previous, last_answer)
    about = _WHAT_ABOUT.match(bare)
    brief = bare != text or (about and "呢" in about[0] and len(about["named"]) <= _NAMELESS_LENGTH)
    if about and brief and not _points_back(about["named"]):
        return _contrasted(about["named"], previous)
    pointing = _points_back(bare)
    if pointing:
        said = f"{bare[: pointing.start()]}{bare[pointing.end() :]}"
        return f"{_topic(previous, said)} {said}"
    short = sum(map(str.isalnum, bare)) <= _SHORT
    nameless = _NAMELESS.match(bare) and len(bare) <= _NAMELESS_LENGTH
    if not _names(bare) and (bare != text or short or nameless or _asked_of_any_policy(bare)):
        return f"{_topic(previous, bare)} {bare}"
    return text


def _names(text: str) -> bool:
    return _QUOTED.search(text) is not None


def _points_back(text: str) -> re.Match[str] | None:
    found = _POINTS_BACK.search(text)
    return found if found and found.start() <= _POINTS_WITHIN else None


def _asked_of_any_policy(text: str) -> bool:
    said = _ASKING.sub("", text)
    left = _OF_ANY_POLICY.sub("", said)
    return bool(_WHO_MAY.match(text)) or (left != said and not _JOINS.sub("", left))


def _topic(previous: str, said: str) -> str:
    """What a question is about: the text it names, else, or where hardly more is said, all of it but the asking.

    Who asks now what may be asked of any policy asks no more for the like that he asked for before.
    """
    name = _NAME.search(previous)
    about = _ASKING.sub(" ", previous).strip("，,。；;？?！! ")
    if _asked_of_any_policy(said):
        about = _ASPECT_AT_END.sub("", about).strip().removeprefix("是").removesuffix("的")
    elif name and sum(map(str.isalnum, _ASKING.sub("", said))) > 1:
        return name[0]
    return " ".join(about.split()) or previous


def _contrasted(named: str, previous: str) -> str:
    """The question before with another noun: of the words alike in length and last character, the longest match.

    Where the question before has nothing like it, what it asks is asked of both.
    """
    run = named.strip(_PUNCTUATION).removesuffix("的")
    if _DOCUMENT.fullmatch(named) and not _NO_NAME.fullmatch(named) and _DOCUMENT.search(previous):
        return _DOCUMENT.sub(lambda _: named, previous, count=1)
    for alike in range(len(run) - 1, 0, -1):
        at = previous.rfind(run[-alike:])
        start = at + alike - len(run)
        if at >= 0 and start >= 0 and re.fullmatch(f"[{CHINESE}]+", previous[start : at + alike]):
            return f"{previous[:start]}{run}{previous[at + alike :]}"
    return f"{previous} {run}"


def _with_item(text: str, ordinal: re.Match[str], previous: str, last_answer: str) -> str:
    """The item of the list answered last in the place of its number; else the number as texts write it (三是).

    Where the question before has another number of the same, such as 第一类, the new one takes its place.
    """
    alike = re.search(f"第[{_NUMERALS}1-9]{ordinal[0][2:]}", previous) if len(ordinal[0]) > len("第一") else None
    if alike:
        return f"{previous[: alike.start()]}{ordinal[0]}{previous[alike.end() :]}"
    number = ordinal["number"]
    place = int(number) if number.isascii() else _NUMERALS.index(number) + 1
    items = answered_items(last_answer)
    rest = f"{text[: ordinal.start()]} {text[ordinal.end() :]}".strip(f"{_PUNCTUATION} 呢")
    said = f"{_NUMERALS[place - 1]}是"
    if place <= len(items):
        item = items[place - 1]
        said = item if item.startswith(said) else f"{said}{item}"
    return f"{_topic(previous, said)} {said} {rest}".strip()


def answered_items(answer: str) -> list[str]:
    """The items of the list in an answer: numbered ones, else the longest run of words between 、.

    >>> answered_items("以创新链、产业链、供应链“三条链”为重点。[1]")
    ['创新链', '产业链', '供应链']
    """
    answer = _MARK.sub("", answer[:_LONGEST])
    numbered = [answer[start:end] for start, end in list_items(answer)]
    if numbered:
        return [re.split("[。；;]", item)[0] for item in numbered]
    runs = (run.split("、") for run in re.split("[，,。；;！？!?“”]", answer))
    items = max(runs, key=len)
    if len(items) < 2:
        return []
    items[0] = _LEADING_TO_A_LIST.sub("", items[0]) or items[0]
    return items
