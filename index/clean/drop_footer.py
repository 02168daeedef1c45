"""Keep a site's footer out of the text: link lists of institutions, contact lines, permits."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from index.clean.find_headings import read_number
from index.clean.read_dates import DATE

KIND = "footer"

# Only a site prints these of itself; a policy about permits names them without their numbers.
_PERMIT = re.compile(
    r"ICP[备证]\s*\d|备案序?号\s*[:：]|公网安备\s*\d|经营许可证(?:编?号)?\s*[:：]|网站标识码\s*[:：]?\s*\w*\d"
    r"|^版权所有|版权所有\s*[:：©]|Copyright|©",
    re.IGNORECASE,
)
_CONTACT = re.compile(
    r"(?:[\w（）() ]{0,12}(?:电话|传真|信息部|服务部|办公室|热线))\s*[:：].*\d{5,}"
    r"|(?:联系|值班)?电话\s\s?[\d（(].*\d{5,}"
    r"|(?:邮箱|电子邮件|E-?mail)\s*[:：].*@"
    r"|邮编\s*[:：]\s*\d{6}|邮政编码\s*[:：]\s*\d{6}"
    r"|(?:联系|单位|办公|通[信讯])?地址\s*[:：]",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[，,。；;！!？?]")
# A list of links: at least this many names side by side, each an institution.
_LIST_NAMES = 3
_INSTITUTION = re.compile(
    r"(?:部|委|委员会|局|厅|署|办|院|会|协会|联合会|学会|商会|中心|政府|网|银行|公司|集团|所|社|台|站)$"
)
# Printed by a site of itself, but not enough to tell a footer by.
_HOUSEKEEPING = re.compile(
    r"(?:网站)?(?:主办|承办|主管|协办|技术支持|建设|维护|运维|设计制作|制作维护|开发)(?:单位)?\s*[:：]"
    r"|您是第.{0,12}位|(?:今日|总|累计|昨日)?(?:访问|浏览|点击)(?:总?量|总?数|人数|次数)\s*[:：]"
    r"|.{0,12}(?:建议|推荐|最佳)?(?:使用)?.{0,40}(?:浏览器|分辨率).{0,30}$"
    r"|政府网站(?:找错|年报).{0,20}$|党政机关.{0,10}$|适老化|本网?站已?支持IPv6",
    re.IGNORECASE,
)
# A contact line that says whom to ask about the matter of a text.
_OWN_CONTACT = re.compile(r"联系人|咨询|联系电话|联系方式|举报|投诉|报名|受理|申报|反馈|监督|热线|报送|材料|寄")
_DATE_LINE = re.compile(rf".{{0,40}}{DATE}.{{0,12}}")


def _is_link_list(line: str) -> bool:
    names = line.split()
    return len(names) >= _LIST_NAMES and all(map(_INSTITUTION.search, names)) and not _SENTENCE.search(line)


def _is_own(line: str) -> bool:
    """Whether a line is the site's by itself, not a contact line, which a text may give as well."""
    return bool(_PERMIT.search(line) or _HOUSEKEEPING.match(line) or _is_link_list(line))


def drop_footer(lines: Sequence[str]) -> Mapping[int, str]:
    """The lines of the footer, by their numbers; see `footer_length`."""
    return dict.fromkeys(range(len(lines) - footer_length(lines), len(lines)), KIND)


def footer_length(lines: Sequence[str]) -> int:
    """How many lines at the end of a text are the footer of the site that published it.

    They are the longest run of closing lines that are each a permit, a contact line, a list of institutions or what a
    site tells of its makers and visitors, and only if a permit is among them. Contact lines that open the run are the
    text's, unless the text has been signed above them and they name no one to ask. Must not touch: the telephone
    numbers and addresses that a policy itself gives, which people ask for; its signature and date; a list of
    institutions that no site footer follows; a numbered line; a line with a full stop,
    such as a whole page pasted as one line.
    """
    start = len(lines)
    while start and "。" not in lines[start - 1]:
        line = lines[start - 1]
        if read_number(line) or not (_is_own(line) or _CONTACT.match(line)):
            break
        start -= 1
    closing = lines[start:]
    if not any(map(_PERMIT.search, closing)):
        return 0
    contacts = next(at for at, line in enumerate(closing) if _is_own(line))
    signed = start > 0 and _DATE_LINE.fullmatch(lines[start - 1])
    if signed and not any(map(_OWN_CONTACT.search, closing[:contacts])):
        contacts = 0
    return len(closing) - contacts
