"""Whether a text speaks of something else than what a question names: another province or year, no such title."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from index.clean.fold import fold
from index.read_amounts import amounts
from index.records import Document
from index.tokenize import CHINESE
from qa.split_question import asks_of_two_documents

# The divisions of the first level, GB/T 2260, by the names that people use.
_PROVINCES = (
    "北京 天津 上海 重庆 河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 海南 四川 贵州 "
    "云南 陕西 甘肃 青海 内蒙古 广西 西藏 宁夏 新疆 香港 澳门 台湾"
)
_PROVINCE = re.compile(f"(?:{'|'.join(_PROVINCES.split())})(?!大学|学院|[东西南北中]?路|大[道街])")
_SPELLED = re.compile("[一二][〇零○一二三四五六七八九]{3}(?=年)")
_FOUR = r"(?<!\d)(?:1[5-9]|20)\d\d"
# 2022年, 2022-05; not 1500-2000元.
_YEAR = re.compile(rf"{_FOUR}(?= ?年|[-/.]\d{{1,2}}(?!\d))")
_PERIOD = re.compile(rf"({_FOUR}) ?年? ?[-—–~～至到]+ ?({_FOUR}) ?年")
# 泉州市, but not 直辖市, 上市 or 本市. Two characters tell names apart; of 石家庄市 they are the last two.
_CITY = re.compile(
    f"([{CHINESE}]{{2}})(?<![各本全在的该城上都所我省哪什么些几个到从等有是县辖股门夜超菜集楼])市(?![场民区直级内政委县])"
)
# Agencies of the whole country, each by what texts and people call it.
_AGENCIES = (
    "外交部 国防部 教育部 科技部|科学技术部 工信部|工业和信息化部 国家民委|民族事务委员会 公安部 国家安全部 民政部 "
    "司法部 财政部 人社部|人力资源社会保障部|人力资源和社会保障部 自然资源部 生态环境部|环境保护部|环保部 "
    "住建部|住房城乡建设部|住房和城乡建设部 交通运输部|交通部 水利部 农业农村部|农业部 商务部 文旅部|文化和旅游部 "
    "卫健委|卫生健康委|卫计委 退役军人事务部 应急管理部|应急部 人民银行|央行 审计署 国资委|国有资产监督管理 "
    "海关总署|海关 税务总局|税务 市场监管总局|市场监管|市场监督 广电总局|广播电视 体育总局 统计局 "
    "医保局|医疗保障|医保 金融监管总局|金融监督|银保监会|银行保险监督|银监会|保监会 证监会|证券监督 "
    "发改委|发展改革委|发展和改革委 能源局 民航局|民航 邮政局|邮政 药监局|药品监督 知识产权局 粮食和储备局|粮食局 "
    "林草局|林业和草原局 工商联|工商业联合会 总工会 共青团 妇联|妇女联合会 残联|残疾人联合会"
)
_AGENCY = {re.compile(f"(?:{names})(?!门)"): names.split("|") for names in _AGENCIES.split()}
"""Each as a question names it, since 财政部门 is not 财政部, and by what a text may call it."""
_NAMES = (
    re.compile("《([^《》]{2,})》"),
    re.compile('[“"‘「『]([^“”"‘’「」『』]{2,20})[”"’」』]'),
    re.compile(r"(?<![a-z\d])([a-z][a-z\d+-]+)(?![a-z])"),
)
"""Titles, words in quotation marks and Latin words: who uses them means just them."""
_ALIKE = 0.65
"""Share of the pairs of characters of a name that a text has at least if it has the name: it may be mistyped."""
# Whoever tells when he was born or began asks of no year.
_OWN_YEAR = re.compile(r"\d{4}年[^，,。]{0,4}(?:成立|注册|出生|毕业|参加工作|入职|退休|开业)")


def names_another(question: str, document: Document) -> bool:
    """Whether a document speaks of something else than what a folded question names.

    Of provinces, cities or years, and of none that the question names; or of none of the agencies, the titles, the
    words in quotation marks or the Latin words that it names. A text that names no province or city in its title,
    issuer or number is for the whole country, and one without a year for any. Of what a question of two documents
    names, one of them may say nothing.

    Of the first text found on ncp, drcd, cmrc and our questions this holds for 14 of the 1026 answerable questions that
    name any of these; of 986 without an answer, most with the documents that answer left out, for 391.
    """
    if asks_of_two_documents(question):
        return False
    head = fold(f"{document.metadata.title or ''} {document.metadata.issuer or ''} {document.metadata.number or ''}")
    said = [head, *(paragraph.text for paragraph in document.paragraphs)]
    return (
        _another_province(question, said)
        or _another_city(question, said)
        or _another_year(question, document)
        or _no_such_agency(question, said)
        or _no_such_name(question, said)
    )


def _another_province(question: str, said: Sequence[str]) -> bool:
    asked = set(_PROVINCE.findall(question))
    return bool(asked) and _PROVINCE.search(said[0]) is not None and not _says_any(said, asked)


def _another_city(question: str, said: Sequence[str]) -> bool:
    asked = set(_CITY.findall(question))
    return bool(asked) and _CITY.search(said[0]) is not None and not _says_any(said, asked)


def _no_such_agency(question: str, said: Sequence[str]) -> bool:
    asked = [name for agency, names in _AGENCY.items() if agency.search(question) for name in names]
    return bool(asked) and not _says_any(said, asked)


def _no_such_name(question: str, said: Sequence[str]) -> bool:
    """Whether of the titles none is said, or of what stands in quotation marks, or of the Latin words."""
    named = [names.findall(question.lower()) for names in _NAMES]
    if not any(named):
        return False
    text = "\n".join(said).lower()
    return any(names and not any(_is_said(name, text) for name in names) for names in named)


def _is_said(name: str, text: str) -> bool:
    pairs = [name[at : at + 2] for at in range(len(name) - 1)]
    return name in text or sum(pair in text for pair in pairs) >= _ALIKE * len(pairs)


def _says_any(said: Sequence[str], names: Iterable[str]) -> bool:
    return any(name in text for name in names for text in said)


def _another_year(question: str, document: Document) -> bool:
    asked = set(_years(_OWN_YEAR.sub("", question)))
    said = set(_years_of(document)) if asked else set()
    return bool(said) and asked.isdisjoint(said)


def _years_of(document: Document) -> Iterator[str]:
    metadata = document.metadata
    yield from (str(day.year) for day in (metadata.issued_on, metadata.published_on) if day)
    for text in (metadata.title or "", *(paragraph.text for paragraph in document.paragraphs)):
        yield from _years(text)


def _years(text: str) -> Iterator[str]:
    yield from _YEAR.findall(text)
    for first, last in _PERIOD.findall(text):
        yield from map(str, range(int(first), int(last) + 1))
    for spelled in _SPELLED.findall(text):
        yield from (digits for _, digits in amounts(spelled))
