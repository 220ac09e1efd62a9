// Fields of forms: a label, an input, a hint, and room for an error.
import { h, freshId } from './dom.js';

function wrap(name, label, input, hint) {
  const id = freshId(name);
  const hintId = `${id}-hint`;
  const errorId = `${id}-error`;
  input.id = id;
  input.name = name;
  input.setAttribute('aria-describedby', hint ? `${hintId} ${errorId}` : errorId);
  return h(
    'div',
    { class: 'field', 'data-field': name },
    h('label', { for: id }, label),
    input,
    hint && h('p', { class: 'hint', id: hintId }, hint),
    h('p', { class: 'field-error', id: errorId, 'aria-live': 'polite' }),
  );
}

/** A line of text. */
export function textField(name, label, { value = '', hint, ...more } = {}) {
  const input = h('input', {
    type: 'text',
    value,
    autocomplete: 'off',
    spellcheck: 'false',
    ...more,
  });
  return wrap(name, label, input, hint);
}

/** A secret: never shown, never offered again. */
export function secretField(name, label, { hint } = {}) {
  return wrap(
    name,
    label,
    h('input', { type: 'password', autocomplete: 'off', spellcheck: 'false' }),
    hint,
  );
}

/** A whole number, zero or more. */
export function numberField(name, label, { value = 0, min = 0, hint } = {}) {
  const input = h('input', { type: 'number', min, step: 1, inputmode: 'numeric', value });
  return wrap(name, label, input, hint);
}

/** A choice: `options` are [value, text] pairs. */
export function selectField(name, label, options, { value, hint, onchange } = {}) {
  const select = h(
    'select',
    { onchange },
    options.map(([each, text]) => h('option', { value: each, selected: each === value }, text)),
  );
  return wrap(name, label, select, hint);
}

/** Yes or no. */
export function checkField(name, label, { checked = false, hint, onchange } = {}) {
  const id = freshId(name);
  return h(
    'div',
    { class: 'field check', 'data-field': name },
    h('input', {
      type: 'checkbox',
      id,
      name,
      checked,
      onchange,
      'aria-describedby': `${id}-hint ${id}-error`,
    }),
    h('label', { for: id }, label),
    hint && h('p', { class: 'hint', id: `${id}-hint` }, hint),
    h('p', { class: 'field-error', id: `${id}-error`, 'aria-live': 'polite' }),
  );
}

/** Fields that belong together. */
export function group(title, ...children) {
  return h('fieldset', null, h('legend', null, title), children);
}

/** What `root` says for a field: a number, a boolean, or a text without blanks around it. */
export function valueOf(root, name) {
  const input = fieldOf(root, name).querySelector('input, select');
  if (input.type === 'checkbox') return input.checked;
  if (input.type === 'number') return Number(input.value);
  return input.value.trim();
}

/** The field `name` in `root`. */
export function fieldOf(root, name) {
  return root.querySelector(`[data-field="${CSS.escape(name)}"]`);
}

/** A list as a person types it: "a, b". */
export function listOf(text) {
  return text
    .split(',')
    .map((each) => each.trim())
    .filter(Boolean);
}

/** The members of `to` that are not as in `from`. */
export function changed(from, to) {
  return Object.fromEntries(
    Object.entries(to).filter(
      ([name, value]) => JSON.stringify(from[name]) !== JSON.stringify(value),
    ),
  );
}
