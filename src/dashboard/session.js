// The token of this tab. It ends with the tab, and is in no address and no other storage.

const item = 'keywheel-token';

export function token() {
  return sessionStorage.getItem(item);
}

export function keepToken(value) {
  sessionStorage.setItem(item, value);
}

export function forgetToken() {
  sessionStorage.removeItem(item);
}
