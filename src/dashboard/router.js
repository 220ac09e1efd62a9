// The part of the address behind "#": which page is shown. Pure functions.

const pages = ['models', 'keys', 'config', 'activity'];

function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** Finds the page of `hash`: { page, model? }. What leads nowhere leads to the list of models. */
export function parseHash(hash) {
  const [page, name, ...more] = hash.replace(/^#?\/?/, '').split('/');
  if (page === 'models' && name && more.length === 0) {
    const model = decode(name);
    if (model !== null) return { page: 'model', model };
  }
  return { page: pages.includes(page) && !name ? page : 'models' };
}

/** The address of a page. */
export function pageHref(page) {
  return `#/${page}`;
}

/** The address of a model's page. */
export function modelHref(name) {
  return `#/models/${encodeURIComponent(name)}`;
}
