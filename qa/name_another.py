"""Whether a text speaks of something else than what a question names: another city or year, no such title."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from index.clean.fold import fold
from index.read_amounts import amounts
from index.records import Document
from qa.divisions import divisions_in, may_apply
from qa.split_question import asks_of_two_documents, parts

_SPELLED = re.compile("[一二][〇零○一二三四五六七八九]{3}(?=年)")
_FOUR = r"(?<!\d)(?:1[5-9]|20)\d\d"
# 2022年, 2022-05; not 1500-2000元.
_YEAR = re.compile(rf"{_FOUR}(?= ?年|[-/.]\d{{1,2}}(?!\d))")
_PERIOD = re.compile(rf"({_FOUR}) ?年? ?[-—–~～至到]+ ?({_FOUR}) ?年")
# Agencies of the whole country, each by its names and, behind a colon, by what else a text may call it or its branches.
_AGENCIES = (
    "外交部 国防部 教育部 科技部|科学技术部 工信部|工业和信息化部 国家民委|民族事务委员会 公安部 国家安全部 "
    "民政部 司法部 财政部 人社部|人力资源社会保障部|人力资源和社会保障部 自然资源部 生态环境部|环境保护部|环保部 "
    "住建部|住房城乡建设部|住房和城乡建设部 交通运输部|交通部 水利部 农业农村部|农业部 商务部 文旅部|文化和旅游部 "
    "卫健委|卫生健康委|卫计委:卫生健康 退役军人事务部 应急管理部|应急部 人民银行|央行 审计署 "
    "国资委|国有资产监督管理 海关总署:海关 税务总局|税务局:税务 市场监管总局|市场监管局:市场监管|市场监督 "
    "广电总局|广播电视总局:广播电视 体育总局 统计局 医保局|医疗保障局:医保|医疗保障 "
    "金融监管总局|银保监会|银监会|保监会:金融监督|银行保险监督 证监会:证券监督 "
    "发改委|发展改革委|发展和改革委:发展改革|发改 能源局 民航局:民航 邮政局:邮政 药监局:药品监督 "
    "知识产权局:知识产权 粮食和储备局|粮食局 林草局|林业和草原局 工商联|工商业联合会 总工会:工会 共青团:团委 "
    "妇联|妇女联合会 残联|残疾人联合会"
)
_AGENCY = {
    # 财政部门 is not 财政部, and 中央财政部分承担 does not name it.
    re.compile(f"(?:{names})(?![门分属])"): f"{names}|{others}".strip("|").split("|")
    for names, _, others in (agency.partition(":") for agency in _AGENCIES.split())
}
"""Each as a question names it, and what a text may call it."""
_NAMES = (
    re.compile("《([^《》]{2,60})》"),
    # Of two characters, such as “必须”, they may be there for emphasis.
    re.compile('[“"‘「『]([^“”"‘’「」『』]{3,20})[”"’」』]'),
    re.compile(r"(?<![a-z\d])([a-z][a-z\d+-]+)(?![a-z])"),
)
"""Titles, words in quotation marks and Latin words: who uses them means just them."""
_NO_NAME = {
    "ok",
    "hi",
    "hello",
    "hey",
    "thanks",
    "app",
    "pdf",
    "word",
    "excel",
    "email",
    "ppt",
    "vip",
    "qq",
    "ai",
    "gdp",
    "it",
    "ip",
}
"""Latin words that greet, or that texts say in Chinese."""
_COUNTRY = "中华人民共和国"
_ALIKE = 0.65
"""Share of the pairs of characters of a name that a text has at least if it has the name: it may be mistyped."""
# Whoever tells when he was born or began asks of no year.
_OWN_YEAR = re.compile(r"\d{4}年[^，,。]{0,4}(?:成立|注册|出生|毕业|参加工作|入职|退休|开业)")


def names_another(question: str, document: Document) -> bool:
    """Whether a document speaks of something else than what a folded question, or each of its parts, names.

    Of provinces, cities or years, and of none that the question names; or of none of the agencies, the titles, the
    words in quotation marks or the Latin words that it names. A text that names no province or city in its title,
    issuer or number is for the whole country, one for a province is for its cities, and one without a year is for any.
    Of what a question of two documents names, one of them may say nothing.

    Of the first text found on ncp, drcd, cmrc and our questions this holds for 15 of the 1035 answerable questions that
    name any of these; of 993 without an answer, nearly all with the documents that answer left out, for 407.
    """
    if asks_of_two_documents(question):
        return False
    metadata = document.metadata
    head = fold(f"{metadata.title or ''} {metadata.issuer or ''} {metadata.number or ''}")
    said = [head, *(paragraph.text for paragraph in document.paragraphs)]
    return all(
        _another_division(part, said)
        or _another_year(part, document)
        or _no_such_agency(part, said)
        or _no_such_name(part, said)
        for part in parts(question)
    )


def _another_division(question: str, said: Sequence[str]) -> bool:
    asked, of_text = set(divisions_in(question)), set(divisions_in(said[0]))
    if not asked or not of_text or _says_any(said, asked):
        return False
    return not any(may_apply(one, other) for one in of_text for other in asked)


def _no_such_agency(question: str, said: Sequence[str]) -> bool:
    asked = [name for agency, names in _AGENCY.items() if agency.search(question) for name in names]
    return bool(asked) and not _says_any(said, asked)


def _no_such_name(question: str, said: Sequence[str]) -> bool:
    """Whether of the titles none is said, or of what stands in quotation marks, or of the Latin words."""
    named = [[name for name in names.findall(question.lower()) if name not in _NO_NAME] for names in _NAMES]
    if not any(named):
        return False
    text = "\n".join(said).lower()
    return any(names and not any(_is_said(name.removeprefix(_COUNTRY), text) for name in names) for names in named)


def _is_said(name: str, text: str) -> bool:
    if name in text:
        return True
    if len(name) > 3 and not name.isascii():
        wrong = (f"{re.escape(name[:at])}.{re.escape(name[at + 1 :])}" for at in range(len(name)))
        if re.search("|".join(wrong), text):
            return True
    pairs = [name[at : at + 2] for at in range(len(name) - 1)]
    return sum(pair in text for pair in pairs) >= _ALIKE * len(pairs)


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
