"""Read from which day a document is in force, and to which."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from index.clean.read_dates import DATE, last_day, parse_date, parse_numeral

_SENTENCE = re.compile(r"[^。；;\n]+")
_FORCE = r"(?:正式|开始|全面)?(?:施行|实施|执行|生效|试行)"
_PERIOD = r"(?:有效期限?|试行期限?|施行期限?|执行期限?|实施期限?)"
_END = rf"(?:{_PERIOD})?(?:截止|截至|延长|延续)?(?:至|到)\s*(?P<end>{DATE})"
_LENGTH = rf"{_PERIOD}(?:为|暂定|暂定为)?\s*(?P<count>\d{{1,2}}|[一二两三四五六七八九十]{{1,3}})\s*(?P<unit>年|个月)"
_STARTS = re.compile(
    rf"自\s*(?P<start>{DATE})(?:零时)?起?(?P<force>{_FORCE})?[，,、]?\s*(?:{_END}(?P<to>止)?(?P<after>{_FORCE})?|{_LENGTH})?"
)
_ENDS = re.compile(rf"{_PERIOD}(?:限)?(?:截止|截至|延长|延续)?(?:至|到)\s*(?P<end>{DATE})")
# The document speaks of itself. Must not touch: 《…》自…起施行, 上述政策自…至…, which are others' days.
_ITSELF = (
    r"本[^，,。《》\s]{0,12}?(?:办法|规定|细则|意见|通知|公告|通告|方案|措施|规程|规则|条例|政策|文件|决定|制度|标准|指引|指南|"
    r"计划|规范|目录|导则|准则|清单|批复|令|法|函|决议)"
)
_SUBJECT = re.compile(
    rf"(?:(?:^|[，,：:、）)\s条]){_ITSELF}|现予(?:以)?(?:公布|发布)[，,]?|^\W*(?:第[\d一二三四五六七八九十百]+条|[\d一二三四五六七八九十]+[、.．])?)\s*$"
)
_NOTE = re.compile(rf"^\s*[（(]\s*{DATE}[^《》]*?(?:公布|发布|通过)[，,\s]*$")
_SELF_ANYWHERE = re.compile(rf"(?:^|[，,：:、）)\s条]){_ITSELF}")


def read_validity(texts: Iterable[str]) -> tuple[date | None, date | None]:
    """The first and the last day on which a document says that it is in force; None where it does not say.

    Only whole days count: 自印发之日起施行 states none, and years from such a start have no end that is certain. Where
    a document and its annex name different days, none is taken.
    """
    starts: set[date] = set()
    ends: set[date] = set()
    for text in texts:
        for sentence in _SENTENCE.finditer(text):
            if "自" in sentence[0] or "期" in sentence[0]:
                _read_sentence(sentence[0], starts, ends)
    return (starts.pop() if len(starts) == 1 else None), (ends.pop() if len(ends) == 1 else None)


def _read_sentence(sentence: str, starts: set[date], ends: set[date]) -> None:
    for match in _STARTS.finditer(sentence):
        before = sentence[: match.start()]
        start = parse_date(match["start"])
        in_force = match["force"] or match["after"] or match["to"] or match["count"]
        if start is None or not in_force or not (_SUBJECT.search(before[-40:]) or _NOTE.search(before[-80:])):
            continue
        starts.add(start)
        if match["end"]:
            ends.update(filter(None, [parse_date(match["end"])]))
        elif match["count"]:
            ends.add(last_day(start, parse_numeral(match["count"]) * (12 if match["unit"] == "年" else 1)))
    closing = _ENDS.search(sentence)
    before = sentence[: closing.start()] if closing else ""
    if closing and _SELF_ANYWHERE.search(before) and "《" not in before:
        ends.update(filter(None, [parse_date(closing["end"])]))
