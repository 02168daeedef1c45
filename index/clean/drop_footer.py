"""Keep a site's footer out of the text: link lists of institutions, contact lines, permits."""

from __future__ import annotations

import re
from collections.abc import Sequence

KIND = "footer"

# Only a site prints these of itself; a policy about permits names them without their numbers.
_PERMIT = re.compile(
    r"ICP[备证]\s*\d|备案序?号\s*[:：]|公网安备\s*\d|经营许可证(?:编?号)?\s*[:：]|网站标识码\s*[:：]?\s*\w*\d|^版权所有|版权所有\s*[:：©]|Copyright|©",
    re.IGNORECASE,
)
_CONTACT = re.compile(
    r"(?:[\w（）() ]{0,12}(?:电话|传真|信息部|服务部|办公室|热线))\s*[:：].*\d{5,}"
    r"|(?:邮箱|电子邮件|E-?mail)\s*[:：].*@"
    r"|邮编\s*[:：]\s*\d{6}|邮政编码\s*[:：]\s*\d{6}"
    r"|(?:联系)?地址\s*[:：]|(?:主办|承办|技术支持|主管)(?:单位)?\s*[:：]",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[，,。；;！!？?]")
# A list of links: at least this many names side by side, each an institution.
_LIST_NAMES = 3
_INSTITUTION = re.compile(
    r"(?:部|委|委员会|局|厅|署|办|院|会|协会|联合会|学会|商会|中心|政府|网|银行|公司|集团|所|社|台|站)$"
)


def _is_link_list(line: str) -> bool:
    names = line.split()
    return len(names) >= _LIST_NAMES and all(map(_INSTITUTION.search, names)) and not _SENTENCE.search(line)


def footer_length(lines: Sequence[str]) -> int:
    """How many lines at the end of a text are the footer of the site that published it.

    They are the longest run of closing lines that are each a permit, a contact line or a list of institutions, and
    only if a permit is among them. Must not touch: the telephone numbers and addresses that a policy itself gives,
    which people ask for; its signature and date; a list of institutions that no site footer follows; a line with a full
    stop, such as a whole page pasted as one line.
    """
    length = 0
    for line in reversed(lines):
        if "。" in line or not (_PERMIT.search(line) or _CONTACT.match(line) or _is_link_list(line)):
            break
        length += 1
    closing = lines[len(lines) - length :]
    return length if any(map(_PERMIT.search, closing)) else 0
