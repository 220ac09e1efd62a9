// Adding a model with its keys in one go, and deleting one.
import { path } from '../api.js';
import { usableKeys } from '../derive.js';
import { confirmDialog, openDialog, showFieldError } from '../dialog.js';
import { h } from '../dom.js';
import { fieldOf, group, numberField, selectField, textField, valueOf } from '../fields.js';
import { notify } from '../notify.js';
import { button } from '../parts.js';
import { modelHref, pageHref } from '../router.js';
import { balancingFields, balancingOf } from './balancing.js';
import { credentialFields, credentialOf } from './credential.js';

const newProvider = ' ';

const dialects = [
  ['openai', 'OpenAI, and what speaks like it'],
  ['anthropic', 'Anthropic'],
  ['gemini', 'Gemini'],
  ['azure', 'Azure OpenAI'],
];

const addresses = {
  openai: 'https://api.openai.com/v1',
  anthropic: 'https://api.anthropic.com',
  gemini: 'https://generativelanguage.googleapis.com/v1beta',
  azure: 'https://NAME.openai.azure.com/openai',
};

function newProviderFields() {
  const address = textField('base_url', 'Base URL', { value: addresses.openai });
  const suggest = ({ target }) => {
    const input = address.querySelector('input');
    if (Object.values(addresses).includes(input.value)) input.value = addresses[target.value];
  };
  return group(
    'New provider',
    textField('provider_name', 'Name'),
    h(
      'div',
      { class: 'row' },
      selectField('dialect', 'Dialect', dialects, { value: 'openai', onchange: suggest }),
      address,
    ),
  );
}

/** The keys that are added with the model: as many as a person wants. */
class KeyList {
  #onChange;
  #list = h('div', { class: 'key-list' });

  constructor(onChange) {
    this.#onChange = onChange;
    this.element = h(
      'div',
      null,
      this.#list,
      button('Add a key with it', () => this.add(true)),
    );
  }

  add(takesFocus) {
    const item = group(
      'New key',
      h(
        'div',
        { class: 'row' },
        textField('name', 'Name'),
        numberField('weight', 'Weight', { value: 1, min: 1 }),
      ),
      credentialFields(),
      button('Leave this key out', () => this.#remove(item)),
    );
    this.#list.append(item);
    if (takesFocus) item.querySelector('input').focus();
    this.#onChange();
  }

  #remove(item) {
    item.remove();
    this.element.querySelector(':scope > button').focus();
    this.#onChange();
  }

  get items() {
    return [...this.#list.children];
  }
}

/** The form for a new model; its parts depend on each other. */
class AddModel {
  constructor({ api, store }) {
    Object.assign(this, { api, store });
    this.providers = Object.keys(store.config.config.providers);
    this.keys = new KeyList(() => this.#update());
    this.providerFields = h('div');
    this.name = textField('name', 'Name', {
      hint: 'What callers ask for. “*” stands for anything.',
    });
    this.name.querySelector('input').onchange = () => this.#update();
    this.provider = selectField(
      'provider',
      'Provider',
      [...this.providers.map((each) => [each, each]), [newProvider, 'A new provider…']],
      { value: this.providers[0] ?? newProvider, onchange: () => this.#providerChanged() },
    );
    this.balancing = balancingFields(
      { load_balancing: false, strategy: 'round_robin', sticky: false },
      () => this.#usable(),
    );
    this.#providerChanged();
  }

  get #isNew() {
    return this.provider.querySelector('select').value === newProvider;
  }

  #usable() {
    const name = this.name.querySelector('input').value.trim();
    const provider = this.provider.querySelector('select').value;
    return (
      (this.#isNew ? 0 : usableKeys(this.store, provider, name).length) + this.keys.items.length
    );
  }

  #update() {
    this.balancing?.update();
  }

  #providerChanged() {
    this.providerFields.replaceChildren(...(this.#isNew ? [newProviderFields()] : []));
    // A new provider has no key that could serve.
    if (this.#isNew && this.keys.items.length === 0) this.keys.add(false);
    this.#update();
  }

  content() {
    return [
      this.name,
      textField('upstream_model', 'Name at the provider', { hint: 'Empty: the same.' }),
      this.provider,
      this.providerFields,
      group('Keys', this.keys.element),
      this.balancing.fields,
    ];
  }

  /** What the API wants; null if something is missing, which is then shown. */
  body(form) {
    const name = valueOf(form, 'name');
    if (!name) return this.#refuse(this.name, 'A model needs a name.');
    const provider = this.#isNew ? valueOf(form, 'provider_name') : valueOf(form, 'provider');
    if (!provider) return this.#refuse(fieldOf(form, 'provider_name'), 'A provider needs a name.');
    const keys = this.#keysOf();
    if (!keys) return null;
    const upstream = valueOf(form, 'upstream_model');
    return {
      name,
      provider,
      ...(upstream && { upstream_model: upstream }),
      ...this.#balancingOf(form),
      ...(keys.length > 0 && { keys }),
      ...(this.#isNew && {
        new_provider: { dialect: valueOf(form, 'dialect'), base_url: valueOf(form, 'base_url') },
      }),
    };
  }

  /** With one key, "off" is what it is anyway: left out, so that a second key is enough to switch it on. */
  #balancingOf(form) {
    const { load_balancing: isOn, strategy, sticky } = balancingOf(form);
    return {
      ...((isOn || this.#usable() > 1) && { load_balancing: isOn }),
      ...(strategy !== 'round_robin' && { strategy }),
      ...(sticky && { sticky }),
    };
  }

  #keysOf() {
    const result = [];
    for (const item of this.keys.items) {
      const key = { name: valueOf(item, 'name'), ...credentialOf(item) };
      if (!key.name) return this.#refuse(fieldOf(item, 'name'), 'A key needs a name.');
      if (!key.api_key) return this.#refuse(fieldOf(item, 'api_key'), 'A key needs a secret.');
      const weight = valueOf(item, 'weight');
      result.push(weight === 1 ? key : { ...key, weight });
    }
    return result;
  }

  #refuse(field, message) {
    showFieldError(field, message);
    return null;
  }
}

/** Asks for a model, its provider, keys and load balancing, and adds them as one change. */
export function addModelForm(context) {
  let form;
  openDialog({
    title: 'Add a model',
    action: 'Add model',
    generation: () => context.store.generation,
    content() {
      form = new AddModel(context);
      return form.content();
    },
    async submit(element, { generation }) {
      const body = form.body(element);
      if (!body) return false;
      await context.api.request('POST', path('models'), body, { generation });
      notify(`Model ${body.name} added.`);
      location.hash = modelHref(body.name);
      return true;
    },
  });
}

/** Asks whether a model should go, and deletes it. */
export function deleteModelForm({ api, store }, name) {
  confirmDialog({
    title: `Delete ${name}?`,
    text: [
      'It is removed from the configuration file, and callers who ask for it are refused.',
      'Its provider and the provider’s keys stay.',
    ],
    action: 'Delete model',
    generation: () => store.generation,
    async act({ generation }) {
      await api.request('DELETE', path('models', name), undefined, { generation });
      notify(`Model ${name} deleted.`);
      location.hash = pageHref('models');
    },
  });
}
