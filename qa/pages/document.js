/**
 * A document to read. The address says what is cited: #p3 is its third paragraph, #p3:120-178 a stretch of it in
 * characters, #p3:0-20,40-60 several. Without this script #p3 still works, since the browser itself goes there.
 */
(() => {
  'use strict';
  const article = /** @type {HTMLElement} */ (document.querySelector('article.text'));

  /** @returns {?{paragraph: HTMLElement, spans: [number, number][]}} what the address cites */
  function cited() {
    const [, number, written = ''] = /^#p(\d+)(?:(?::|%3A)(.*))?$/i.exec(location.hash) || [];
    const paragraph = number && document.getElementById(`p${Number(number)}`);
    if (!paragraph) return null;
    const spans = [...written.matchAll(/(\d+)-(\d+)/g)].map((match) => [Number(match[1]), Number(match[2])]);
    return { paragraph, spans: spans.filter(([start, end]) => start < end).sort((one, other) => one[0] - other[0]) };
  }

  /** The text nodes of a paragraph that count for offsets: what was removed from the source does not. */
  function textNodes(paragraph) {
    const walker = document.createTreeWalker(paragraph.querySelector('.words'), NodeFilter.SHOW_TEXT, (node) =>
      node.parentElement.closest('del') ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT);
    const nodes = [];
    while (walker.nextNode()) nodes.push(walker.currentNode);
    return nodes;
  }

  /**
   * Where a count of characters ends in a string: the server counts characters, a browser UTF-16 units, and a rare
   * character has two.
   */
  function units(text, characters) {
    return [...text].slice(0, characters).join('').length;
  }

  /** Mark characters `start` to `end` of a paragraph. */
  function mark(paragraph, start, end) {
    let at = 0;
    for (const node of textNodes(paragraph)) {
      const length = [...node.data].length;
      const from = Math.max(start - at, 0);
      const to = Math.min(end - at, length);
      at += length;
      if (from >= to) continue;
      const range = document.createRange();
      range.setStart(node, units(node.data, from));
      range.setEnd(node, units(node.data, to));
      range.surroundContents(document.createElement('mark'));
    }
  }

  /** Show what the address cites, and nothing else. */
  function show() {
    for (const old of article.querySelectorAll('mark')) {
      const parent = old.parentNode;
      old.replaceWith(...old.childNodes);
      parent.normalize();
    }
    for (const old of article.querySelectorAll('.cited')) old.classList.remove('cited');
    for (const link of article.querySelectorAll('.views a')) link.hash = location.hash;
    const found = cited();
    if (!found) return;
    found.paragraph.classList.add('cited');
    for (const [start, end] of found.spans) mark(found.paragraph, start, end);
    found.paragraph.focus({ preventScroll: true });
    (found.paragraph.querySelector('mark') || found.paragraph).scrollIntoView({ block: 'center' });
  }

  /** What is quoted of a paragraph: what is selected in it, or marked, or all of it. */
  function quoted(paragraph) {
    const words = paragraph.querySelector('.words');
    const selection = getSelection();
    if (!selection.isCollapsed && words.contains(selection.anchorNode) && words.contains(selection.focusNode)) {
      return selection.toString().trim();
    }
    const marks = [...words.querySelectorAll('mark')];
    const parts = marks.length ? marks : textNodes(paragraph);
    // Marks that touch are one stretch, cut only by what was removed between them.
    return parts.map((part) => part.textContent).join('').trim();
  }

  /** Put a text on the clipboard; pages without https have only the old way. */
  async function copy(text) {
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    const area = document.createElement('textarea');
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand('copy');
    area.remove();
    if (!done) throw new Error('not copied');
  }

  const status = document.createElement('p');
  status.className = 'skip';
  status.setAttribute('role', 'status');
  document.body.append(status);

  for (const paragraph of article.querySelectorAll('.paragraph')) {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = '复制引文';
    // Before the press moves the focus, the selection is still there.
    button.addEventListener('mousedown', (event) => event.preventDefault());
    button.addEventListener('click', async () => {
      const number = paragraph.id.slice(1);
      const here = cited();
      const address = here?.paragraph === paragraph ? location.href : `${location.href.split('#')[0]}#${paragraph.id}`;
      const citation = `${article.dataset.cited}，第 ${number} 段：“${quoted(paragraph)}” ${address}`;
      const said = await copy(citation).then(() => '已复制', () => '无法复制');
      button.textContent = status.textContent = said;
      button.focus();
      setTimeout(() => { button.textContent = '复制引文'; }, 2500);
    });
    let tools = paragraph.querySelector('.tools');
    if (!tools) {
      tools = document.createElement('span');
      tools.className = 'tools';
      paragraph.append(tools);
    }
    tools.prepend(button);
  }

  addEventListener('hashchange', show);
  show();
})();
