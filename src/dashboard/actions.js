// What a button does at once, without a form.
import { path } from './api.js';
import { notify } from './notify.js';

/** Does something, and says what came of it. */
async function act(what, text) {
  try {
    const answer = await what();
    notify(text);
    return answer;
  } catch (error) {
    if (error.status !== 401) notify(error.message, 'bad');
    return null;
  }
}

/** Disables or enables a key. */
export function setEnabled({ api }, key, enabled) {
  return act(
    () => api.request('PATCH', path('keys', key.provider, key.name), { enabled }),
    `Key ${key.id} ${enabled ? 'enabled' : 'disabled'}.`,
  );
}

/** Ends a key's cooldowns, and what was held against it. */
export function resetKey({ api }, key) {
  return act(
    () => api.request('POST', path('keys', key.provider, key.name, 'reset')),
    `Key ${key.id} was reset.`,
  );
}

/** Has the gateway read its file again. */
export function reload({ api }) {
  return act(() => api.request('POST', path('reload')), 'The configuration was reloaded.');
}
