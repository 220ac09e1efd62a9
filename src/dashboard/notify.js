// Telling what was done: seen for a while, and heard.
import { h } from './dom.js';

const shownFor = 6000;

/** Says `text` to those who listen, and shows it to those who look. */
export function notify(text, kind = '') {
  // Cleared first, so that the same text a second time is a change.
  const announcer = document.getElementById('announcer');
  announcer.textContent = '';
  requestAnimationFrame(() => {
    announcer.textContent = text;
  });
  const toast = h('p', { class: `toast ${kind}`.trim() }, text);
  document.getElementById('toasts').append(toast);
  setTimeout(() => toast.remove(), shownFor);
}
