/**
 * <policy-qa>: ask questions about policy texts and read the passages that answer.
 *
 *   <script src="https://host/widget.js" data-title="政策问答" defer></script>
 *
 * One file, no dependency, no cookie. It works under a strict content security policy: styles are constructed sheets,
 * and every text enters the page as a text node, so nothing in a corpus can become markup. docs/widget.md has the
 * attributes and events.
 */
(() => {
  'use strict';

  /**
   * @typedef {{id: number, title: string, issuer: ?string, document_number: ?string, issued_on: ?string,
   *   page?: ?number, paragraph: number, start: number, end: number, url: string,
   *   copies?: {title: string, url: string}[]}} Citation
   * @typedef {{text: string, highlights: [number, number][], nearest: boolean, citation: Citation}} Passage
   * @typedef {{id?: string, answer: {answerable: boolean, text: string, citations: number[]}, passages: Passage[]}} Reply
   * @typedef {'asking' | 'done' | 'stopped' | 'failed'} State
   * @typedef {{question: string, said: string, state: State, problem?: string, reply?: Reply, rating?: string,
   *   passages: Passage[], body?: HTMLElement, element?: HTMLElement}} Exchange
   */

  const script = /** @type {?HTMLScriptElement} */ (document.currentScript);
  const home = script && script.src ? new URL('.', script.src) : new URL('/', document.baseURI);
  const PHONE = '(max-width: 30em), (max-height: 26em)';
  /** Milliseconds to wait before each further try on a lost connection. */
  const WAITS = [1000, 2000, 4000];
  /** Earlier exchanges sent along, and the longest question, as the server takes them. */
  const HISTORY = 10;
  const COPIES = 5;
  const MAX_LENGTH = 2000;
  /** The attributes; each may also be written data-…, as it must on the script. */
  const ATTRIBUTES = [
    'title', 'lang', 'theme', 'accent', 'greeting', 'placeholder', 'suggestions', 'script', 'src', 'key', 'filters',
    'question', 'floating', 'side',
  ];

  const TEXTS = {
    'zh-Hans': {
      title: '政策问答', greeting: '请就所收录的政策文本提问。回答逐字引自原文，并注明出处。', placeholder: '请输入您的问题',
      send: '提问', stop: '停止', close: '关闭', retry: '重试', clear: '新对话', examples: '您可以这样问',
      question: '您的问题', searching: '正在查找…', talk: '对话', source: '出处', sources: '出处',
      nearest: '最接近的段落，仅供参考', others: '其他相关段落', paragraph: '第 # 段', page: '第 # 页', read: '阅读原文段落', same: '同文另见：', tab: '在新窗口打开',
      copy: '复制回答', copyQuote: '复制引文', copied: '已复制', uncopied: '无法复制，请选取文字后复制',
      script: '字形', simplified: '简体', traditional: '繁体', original: '原文字形',
      up: '有帮助', down: '没有帮助', comment: '您的意见（可不填）', submit: '提交', thanks: '已收到，谢谢。',
      lost: '连接中断，正在重新连接…', failed: '无法连接到问答服务。', busy: '提问的人太多，请稍后重试。', wait: '提问的人太多，请 # 秒后重试。',
      denied: '本页面未获准使用问答服务。', refused: '这个问题无法处理，请换一种说法。', misused: '本页面的问答设置有误，请告知网站管理者。', stopped: '已停止。',
    },
    'zh-Hant': {
      title: '政策問答', greeting: '請就所收錄的政策文本提問。回答逐字引自原文，並註明出處。', placeholder: '請輸入您的問題',
      send: '提問', stop: '停止', close: '關閉', retry: '重試', clear: '新對話', examples: '您可以這樣問',
      question: '您的問題', searching: '正在查找…', talk: '對話', source: '出處', sources: '出處',
      nearest: '最接近的段落，僅供參考', others: '其他相關段落', paragraph: '第 # 段', page: '第 # 頁', read: '閱讀原文段落', same: '同文另見：', tab: '在新視窗開啟',
      copy: '複製回答', copyQuote: '複製引文', copied: '已複製', uncopied: '無法複製，請選取文字後複製',
      script: '字形', simplified: '简体', traditional: '繁體', original: '原文字形',
      up: '有幫助', down: '沒有幫助', comment: '您的意見（可不填）', submit: '送出', thanks: '已收到，謝謝。',
      lost: '連線中斷，正在重新連線…', failed: '無法連線到問答服務。', busy: '提問的人太多，請稍後重試。', wait: '提問的人太多，請 # 秒後重試。',
      denied: '本頁面未獲准使用問答服務。', refused: '這個問題無法處理，請換一種說法。', misused: '本頁面的問答設定有誤，請告知網站管理者。',
      nothing: '所收錄的文本中沒有找到能回答這個問題的內容。下面是最接近的段落，僅供參考。', none: '沒有符合篩選條件的文本。', stopped: '已停止。',
    },
    en: {
      title: 'Policy questions', greeting: 'Ask about the policy texts held here. Answers are quoted word for word, with their source.',
      placeholder: 'Your question', send: 'Ask', stop: 'Stop', close: 'Close', retry: 'Try again', clear: 'Start over',
      examples: 'You could ask', question: 'Your question', searching: 'Searching…', talk: 'Conversation', source: 'Source', sources: 'Sources',
      nearest: 'The nearest passages; they may not answer', others: 'Other passages found', paragraph: 'paragraph #', page: 'page #',
      read: 'Read the paragraph', same: 'The same in: ', tab: 'opens in a new tab', copy: 'Copy answer', copyQuote: 'Copy citation',
      copied: 'Copied', uncopied: 'Copying failed: select the text and copy it', script: 'Script', simplified: '简体', traditional: '繁體',
      original: 'As written', up: 'Helpful', down: 'Not helpful', comment: 'Your comment (optional)', submit: 'Send',
      thanks: 'Received, thank you.', lost: 'Connection lost, reconnecting…', failed: 'The service cannot be reached.',
      busy: 'Too many questions, please try again later.', wait: 'Too many questions, please try again in # seconds.',
      denied: 'This page may not use the service.', refused: 'This question cannot be handled, please put it differently.',
      misused: 'This page is set up wrongly, please tell its owner.', stopped: 'Stopped.',
      nothing: 'Nothing in the texts held here answers this question. The nearest passages follow. ',
      none: 'No text passes the filters of this page.',
    },
  };

  // Sizes are in em of the reader's own font size: rem belongs to the page around, which may have set it to 10 px.
  const DARK = `--text: #e8eaed; --quiet: #a7b0bc; --ground: #191c22; --tint: #242932; --line: #3b424e; --field: #8a94a3;
    --mark: #4d4014; --link: var(--link-dark, #8db8ee); --shade: rgb(0 0 0 / .6); color-scheme: dark;`;
  const STYLE = `
    :host { display: block; font: 400 medium/1.65 system-ui, -apple-system, "PingFang SC", "Hiragino Sans GB", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; text-align: start; }
    :host([hidden]), [hidden] { display: none !important; }
    * { box-sizing: border-box; }
    .frame {
      --text: #1c2430; --quiet: #57606e; --ground: #fff; --tint: #f2f4f7; --line: #d5dae1; --field: #7b8594;
      --mark: #fff0b8; --link: var(--link-light, #1b4f8f); --shade: rgb(20 28 40 / .22);
      --fill: var(--accent, #1b4f8f); --on-fill: var(--on-accent, #fff);
      height: 100%; color: var(--text); color-scheme: light;
    }
    .frame[data-theme=dark] { ${DARK} }
    @media (prefers-color-scheme: dark) { .frame[data-theme=auto] { ${DARK} } }
    h2, h3, h4, p, ol, ul, blockquote { margin: 0; padding: 0; font: inherit; }
    ol, ul { list-style: none; }
    button, input, textarea, select { font: inherit; line-height: 1.4; color: inherit; margin: 0; border-radius: .4em; }
    button, summary { cursor: pointer; touch-action: manipulation; }
    button { border: 1px solid var(--line); background: var(--ground); padding: .3em .75em; min-height: 2.25em; }
    button:hover { border-color: var(--quiet); }
    button[aria-pressed=true] { border-color: var(--link); color: var(--link); background: var(--tint); }
    a { color: var(--link); text-underline-offset: .2em; }
    :focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
    .hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
    .quiet, .sources small { color: var(--quiet); font-size: .875em; }
    .fill { background: var(--fill); color: var(--on-fill); border-color: transparent; font-weight: 600; }
    .plain { border-color: transparent; background: none; }
    /* Not hidden behind the sticky form when the page or the focus goes there. */
    section .exchange, section .talk :focus-visible { scroll-margin-block: .5em 5em; }
    .launcher { position: fixed; inset-block-end: 1.25em; inset-inline-end: 1.25em; z-index: 2147483000; display: flex; gap: .5em; align-items: center;
      padding: .7em 1.15em; border-radius: 2em; box-shadow: 0 .25em 1em var(--shade); }
    .launcher svg { width: 1.25em; height: 1.25em; fill: currentColor; }
    .start .launcher, .start dialog.panel { inset-inline: 1.25em auto; }
    .panel { display: flex; flex-direction: column; height: 100%; min-height: 0; margin: 0; padding: 0; color: var(--text); background: var(--ground); border: 1px solid var(--line); border-radius: .75em; }
    dialog.panel { position: fixed; inset: auto 1.25em 1.25em auto; z-index: 2147483000; width: min(26em, calc(100vw - 2.5em)); max-width: none;
      height: min(40em, calc(100vh - 2.5em)); max-height: none; box-shadow: 0 .5em 2.5em var(--shade); overflow: hidden; }
    dialog:not([open]) { display: none !important; }
    .head { display: flex; flex-wrap: wrap; gap: .25em .5em; align-items: center; padding: .5em .5em .5em 1em; border-block-end: 1px solid var(--line); }
    .head h2 { flex: 1; font-weight: 650; font-size: 1.0625em; }
    .head .plain { padding-inline: .5em; }
    .head select { font-size: .9375em; border: 1px solid var(--field); background: var(--ground); min-height: 2.25em; padding: 0 .3em; }
    .talk { flex: 1 1 auto; min-height: 0; overflow-y: auto; padding: 1em; overflow-wrap: anywhere; }
    dialog .talk { overscroll-behavior: contain; }
    .examples { padding: 0 1em 1em; }
    .talk .examples { padding: 1em 0 0; }
    .examples ul { display: flex; flex-wrap: wrap; gap: .5em; margin-block-start: .5em; }
    .examples button { text-align: start; background: var(--tint); border-color: transparent; }
    .examples button:hover { border-color: var(--field); }
    .exchange + .exchange { margin-block-start: 1.5em; padding-block-start: 1.5em; border-block-start: 1px solid var(--line); }
    .question { inline-size: fit-content; max-inline-size: 90%; margin-inline-start: auto; padding: .45em .85em; background: var(--tint); border-radius: .75em .75em .15em .75em; white-space: pre-wrap; }
    .answer { margin-block-start: .9em; }
    .said { white-space: pre-wrap; }
    .cite { display: inline-block; min-width: 1.9em; min-height: 1.75em; padding: 0 .25em; margin: 0 .1em; line-height: 1.6; font-size: .875em; font-variant-numeric: tabular-nums; color: var(--link); background: var(--tint); border-color: transparent; }
    .sources { margin-block-start: .9em; }
    .sources h4, summary { font-size: .875em; font-weight: 600; color: var(--quiet); }
    summary { padding-block: .3em; }
    .sources li { margin-block-start: .4em; }
    .sources button { display: block; width: 100%; text-align: start; padding: .5em .75em; line-height: 1.5; }
    .sources small { display: block; }
    .excerpt { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 3; overflow: hidden; font-size: .9375em; }
    .brief .excerpt { -webkit-line-clamp: 1; }
    .actions { display: flex; flex-wrap: wrap; align-items: center; gap: .25em; margin-block-start: .6em; margin-inline-start: -.75em; }
    .actions button { font-size: .875em; color: var(--quiet); }
    .comment { display: flex; gap: .5em; margin-block-start: .5em; }
    .problem { display: flex; flex-wrap: wrap; gap: .5em .75em; align-items: center; margin-block-start: .5em; padding-inline-start: .75em; border-inline-start: 3px solid var(--link); }
    .ask { display: flex; gap: .5em; align-items: end; padding: .75em 1em; background: var(--ground); border-block-start: 1px solid var(--line); border-radius: 0 0 .75em .75em; }
    section .ask { position: sticky; inset-block-end: 0; }
    textarea, .comment input { flex: 1; min-width: 0; padding: .5em .7em; border: 1px solid var(--field); background: var(--ground); }
    textarea { resize: none; field-sizing: content; min-height: 2.75em; max-height: 8.5em; }
    textarea::placeholder { color: var(--quiet); opacity: 1; }
    .ask button { min-height: 2.75em; }
    .fresh .talk { padding-block-end: .75em; flex-grow: 0; }
    .fresh .ask { border-block-start: 0; padding-block-start: 0; }
    dialog.fresh .talk { flex-grow: 1; }
    .quote { position: fixed; inset: 0 auto auto 0; margin: 0; padding: 0; width: min(28em, calc(100vw - 1em)); max-height: none; color: var(--text); background: var(--ground); border: 1px solid var(--line); border-radius: .75em; box-shadow: 0 .5em 2.5em var(--shade); overflow: hidden; }
    .quote::backdrop { background: transparent; }
    .quote > div { display: flex; flex-direction: column; max-height: min(30em, calc(100vh - 1em)); padding: .5em .5em 1em 1em; overflow: auto; overflow-wrap: anywhere; }
    .quote header { display: flex; align-items: start; gap: .5em; }
    .quote h3 { flex: 1; font-weight: 650; padding-block-start: .35em; }
    .quote blockquote { flex: 0 1 auto; min-height: 6em; overflow: auto; margin: .6em .5em .75em 0; padding-inline-start: .75em; border-inline-start: 3px solid var(--line); white-space: pre-wrap; }
    .quote footer { display: flex; flex-wrap: wrap; gap: .25em 1em; align-items: center; }
    mark { background: var(--mark); color: inherit; border-radius: .15em; padding: .05em 0; }
    @media (pointer: coarse) { button, input, .head select { min-height: 44px !important; min-width: 44px; } .cite { min-height: 2em !important; min-width: 2.2em; } summary { padding-block: .6em; } .quote a { padding-block: .6em; } }
    @media ${PHONE} {
      dialog.panel, .start dialog.panel { inset: 0; width: 100vw; height: 100vh; height: 100dvh; border: 0; border-radius: 0; }
      .quote { inset: auto 0 0 0 !important; width: 100vw; max-width: none; border-radius: .75em .75em 0 0; }
      .quote::backdrop { background: var(--shade); }
    }
    @media (prefers-reduced-motion: no-preference) {
      dialog[open] { animation: rise .16s ease-out; }
      @keyframes rise { from { opacity: 0; translate: 0 .5em; } }
    }
  `;

  /** @type {CSSStyleSheet} */
  let sheet;

  /**
   * What stands from one character to another; the server counts characters, `slice` UTF-16 units.
   * @param {string} text
   * @param {number} start
   * @param {number} [end]
   * @returns {string}
   */
  const cut = (text, start, end) => [...text].slice(start, end).join('');

  /**
   * An element. Strings among the children become text nodes: there is no way from here to markup.
   * @param {string} tag name and classes, such as p.quiet
   * @param {Object<string, any>} [props] attributes; functions are listeners; null and false leave one out
   * @param {...(Node|string|null|undefined|false)} children
   * @returns {any}
   */
  function h(tag, props, ...children) {
    const [name, ...classes] = tag.split('.');
    const element = document.createElement(name);
    if (classes.length) element.className = classes.join(' ');
    for (const [key, value] of Object.entries(props || {})) {
      if (typeof value === 'function') element.addEventListener(key, value);
      else if (value !== null && value !== undefined && value !== false) element.setAttribute(key, value === true ? '' : value);
    }
    element.append(...children.filter((child) => child || child === 0));
    return element;
  }

  /** A speech bubble; drawn here, since an image would need the page to allow one. */
  function bubble() {
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
    svg.setAttribute('viewBox', '0 0 24 24');
    svg.setAttribute('aria-hidden', 'true');
    path.setAttribute('d', 'M4 3h16a2 2 0 0 1 2 2v11a2 2 0 0 1-2 2h-7l-5 4v-4H4a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2zm3 5v2h10V8zm0 4v2h7v-2z');
    svg.append(path);
    return svg;
  }

  /** @param {number[]} rgb @returns {number} relative luminance in [0, 1], as WCAG 2 defines it */
  function luminance(rgb) {
    const [r, g, b] = rgb.map((value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  }

  /** @param {number[]} one @param {number[]} other @returns {number} contrast in [1, 21] */
  function contrast(one, other) {
    const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  }

  /** The colour, moved towards black or white until it can be read on the ground. @param {number[]} rgb @param {number[]} ground */
  function readable(rgb, ground) {
    const end = luminance(ground) > 0.18 ? 0 : 255;
    let colour = rgb;
    for (let share = 0; contrast(colour, ground) < 4.6 && share <= 1; share += 0.05) {
      colour = rgb.map((value) => value + (end - value) * share);
    }
    return `rgb(${colour.map(Math.round).join(' ')})`;
  }

  /**
   * The events of a server-sent stream.
   * @param {ReadableStream<Uint8Array>} stream
   * @returns {AsyncGenerator<{event: string, data: any}>}
   */
  async function* events(stream) {
    const reader = stream.getReader();
    const decoder = new TextDecoder();
    let pending = '';
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        pending += decoder.decode(value, { stream: true });
        const frames = pending.split(/\r?\n\r?\n/);
        pending = frames.pop() || '';
        for (const frame of frames) {
          const fields = { event: 'message', data: '' };
          for (const line of frame.split(/\r?\n/)) {
            // Of the ends of lines that a pattern knows, a stream has fewer: U+2028 is a character like any other.
            const [, name, value] = /^(event|data): ?(.*)$/s.exec(line) || [];
            if (name) fields[name] = name === 'data' ? fields.data + value : value;
          }
          if (fields.data) yield { event: fields.event, data: JSON.parse(fields.data) };
        }
      }
    } finally {
      reader.cancel().catch(() => {});
    }
  }

  /** @param {number} ms @param {AbortSignal} signal */
  const wait = (ms, signal) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(resolve, ms);
      signal.addEventListener('abort', () => { clearTimeout(timer); reject(signal.reason); }, { once: true });
    });

  /** Put a text on the clipboard; pages without https have only the old way. @param {string} text @param {ParentNode} place */
  async function copy(text, place) {
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    const area = h('textarea.hidden', { 'aria-hidden': 'true' });
    area.value = text;
    place.append(area);
    area.select();
    const done = document.execCommand('copy');
    area.remove();
    if (!done) throw new Error('not copied');
  }

  /** What the server said when it did not answer. */
  class Refused extends Error {
    /** @param {Response} response @param {?any} problem what it says of it */
    constructor(response, problem) {
      super(`${response.status} ${response.url} ${problem?.detail ?? ''}`);
      this.status = response.status;
      this.after = Number(response.headers.get('retry-after')) || 0;
      /** Whether an attribute is at fault: all but the question comes from there. */
      this.misused = !!problem?.errors?.every(({ field }) => field !== 'body.question');
    }
  }

  class PolicyQA extends HTMLElement {
    static observedAttributes = ATTRIBUTES.flatMap((name) => [name, `data-${name}`]);

    /** @type {Exchange[]} */
    #exchanges = [];
    /** @type {?AbortController} */
    #running = null;
    /** @type {?Promise<string[]>} what the server offers to begin with; asked for once */
    #offered = null;
    #drawn = false;
    /** The script that the reader has chosen, and the one that is shown. */
    #chosen = '';
    #script = '';
    /** @type {any} */
    #parts = {};

    connectedCallback() {
      if (!this.shadowRoot) this.attachShadow({ mode: 'open' });
      if (!sheet) {
        sheet = new CSSStyleSheet();
        sheet.replaceSync(STYLE);
      }
      this.shadowRoot.adoptedStyleSheets = [sheet];
      this.#draw();
      const question = this.#setting('question');
      if (question && !this.#exchanges.length) this.ask(question);
    }

    disconnectedCallback() {
      this.#running?.abort();
      this.#drawn = false;
    }

    /** @param {string} _name @param {?string} before @param {?string} after */
    attributeChangedCallback(_name, before, after) {
      if (this.#drawn && before !== after) this.#draw();
    }

    /** Ask a question, as if it had been typed, unless another is being answered. @param {string} question */
    async ask(question) {
      question = [...question.trim()].slice(0, MAX_LENGTH).join('');
      if (!question) return;
      if (this.#running) {
        this.#tell('error', { question, error: new DOMException('another question is being answered', 'InvalidStateError') });
        return;
      }
      if (!this.#tell('ask', { question }, true)) return;
      /** @type {Exchange} */
      const exchange = { question, said: '', state: 'asking', passages: [] };
      this.#exchanges.push(exchange);
      this.#parts.panel.classList.remove('fresh');
      this.#parts.examples.hidden = true;
      this.#parts.greeting.hidden = true;
      this.#parts.clear.hidden = false;
      this.#parts.talk.append(this.#exchange(exchange));
      this.#reveal(exchange);
      await this.#answer(exchange);
    }

    /** Open the floating panel. */
    open() {
      const { panel, launcher, input } = this.#parts;
      if (!launcher || panel.open) return;
      if (matchMedia(PHONE).matches) panel.showModal();
      else panel.show();
      launcher.hidden = true;
      launcher.setAttribute('aria-expanded', 'true');
      input.focus();
      this.#suggest();
      this.#tell('open', {});
    }

    /** Close the floating panel; the conversation stays. */
    close() {
      const { panel, launcher } = this.#parts;
      if (launcher && panel.open) panel.close();
    }

    /** Forget the conversation. */
    clear() {
      this.#running?.abort();
      this.#running = null;
      this.#exchanges = [];
      this.#draw();
      this.#parts.input.focus();
    }

    /** @param {string} name @returns {string} the attribute, or its data- form, or nothing */
    #setting(name) {
      return this.getAttribute(name) ?? this.getAttribute(`data-${name}`) ?? '';
    }

    /** @returns {any} a setting written in JSON; null where it cannot be read, which is told on the console */
    #json(name) {
      const written = this.#setting(name);
      if (!written) return undefined;
      try {
        return JSON.parse(written);
      } catch (error) {
        console.warn(`policy-qa: the attribute ${name} is not JSON: ${written}`, error);
        return null;
      }
    }

    get #home() {
      const src = this.#setting('src');
      return src ? new URL(src.endsWith('/') ? src : `${src}/`, document.baseURI) : home;
    }

    /** @returns {keyof typeof TEXTS} */
    get #language() {
      const around = this.parentElement?.closest('[lang]');
      const lang = this.#setting('lang') || around?.getAttribute('lang') || 'zh';
      if (/^zh-(hant|tw|hk|mo)/i.test(lang)) return 'zh-Hant';
      return /^zh/i.test(lang) ? 'zh-Hans' : 'en';
    }

    get #texts() {
      return TEXTS[this.#language];
    }

    get #quoteLanguage() {
      return this.#script === 'traditional' ? 'zh-Hant' : 'zh-Hans';
    }

    /** @returns {boolean} whether no listener objected */
    #tell(name, detail, cancelable = false) {
      return this.dispatchEvent(new CustomEvent(`policyqa-${name}`, { detail, cancelable, bubbles: true, composed: true }));
    }

    /** Say something to people who hear the page; what is said twice in a row is heard twice. @param {string} text */
    #announce(text) {
      this.#parts.status.textContent = '';
      setTimeout(() => { this.#parts.status.textContent = text; }, 50);
    }

    /** Build everything from the attributes and the conversation so far. */
    #draw() {
      const texts = this.#texts;
      const floating = this.hasAttribute('floating') || this.hasAttribute('data-floating');
      const wasOpen = this.#parts.panel?.open;
      const title = this.#setting('title') || texts.title;
      const scripts = ['simplified', 'traditional', 'original'];
      const wanted = this.#chosen || this.#setting('script');
      const before = this.#script;
      this.#script = scripts.includes(wanted) ? wanted : this.#language === 'zh-Hant' ? 'traditional' : 'simplified';
      const parts = (this.#parts = {});
      parts.launcher = floating && h('button.launcher.fill', { type: 'button', 'aria-haspopup': 'dialog', 'aria-expanded': 'false', click: () => this.open() }, bubble(), title);
      parts.clear = h('button.plain', { type: 'button', hidden: !this.#exchanges.length, click: () => this.clear() }, texts.clear);
      parts.select = h('select', { 'aria-label': texts.script, change: () => { this.#chosen = this.#script = parts.select.value; this.#rescript(); } }, ...scripts.map((name) => h('option', { value: name, selected: name === this.#script }, texts[name])));
      parts.greeting = h('p.quiet', { hidden: !!this.#exchanges.length }, this.#setting('greeting') || texts.greeting);
      parts.examples = h('div.examples', { hidden: true });
      parts.talk = h('div.talk', { role: 'region', 'aria-label': texts.talk, tabindex: floating ? 0 : null }, parts.greeting, floating && parts.examples, ...this.#exchanges.map((exchange) => this.#exchange(exchange)));
      parts.input = h('textarea', { rows: 1, maxlength: MAX_LENGTH, 'aria-label': texts.question, placeholder: this.#setting('placeholder') || texts.placeholder, enterkeyhint: 'send', keydown: (event) => this.#typed(event) });
      parts.send = h('button.fill', {}, texts.send);
      parts.form = h('form.ask', { submit: (event) => this.#submitted(event) }, parts.input, parts.send);
      parts.status = h('div.hidden', { role: 'status' });
      // An empty title, or the browser would show the element's own as a tooltip over all of it.
      parts.panel = h(floating ? 'dialog.panel' : 'section.panel', { 'aria-label': title, title: '' },
        h('div.head', {}, h('h2', {}, title), parts.clear, parts.select,
          floating && h('button.plain', { type: 'button', 'aria-label': texts.close, click: () => this.close() }, '✕')),
        parts.talk, parts.form, !floating && parts.examples, parts.status);
      parts.panel.classList.toggle('fresh', !this.#exchanges.length);
      if (floating) {
        parts.panel.addEventListener('keydown', (event) => { if (event.key === 'Escape' && !event.isComposing) this.close(); });
        parts.panel.addEventListener('close', () => this.#closed());
      }
      parts.quote = h('dialog.quote', { 'aria-labelledby': 'quote', click: (event) => { if (event.target === parts.quote) parts.quote.close(); }, keydown: (event) => event.stopPropagation() });
      const theme = this.#setting('theme');
      const side = this.#setting('side') === 'start' ? '.start' : '';
      parts.frame = h(`div.frame${side}`, { lang: this.#language, 'data-theme': ['light', 'dark'].includes(theme) ? theme : 'auto' }, parts.launcher, parts.panel, parts.quote);
      this.shadowRoot.replaceChildren(parts.frame);
      this.#drawn = true;
      this.#paint();
      if (wasOpen) this.open();
      if (!floating) this.#suggest();
      this.#working(!!this.#running);
      if (this.#script !== before) this.#rescript();
    }

    /** The accent colour, and what can be read on it and beside it, whatever colour a page has chosen. */
    #paint() {
      const { frame } = this.#parts;
      const accent = this.#setting('accent');
      if (!accent) return;
      frame.style.setProperty('color', accent);
      const rgb = (/^rgb\((\d+), (\d+), (\d+)\)$/.exec(frame.style.color && getComputedStyle(frame).color) || []).slice(1).map(Number);
      frame.style.removeProperty('color');
      if (rgb.length !== 3) {
        console.warn(`policy-qa: the attribute accent is not an opaque colour: ${accent}`);
        return;
      }
      const white = contrast(rgb, [255, 255, 255]) >= contrast(rgb, [0, 0, 0]);
      frame.style.setProperty('--accent', `rgb(${rgb.join(' ')})`);
      frame.style.setProperty('--on-accent', white ? '#fff' : '#000');
      // The harder of the two grounds of each theme: --tint.
      frame.style.setProperty('--link-light', readable(rgb, [242, 244, 247]));
      frame.style.setProperty('--link-dark', readable(rgb, [36, 41, 50]));
    }

    /** Show questions to begin with: the page's own, or those the server takes from its texts. */
    async #suggest() {
      if (this.#exchanges.length) return;
      let questions = this.#json('suggestions');
      if (!this.hasAttribute('suggestions') && !this.hasAttribute('data-suggestions')) {
        this.#offered ??= this.#fetch('widget/questions.json').then((response) => response.json());
        questions = await this.#offered.then((offered) => offered.questions, (error) => { this.#offered = null; this.#explain(error); });
      }
      if (!Array.isArray(questions)) questions = [];
      const { examples } = this.#parts;
      examples.replaceChildren(h('p.quiet', {}, this.#texts.examples), h('ul', {}, ...questions.map(String).map((question) =>
        h('li', {}, h('button', { type: 'button', click: () => this.#asked(question) }, question)))));
      examples.hidden = !questions.length || !!this.#exchanges.length;
    }

    /** A suggestion was taken: it disappears, so the focus goes where the next question is typed. */
    #asked(question) {
      this.#parts.input.focus({ preventScroll: true });
      this.ask(question);
    }

    /** @param {KeyboardEvent} event */
    #typed(event) {
      // While characters are composed, Enter takes a candidate: 229 is how Safari says so.
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229) return;
      event.preventDefault();
      if (!this.#running) this.#parts.form.requestSubmit();
    }

    /** @param {SubmitEvent} event */
    #submitted(event) {
      event.preventDefault();
      const { input } = this.#parts;
      if (this.#running) this.#running.abort();
      else if (input.value.trim()) {
        this.ask(input.value);
        input.value = '';
      }
      input.focus();
    }

    #closed() {
      const { launcher } = this.#parts;
      launcher.hidden = false;
      launcher.setAttribute('aria-expanded', 'false');
      launcher.focus();
      this.#tell('close', {});
    }

    /** Ask again what was asked, in the script now chosen, unless another is chosen meanwhile. */
    async #rescript() {
      const script = this.#script;
      for (const exchange of this.#exchanges.filter((one) => one.state === 'done' || one.state === 'asking')) {
        if (this.#script === script) await this.#answer(exchange);
      }
    }

    #working(running) {
      this.#parts.send.textContent = running ? this.#texts.stop : this.#texts.send;
    }

    /** Ask the server until it answers, refuses, or stays away. @param {Exchange} exchange */
    async #answer(exchange) {
      this.#running?.abort();
      const running = (this.#running = new AbortController());
      const { signal } = running;
      this.#working(true);
      exchange.problem = undefined;
      let failure;
      for (let tries = 0; ; tries++) {
        exchange.said = '';
        exchange.state = 'asking';
        this.#refresh(exchange);
        this.#announce(tries ? this.#texts.lost : this.#texts.searching);
        try {
          if (tries) {
            exchange.body.replaceChildren(h('p.quiet', {}, this.#texts.lost));
            await wait(WAITS[tries - 1], signal);
          }
          exchange.reply = await this.#request(exchange, signal);
          exchange.passages = exchange.reply.passages;
          exchange.state = 'done';
          break;
        } catch (error) {
          // Stopped for another script, in which it is asked in its turn.
          if (this.#running !== running) return;
          if (signal.aborted) {
            exchange.state = 'stopped';
            break;
          }
          const lost = !(error instanceof Refused) || [502, 503, 504].includes(error.status);
          if (!lost || tries === WAITS.length) {
            exchange.state = 'failed';
            exchange.problem = this.#explain(error);
            failure = error;
            break;
          }
        }
      }
      // Something else is asked now, or nothing.
      if (this.#running !== running) return;
      this.#running = null;
      const answered = exchange.state === 'done';
      // What was answered before, in another script, stays.
      if (!answered && exchange.reply) Object.assign(exchange, { state: 'done', said: '', passages: exchange.reply.passages });
      if (!this.isConnected) return;
      this.#working(false);
      this.#refresh(exchange);
      this.#reveal(exchange);
      this.#announce(answered ? this.#words(exchange.reply) : exchange.problem || this.#texts.stopped);
      // Last of all, since whoever hears it may ask something else.
      if (answered) this.#tell('answer', exchange.reply);
      else if (failure) this.#tell('error', { question: exchange.question, error: failure });
    }

    /** What the reader is told; the page's author reads more on the console. @param {unknown} error @returns {string} */
    #explain(error) {
      const texts = this.#texts;
      if (!(error instanceof Refused)) {
        // A browser does not say whether the server stayed away or did not let the page in.
        const { origin } = this.#home;
        if (origin !== location.origin) console.warn(`policy-qa: no answer from ${origin}; if it runs, its POLICYQA_CORS_ORIGINS must hold ${location.origin}`);
        return texts.failed;
      }
      if (error.status === 429) return error.after ? texts.wait.replace('#', String(error.after)) : texts.busy;
      if (error.status === 401 || error.status === 403) return texts.denied;
      if (error.misused) {
        console.warn(`policy-qa: ${error.message}`);
        return texts.misused;
      }
      return error.status < 500 ? texts.refused : texts.failed;
    }

    /**
     * No cookie goes along; a browser that was let in to this very server with a password says so again.
     * @param {string} path @param {Object} [body] what to post @param {AbortSignal} [signal]
     */
    async #fetch(path, body, signal) {
      const key = this.#setting('key');
      const response = await fetch(new URL(path, this.#home), {
        method: body ? 'POST' : 'GET',
        headers: { ...(body && { 'content-type': 'application/json' }), ...(key && { authorization: `Bearer ${key}` }) },
        body: body && JSON.stringify(body),
        signal,
      });
      if (!response.ok) throw new Refused(response, await response.json().catch(() => null));
      return response;
    }

    /** One request; what comes is shown as it comes. @param {Exchange} exchange @param {AbortSignal} signal @returns {Promise<Reply>} */
    async #request(exchange, signal) {
      const earlier = this.#exchanges.slice(0, this.#exchanges.indexOf(exchange)).filter((one) => one.state === 'done');
      const history = earlier.slice(-HISTORY).flatMap((one) => [
        { role: 'user', content: one.question },
        { role: 'assistant', content: one.reply.answer.text },
      ]);
      // What cannot be read goes as null, which the server refuses: without filters every text might answer.
      const body = { question: exchange.question, script: this.#script, history, stream: true, filters: this.#json('filters') };
      const response = await this.#fetch('v1/ask', body, signal);
      let answerable = false;
      for await (const { event, data } of events(response.body)) {
        if (event === 'passages') ({ answer: { answerable }, passages: exchange.passages } = data);
        else if (event === 'sentence' && answerable) this.#say(exchange, data.text);
        else if (event === 'done') return data;
        else if (event === 'error') break;
      }
      throw new TypeError('the stream broke off');
    }

    /**
     * An answer in words. That there is none the server says in the script of the question, in two sentences, which may
     * be followed by what the nearest text says of itself.
     * @param {Reply} reply @returns {string}
     */
    #words({ answer, passages }) {
      const { nothing, none } = /** @type {any} */ (this.#texts);
      if (answer.answerable || !nothing) return answer.text;
      return passages.length ? answer.text.replace(/^[^。]*。[^。]*。/, nothing).trim() : none;
    }

    /** One more sentence of the answer. @param {Exchange} exchange @param {string} text @param {string} [lang] */
    #say(exchange, text, lang = this.#quoteLanguage) {
      if (!exchange.said) exchange.body.replaceChildren(h('p.said', { lang }));
      exchange.said += text;
      exchange.body.firstChild.append(...this.#marked(text, exchange));
      this.#reveal(exchange);
    }

    /** Bring the newest exchange into sight, from its question on. @param {Exchange} exchange */
    #reveal(exchange) {
      if (exchange === this.#exchanges[this.#exchanges.length - 1]) exchange.element.scrollIntoView({ block: 'nearest' });
    }

    /** A text whose [n] are buttons that open the passage. @returns {(Node|string)[]} */
    #marked(text, exchange) {
      return text.split(/(\[\d+\])/).map((part) => {
        const number = /^\[\d+\]$/.test(part) && Number(part.slice(1, -1));
        const passage = number && exchange.passages.find((one) => one.citation.id === number);
        if (!passage) return part;
        const label = `${part} ${this.#texts.source}: ${passage.citation.title}`;
        return h('button.cite', { type: 'button', 'aria-label': label, 'aria-haspopup': 'dialog', click: (event) => this.#quote(passage, event.currentTarget) }, part);
      });
    }

    /** @param {Exchange} exchange @returns {HTMLElement} */
    #exchange(exchange) {
      exchange.body = h('div.answer');
      exchange.element = h('article.exchange', { 'aria-label': exchange.question }, h('h3.question', {}, exchange.question), exchange.body);
      this.#refresh(exchange);
      return exchange.element;
    }

    /** Show an exchange as it now stands. @param {Exchange} exchange */
    #refresh(exchange) {
      const texts = this.#texts;
      const { body, reply, state } = exchange;
      const problem = () => h('div.problem', {}, h('p', {}, exchange.problem || texts.stopped),
        h('button', { type: 'button', click: () => this.#again(exchange) }, texts.retry));
      if (state === 'asking') {
        body.replaceChildren(exchange.said ? h('p.said', {}, ...this.#marked(exchange.said, exchange)) : h('p.quiet', {}, texts.searching));
      } else if (state === 'done') {
        // What was streamed stays as it stands, with the focus that may be in it.
        const words = this.#words(reply);
        if (exchange.said !== words || !body.querySelector('.said')) {
          exchange.said = '';
          this.#say(exchange, words, reply.answer.answerable ? undefined : this.#language);
        }
        const cited = reply.passages.filter((passage) => reply.answer.citations.includes(passage.citation.id));
        const others = reply.passages.filter((passage) => !cited.includes(passage));
        body.append(
          ...(exchange.problem ? [problem()] : []),
          ...(cited.length ? [h('div.sources', {}, h('h4', {}, texts.sources), this.#list(cited, '.brief'))] : []),
          ...(others.length && !cited.length ? [h('div.sources', {}, h('h4', {}, texts.nearest), this.#list(others))] : []),
          ...(others.length && cited.length ? [h('details.sources', {}, h('summary', {}, `${texts.others} (${others.length})`), this.#list(others))] : []),
          this.#actions(exchange),
        );
      } else {
        if (!exchange.said) body.replaceChildren();
        body.append(problem());
      }
    }

    /** @param {Exchange} exchange */
    #again(exchange) {
      if (this.#running) return;
      this.#parts.input.focus({ preventScroll: true });
      this.#answer(exchange);
    }

    /** Passages of one paragraph are told apart by their words, from the quote on. @param {Passage[]} passages @returns {HTMLElement} */
    #list(passages, look = '') {
      return h(`ol${look}`, {}, ...passages.map((passage) =>
        h('li', {}, h('button', { type: 'button', 'aria-haspopup': 'dialog', click: (event) => this.#quote(passage, event.currentTarget) },
          `[${passage.citation.id}] ${passage.citation.title}`,
          h('small', {}, this.#where(passage.citation)),
          h('span.excerpt', { lang: this.#quoteLanguage }, cut(passage.text, passage.highlights[0]?.[0] ?? 0))))));
    }

    /** Issuer, number, date, page and paragraph, as far as they are known. @param {Citation} citation */
    #where(citation) {
      const page = citation.page && this.#texts.page.replace('#', String(citation.page));
      const paragraph = this.#texts.paragraph.replace('#', String(citation.paragraph));
      return [citation.issuer, citation.document_number, citation.issued_on, page, paragraph].filter(Boolean).join(' · ');
    }

    /** A page of the server; null where that can not be opened. @param {string} url */
    #page(url) {
      const page = new URL(url.replace(/^\//, ''), this.#home);
      return /^https?:$/.test(page.protocol) ? page.href : null;
    }

    /** Links to the other texts that say the same. @param {Citation} citation @returns {(Node|string)[]} */
    #copies({ copies = [] }) {
      const named = copies.slice(0, COPIES).flatMap(({ title, url }) => ['、', h('a', { href: this.#page(url), target: '_blank', rel: 'noopener' }, title)]);
      return named.length ? [h('p.quiet', {}, this.#texts.same, ...named.slice(1))] : [];
    }

    /** The page that shows the quote in its text; null where the server names none that can be opened. @param {Passage} passage */
    #address({ citation, highlights }) {
      const page = this.#page(citation.url);
      if (!page) return null;
      const spans = highlights.length ? highlights : [[0, citation.end - citation.start]];
      return `${page}:${spans.map(([start, end]) => `${citation.start + start}-${citation.start + end}`).join(',')}`;
    }

    /** A citation to paste elsewhere. @param {Passage} passage */
    #cited(passage) {
      const { citation, highlights, text } = passage;
      const quote = highlights.length ? highlights.map(([start, end]) => cut(text, start, end).trim()).join('……') : text;
      // Where a text has no title, its opening words stand for one, which may be cut inside of 《》.
      const [before, after] = citation.title.endsWith('…') ? '“”' : citation.title.includes('《') ? ['', ''] : '《》';
      const title = `${before}${citation.title}${after}`;
      return `${[title, ...this.#where(citation).split(' · ')].join('，')}：“${quote}” ${this.#address(passage) || ''}`.trim();
    }

    /** Copy a text and say so on the button that was pressed. @param {HTMLElement} button @param {string} text */
    async #copy(button, text) {
      const label = button.textContent;
      const said = await copy(text, this.#parts.quote.open ? this.#parts.quote : this.#parts.panel).then(() => this.#texts.copied, () => this.#texts.uncopied);
      button.textContent = said;
      button.focus();
      this.#announce(said);
      setTimeout(() => { button.textContent = label; }, 2500);
    }

    /** Open a passage beside what refers to it; closing gives the focus back. @param {Passage} passage @param {HTMLElement} from */
    #quote(passage, from) {
      const texts = this.#texts;
      const { citation, highlights, text } = passage;
      const { quote } = this.#parts;
      const shown = [];
      let at = 0;
      for (const [start, end] of highlights) {
        shown.push(cut(text, at, start), h('mark', {}, cut(text, start, end)));
        at = end;
      }
      const href = this.#address(passage);
      quote.replaceChildren(h('div', {},
        h('header', {}, h('h3', { id: 'quote' }, `[${citation.id}] ${citation.title}`),
          h('button.plain', { type: 'button', 'aria-label': texts.close, click: () => quote.close() }, '✕')),
        h('p.quiet', {}, this.#where(citation)),
        h('blockquote', { lang: this.#quoteLanguage, tabindex: 0 }, ...shown, cut(text, at)),
        ...this.#copies(citation),
        h('footer', {},
          href && h('a', { href, target: '_blank', rel: 'noopener' }, texts.read, h('span.hidden', {}, ` (${texts.tab})`)),
          h('button', { type: 'button', click: (event) => this.#copy(event.currentTarget, this.#cited(passage)) }, texts.copyQuote))));
      quote.onclose = () => from.focus();
      quote.showModal();
      // Below or above what was pressed, whichever has room; where neither has, the quote scrolls in the larger.
      const box = from.getBoundingClientRect();
      const above = box.top - 14;
      const below = innerHeight - box.bottom - 14;
      const room = Math.max(above, below);
      if (quote.offsetHeight > room && room > 240) quote.firstChild.style.setProperty('max-height', `${room - 2}px`);
      const { offsetWidth: width, offsetHeight: height } = quote;
      const top = height <= below || (below > above && below > 240) ? box.bottom + 6 : box.top - height - 6;
      quote.style.setProperty('left', `${Math.max(8, Math.min(box.left, innerWidth - width - 8))}px`);
      quote.style.setProperty('top', `${Math.max(8, Math.min(top, innerHeight - height - 8))}px`);
      quote.querySelector('mark')?.scrollIntoView({ block: 'center' });
    }

    /** Copying and judging an answer. @param {Exchange} exchange @returns {HTMLElement} */
    #actions(exchange) {
      const texts = this.#texts;
      const cited = exchange.reply.passages.filter((passage) => exchange.reply.answer.citations.includes(passage.citation.id));
      const whole = [exchange.question, this.#words(exchange.reply), ...cited.map((passage) => `[${passage.citation.id}] ${this.#cited(passage)}`)].join('\n\n');
      const rate = (rating) => h('button.plain', { type: 'button', 'aria-pressed': String(exchange.rating === rating), click: (event) => this.#rate(exchange, rating, event.currentTarget) }, texts[rating]);
      return h('div.actions', {},
        h('button.plain', { type: 'button', click: (event) => this.#copy(event.currentTarget, whole) }, texts.copy),
        ...(exchange.reply.id ? [rate('up'), rate('down')] : []));
    }

    /** @param {Exchange} exchange @param {string} rating @param {HTMLElement} button */
    async #rate(exchange, rating, button) {
      const actions = button.parentElement;
      exchange.rating = rating;
      for (const other of actions.querySelectorAll('[aria-pressed]')) other.setAttribute('aria-pressed', String(other === button));
      const sent = await this.#judge(exchange, '');
      actions.nextElementSibling?.remove();
      if (!sent) return;
      const field = h('input', { 'aria-label': this.#texts.comment, placeholder: this.#texts.comment, maxlength: MAX_LENGTH });
      const form = h('form.comment', {
        submit: async (event) => {
          event.preventDefault();
          if (field.value.trim() && !(await this.#judge(exchange, field.value.trim()))) return;
          button.focus();
          form.replaceChildren(h('p.quiet', {}, this.#texts.thanks));
          this.#announce(this.#texts.thanks);
        },
      }, field, h('button', {}, this.#texts.submit));
      actions.after(form);
      this.#announce(this.#texts.thanks);
    }

    /** Send a judgement; where the server takes none of this answer, it is not asked for any more. @returns {Promise<boolean>} */
    async #judge(exchange, comment) {
      try {
        await this.#fetch('v1/feedback', { answer_id: exchange.reply.id, rating: exchange.rating, ...(comment && { comment }) });
        this.#tell('feedback', { answer: exchange.reply.id, rating: exchange.rating, comment });
        return true;
      } catch (error) {
        if (error instanceof Refused && error.status === 404) {
          this.#parts.input.focus({ preventScroll: true });
          for (const button of exchange.body.querySelectorAll('[aria-pressed]')) button.remove();
        } else {
          this.#announce(this.#explain(error));
        }
        return false;
      }
    }
  }

  if (customElements.get('policy-qa')) return;
  customElements.define('policy-qa', PolicyQA);

  // A page that places no element itself gets a floating one, with the script's own data- attributes.
  const mount = () => {
    if (!script || script.dataset.mount === 'none' || document.querySelector('policy-qa')) return;
    const element = document.createElement('policy-qa');
    for (const [name, value] of Object.entries(script.dataset)) element.dataset[name] = value;
    element.dataset.floating = '';
    document.body.append(element);
  };
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', mount);
  else mount();
})();
