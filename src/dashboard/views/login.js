// The form that asks for the token.
import { Api, path } from '../api.js';
import { h } from '../dom.js';
import { secretField, valueOf, fieldOf } from '../fields.js';
import { showFieldError } from '../dialog.js';

/**
 * @param reason why the person is asked again; empty the first time
 * @param onToken takes a token that the server accepted
 */
export function loginView(reason, onToken) {
  async function submit(event) {
    event.preventDefault();
    const form = event.target;
    const field = fieldOf(form, 'token');
    const token = valueOf(form, 'token');
    if (!token) return showFieldError(field, 'Give the admin token.');
    try {
      await new Api(token).get(path('config'));
    } catch (error) {
      const message =
        error.status === 401 ? 'The gateway does not accept this token.' : error.message;
      return showFieldError(field, message);
    }
    field.querySelector('input').value = '';
    return onToken(token);
  }
  return h(
    'main',
    { class: 'login' },
    h(
      'form',
      { novalidate: true, onsubmit: submit },
      h('h1', { tabindex: '-1' }, 'Keywheel'),
      reason && h('p', { class: 'trouble', role: 'alert' }, reason),
      secretField('token', 'Admin token', {
        hint: 'As in the configuration ([admin] token), or in the file admin-token of the state folder.',
      }),
      h('button', { type: 'submit', class: 'button primary' }, 'Log in'),
    ),
  );
}
