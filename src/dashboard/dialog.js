// Dialogs with a form: they ask, act, and say what went wrong where it did.
import { h, freshId } from './dom.js';
import { button } from './parts.js';

/** The field of the form that a message of the server is about: it names fields in quotes. */
function fieldIn(message, form) {
  const all = [...form.querySelectorAll('[data-field]')];
  return all.find(({ dataset }) => message.includes(`"${dataset.field}"`));
}

function clearErrors(form) {
  for (const each of form.querySelectorAll('.field-error')) each.textContent = '';
  for (const each of form.querySelectorAll('[aria-invalid]')) each.removeAttribute('aria-invalid');
}

/** Shows an error beside a field, and moves the focus there. */
export function showFieldError(field, message) {
  const input = field.querySelector('input, select');
  field.querySelector('.field-error').textContent = message;
  input.setAttribute('aria-invalid', 'true');
  input.focus();
}

function describe({ message, line }) {
  return line ? `${message} (line ${line} of the file)` : message;
}

/** What is wrong with the input as a whole, or that somebody else was faster. */
class Trouble {
  constructor(actions) {
    this.actions = actions;
    this.element = h('div', { class: 'trouble', role: 'alert' });
  }

  clear() {
    this.element.replaceChildren();
  }

  show(error) {
    this.element.replaceChildren(h('p', null, describe(error)));
  }

  showConflict(error) {
    this.element.replaceChildren(
      h(
        'p',
        null,
        'Somebody else changed the configuration since this form was opened: ',
        describe(error),
      ),
      h('p', null, 'Your input is still here.'),
      h('div', { class: 'actions' }, this.actions),
    );
  }
}

/**
 * Opens a dialog. The focus returns to where it was when it closes.
 * @param title its name
 * @param content () => elements of the form, for the state of the server at that moment
 * @param generation () => the generation in force
 * @param submit async (form, { generation }) => whether it is done (false: stay open); may throw ApiError.
 *   `generation` is the one that the content was made for; whoever makes several changes sets it on the object
 *   to what each of them answers
 * @param action the text of the button that submits; `danger`: it destroys something
 */
export function openDialog({ title, content, generation, submit, action, danger = false }) {
  const before = document.activeElement;
  const id = freshId('dialog');
  const fields = h('div', { class: 'fields' });
  const based = { generation: undefined };
  const trouble = new Trouble([
    button('Load what is in force', () => load()),
    button('Save mine anyway', saveAnyway),
  ]);
  const cancel = button('Cancel', () => dialog.close());
  const send = h(
    'button',
    { type: 'submit', class: `button ${danger ? 'danger' : 'primary'}` },
    action,
  );
  const form = h(
    'form',
    { novalidate: true, autocomplete: 'off', onsubmit: (event) => save(event) },
    h('h2', { id }, title),
    fields,
    trouble.element,
    h('div', { class: 'actions end' }, cancel, send),
  );
  const dialog = h('dialog', { 'aria-labelledby': id, onclose: close }, form);

  function load() {
    based.generation = generation();
    fields.replaceChildren(...[content()].flat(Infinity).filter(Boolean));
    trouble.clear();
    (danger ? cancel : (fields.querySelector('input, select') ?? send)).focus();
  }

  function saveAnyway() {
    based.generation = generation();
    form.requestSubmit();
  }

  function fail(error) {
    if (error.code === 'generation_mismatch') return trouble.showConflict(error);
    const field = error.status === 422 && fieldIn(error.message, form);
    if (field) showFieldError(field, describe(error));
    else trouble.show(error);
  }

  async function save(event) {
    event.preventDefault();
    clearErrors(form);
    trouble.clear();
    send.disabled = true;
    try {
      if ((await submit(form, based)) !== false) dialog.close();
    } catch (error) {
      if (error.status === 401) dialog.close();
      else fail(error);
    } finally {
      send.disabled = false;
    }
  }

  function close() {
    // What was pasted does not stay in memory longer than the form.
    for (const each of form.querySelectorAll('input[type=password]')) each.value = '';
    // The browser has returned the focus already, and a person may have moved it on since.
    const isLost = document.activeElement === document.body || dialog.contains(document.activeElement);
    dialog.remove();
    const back = before?.isConnected ? before : document.querySelector('h1');
    if (isLost) back?.focus();
  }

  document.body.append(dialog);
  dialog.showModal();
  load();
  return dialog;
}

/** Asks before something is done that cannot be undone. */
export function confirmDialog({ title, text, action, generation, act }) {
  return openDialog({
    title,
    action,
    generation,
    danger: true,
    content: () => [text].flat().map((each) => h('p', null, each)),
    submit: (form, based) => act(based),
  });
}
