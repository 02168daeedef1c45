"""Tell the names of institutions from other words, and take lists of them apart."""

from __future__ import annotations

import re

_LETTER = "[\u3400-\u9fff]"
# What names of Chinese institutions end in.
_INSTITUTION = re.compile(
    r"(?:部|委|委员会|局|厅|院|署|办|室|政府|银行|支行|分行|协会|学会|研究会|联合会|商会|促进会|总会|公会|工会|监事会|"
    r"董事会|理事会|基金会|常委会|工商联|残联|科协|文联|妇联|团委|党委|党组|中央|中心|法院|检察院|公司|集团|大学|学院|"
    r"学校|中学|小学|指挥部|司令部|领导小组|工作组|专班|处|司|机制|海关|供销社|联社|馆|站|所|总队|支队|大队|人大|政协|"
    r"证监会|银保监会|代表大会|党校|交易所|仲裁委|(?:机制|指挥部|领导小组)[\u3400-\u9fff]{2,6}组)$"
)
_NO_INSTITUTION = re.compile(
    r"[\d，,。；;：:！!？?《》“”\"'、|]"
    r"|关于|各|有关|附件|联系|电话|记者|编辑|来源|作者|责任|抄送|通知|公告|意见|转发|印发|批转|发布|全文|如下|同意|负责|进行|"
    r"等(?:[一二三四五六七八九十]+个?)?(?:部门|单位|部委)|申请|填报|主管部门|相关部门|职能部门|用人|甲方|乙方|的(?!.*(?:领导小组|指挥部|机制|工作组))"
    r"|(?:全|内|外|干|局|本|门|支)部$|场所$|[入出住]院$|处室$|科室$|教室$|何处$|之处$|好处$|住处$|到处$|主办$|承办$|举办$|开办$|经办$|督办$|交办$|[^管党]办理$"
)
# Two institutions of one rank without a mark between them: 财政部税务总局. Must not touch: 教育部办公厅,
# 交通运输部海事局, 国家税务总局北京市税务局.
_RUN_TOGETHER = re.compile(
    r"(?:部|委员会|改革委|健康委|总局|署)(?!党)[^（(]+(?:部|委员会|改革委|健康委|总局|署)$"
    r"|厅(?:\(室\))?[^（(]{2,}厅$|(?:办公厅|办公室)[^（(]{2,}$|^(..).*(?:部|委|局|厅|府|院|室|会)\1.*(?:局|厅|委|府|室|会)$"
)
# A name without its owner: the second line of one that was broken in two.
_PART = re.compile(r"(?:领导小组|指挥部|办公室|应对|防控|疫情|肺炎|感染|工作|联防联控)")
_MARKS = re.compile(r"[、，,;；/\s]+")
_SEAL = re.compile(r"[（(](?:代?章|盖章|公章|印章|印|代)[）)]$")
_SPACED = re.compile(rf"(?<!\S){_LETTER}(\s{{1,4}}){_LETTER}(?:\1{_LETTER})*(?!\S)")
_LENGTHS = range(3, 41)
_NAME = re.compile(r"[\u3400-\u9fffA-Za-z0-9（()）]+")


def join_spaced(line: str) -> str:
    """A line with the words whose characters stand apart put together; a wider blank parts two of them.

    >>> join_spaced("财 政 部    税 务 总 局")
    '财政部    税务总局'
    """
    return _SPACED.sub(lambda match: "".join(match[0].split()), line)


def is_institution(name: str) -> bool:
    """Whether a phrase as a whole is the name of one institution, by what it ends in and what no name holds."""
    return (
        len(name) in _LENGTHS
        and bool(_NAME.fullmatch(name))
        and not _PART.match(name)
        and bool(_INSTITUTION.search(name))
        and not _NO_INSTITUTION.search(name)
        and not _RUN_TOGETHER.search(name)
    )


def split_issuers(text: str) -> tuple[str, ...]:
    """The institutions that a text lists, by 、, commas or blanks; none unless every part of it is one.

    >>> split_issuers("财政部办公厅、教育部办公厅"), split_issuers("财政部税务总局"), split_issuers("领导 财政部")
    (('财政部办公厅', '教育部办公厅'), (), ())
    """
    names = [_SEAL.sub("", part) for part in _MARKS.split(join_spaced(text).strip(" 、")) if part]
    return tuple(dict.fromkeys(names)) if names and all(map(is_institution, names)) else ()


def stated_issuers(text: str) -> tuple[str, ...]:
    """The issuers that a table or record states under that label: what is not a list of institutions is one name."""
    text = join_spaced(text).strip()
    return split_issuers(text) or ((_SEAL.sub("", "".join(text.split())),) if text else ())


def whole_name(above: str, name: str) -> str | None:
    """The name that a line and the line below it make up, where the lower one is only part of a name."""
    whole = above + name
    return whole if _PART.match(name) and is_institution(whole) else None


def is_same_institution(one: str, other: str) -> bool:
    """Whether one name may be the other's short form: all its characters stand in the other.

    >>> is_same_institution("市政府办公室", "苏州市人民政府办公室"), is_same_institution("财政部", "湖南省财政厅")
    (True, False)
    """
    short, long = sorted((one, other), key=len)
    return set(short) <= set(long)
