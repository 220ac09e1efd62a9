// Adding a key, and changing its settings.
import { path } from '../api.js';
import { keySettings } from '../derive.js';
import { openDialog, confirmDialog, showFieldError } from '../dialog.js';
import { h } from '../dom.js';
import { changed, fieldOf, group, listOf, numberField, textField, valueOf } from '../fields.js';
import { notify } from '../notify.js';
import { credentialFields, credentialOf } from './credential.js';

const defaults = {
  weight: 1,
  max_in_flight: 0,
  rpm: 0,
  tpm: 0,
  rpd: 0,
  tpd: 0,
  quota_group: '',
  models: [],
};

const limits = [
  ['max_in_flight', 'Requests at a time'],
  ['rpm', 'Requests per minute'],
  ['tpm', 'Tokens per minute'],
  ['rpd', 'Requests per day'],
  ['tpd', 'Tokens per day'],
];

function settingFields(of) {
  return [
    h(
      'div',
      { class: 'row' },
      numberField('weight', 'Weight', {
        value: of.weight,
        min: 1,
        hint: 'Its share, where the strategy is “weighted”.',
      }),
      textField('quota_group', 'Quota group', {
        value: of.quota_group,
        hint: 'Keys of one group share one limit. Empty: its own.',
      }),
    ),
    group(
      'Own limits (0: none)',
      h(
        'div',
        { class: 'row' },
        limits.map(([name, label]) => numberField(name, label, { value: of[name] })),
      ),
    ),
    textField('models', 'Only for these models', {
      value: of.models.join(', '),
      hint: 'Names separated by commas; “*” stands for anything. Empty: all of the provider.',
    }),
  ];
}

function settingsOf(form) {
  const result = {};
  for (const name of Object.keys(defaults)) result[name] = valueOf(form, name);
  return { ...result, models: listOf(result.models) };
}

/** Asks for a key of `provider`, and adds it. */
export function addKeyForm({ api, store }, provider) {
  openDialog({
    title: `Add a key to ${provider}`,
    action: 'Add key',
    generation: () => store.generation,
    content: () => [
      textField('name', 'Name', { hint: 'How the key is called here and in the configuration.' }),
      credentialFields(),
      h('details', null, h('summary', null, 'Weight, limits, models'), settingFields(defaults)),
    ],
    async submit(form, { generation }) {
      const name = valueOf(form, 'name');
      if (!name) return refuse(form, 'name', 'A key needs a name.');
      const credential = credentialOf(form);
      if (!credential.api_key) return refuse(form, 'api_key', 'A key needs a secret.');
      const body = { name, ...credential, ...changed(defaults, settingsOf(form)) };
      await api.request('POST', path('keys', provider), body, { generation });
      notify(`Key ${provider}/${name} added.`);
      return true;
    },
  });
}

function refuse(form, field, message) {
  showFieldError(fieldOf(form, field), message);
  return false;
}

/** Shows the settings of a key, and changes those that are edited. */
export function editKeyForm({ api, store }, key) {
  let shown = defaults;
  openDialog({
    title: `Settings of ${key.id}`,
    action: 'Save',
    generation: () => store.generation,
    content() {
      shown = { ...defaults, ...keySettings(store, key) };
      return settingFields(shown);
    },
    async submit(form, { generation }) {
      const body = changed(shown, settingsOf(form));
      if (Object.keys(body).every((name) => !(name in defaults))) return true;
      await api.request('PATCH', path('keys', key.provider, key.name), body, { generation });
      notify(`Settings of ${key.id} saved.`);
      return true;
    },
  });
}

/** Gives a key another secret. */
export function replaceSecretForm({ api, store }, key) {
  openDialog({
    title: `New secret for ${key.id}`,
    action: 'Replace secret',
    generation: () => store.generation,
    content: () => [
      h('p', null, 'Requests under way finish with the old secret; new ones use the new one.'),
      credentialFields(),
    ],
    async submit(form, { generation }) {
      const credential = credentialOf(form);
      if (!credential.api_key) return refuse(form, 'api_key', 'Give the new secret.');
      await api.request('PATCH', path('keys', key.provider, key.name), credential, { generation });
      notify(`The secret of ${key.id} was replaced.`);
      return true;
    },
  });
}

/** Asks whether a key should go, and deletes it. */
export function deleteKeyForm({ api, store }, key) {
  confirmDialog({
    title: `Delete ${key.id}?`,
    text: [
      'It is removed from the configuration file and gets no new requests; those under way finish.',
      'To stop using it for a while, disable it instead.',
    ],
    action: 'Delete key',
    generation: () => store.generation,
    async act({ generation }) {
      await api.request('DELETE', path('keys', key.provider, key.name), undefined, { generation });
      notify(`Key ${key.id} deleted.`);
    },
  });
}
