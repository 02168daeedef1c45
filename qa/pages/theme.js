/**
 * Light or dark: the reader's choice, or else the system's. Loaded in the head, before anything is drawn, so that a
 * page in the dark does not flash.
 */
(() => {
  'use strict';
  const KEY = 'policyqa-theme';
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const root = document.documentElement;

  /** What was chosen on an earlier page; a browser may forbid keeping anything. */
  const kept = () => {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null;
    }
  };
  let chosen = kept();

  /** @type {?HTMLButtonElement} */
  let button = null;

  const apply = () => {
    const theme = chosen === 'light' || chosen === 'dark' ? chosen : dark.matches ? 'dark' : 'light';
    root.dataset.theme = theme;
    for (const element of document.querySelectorAll('policy-qa')) element.setAttribute('theme', theme);
    if (button) button.textContent = theme === 'dark' ? '浅色' : '深色';
  };

  apply();
  dark.addEventListener('change', apply);
  document.addEventListener('DOMContentLoaded', () => {
    button = document.createElement('button');
    button.type = 'button';
    button.addEventListener('click', () => {
      chosen = root.dataset.theme === 'dark' ? 'light' : 'dark';
      try {
        localStorage.setItem(KEY, chosen);
      } catch {
        // Then the choice holds for this page.
      }
      apply();
    });
    document.querySelector('header.site').append(button);
    apply();
  });
})();
