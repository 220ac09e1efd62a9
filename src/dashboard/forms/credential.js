// Where a key's secret comes from: a reference, or pasted.
import { h } from '../dom.js';
import { secretField, selectField, textField, valueOf } from '../fields.js';

const kinds = [
  ['pasted', 'Paste the secret'],
  ['env', 'Environment variable of the gateway'],
  ['file', 'File on the gateway’s machine'],
];

const stores = [
  ['state', 'A private file of the gateway (0600)'],
  ['config', 'The configuration file itself'],
];

function inputsFor(kind) {
  if (kind === 'env')
    return [textField('api_key', 'Name of the variable', { placeholder: 'OPENAI_API_KEY' })];
  if (kind === 'file')
    return [textField('api_key', 'Path of the file', { placeholder: '/run/secrets/team-a' })];
  return [
    secretField('api_key', 'Secret', { hint: 'It is sent once, and never shown again.' }),
    selectField('store', 'Keep it in', stores, { value: 'state' }),
  ];
}

/** The fields for a secret. */
export function credentialFields() {
  const inputs = h('div', { class: 'row' }, inputsFor('pasted'));
  const kind = selectField('kind', 'Secret from', kinds, {
    value: 'pasted',
    onchange: ({ target }) => inputs.replaceChildren(...inputsFor(target.value)),
  });
  return [kind, inputs];
}

/** What the API wants of these fields: { api_key, store? }. An empty field gives an empty api_key. */
export function credentialOf(root) {
  const kind = valueOf(root, 'kind');
  const text = valueOf(root, 'api_key');
  if (kind === 'pasted') return { api_key: text, store: valueOf(root, 'store') };
  return { api_key: text && `${kind}:${text}` };
}
