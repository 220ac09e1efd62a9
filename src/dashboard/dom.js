// Making and updating the page's elements. Text becomes text nodes, so nothing that a server says is ever markup.

const svgSpace = 'http://www.w3.org/2000/svg';
const handlers = Symbol('handlers');

function append(parent, children) {
  for (const child of children.flat(Infinity))
    if (child !== null && child !== undefined && child !== false) parent.append(child);
  return parent;
}

function set(element, props) {
  element[handlers] = {};
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) {
      element[name] = value;
      element[handlers][name] = value;
    } else if (name === 'value' || name === 'checked') {
      element[name] = value;
    } else {
      element.setAttribute(name === 'key' ? 'data-key' : name, value === true ? '' : value);
    }
  }
}

/**
 * Makes an HTML element. In `props`, functions named on… are event handlers, `value` and `checked` are
 * properties (never attributes, so that no secret can be read from the markup), `key` tells siblings
 * apart when morph() updates a list; everything else is an attribute, left out if null or false.
 */
export function h(tag, props, ...children) {
  const element = document.createElement(tag);
  set(element, props);
  return append(element, children);
}

/** Makes an SVG element; as h(). */
export function svg(tag, props, ...children) {
  const element = document.createElementNS(svgSpace, tag);
  set(element, props);
  return append(element, children);
}

function isSame(a, b) {
  if (a.nodeType !== b.nodeType || a.nodeName !== b.nodeName) return false;
  return a.nodeType !== Node.ELEMENT_NODE || a.dataset.key === b.dataset.key;
}

function takeAttributes(from, to) {
  for (const { name } of [...to.attributes]) if (!from.hasAttribute(name)) to.removeAttribute(name);
  for (const { name, value } of from.attributes)
    if (to.getAttribute(name) !== value) to.setAttribute(name, value);
}

function takeHandlers(from, to) {
  for (const name of Object.keys(to[handlers] ?? {})) to[name] = null;
  to[handlers] = from[handlers] ?? {};
  for (const [name, handler] of Object.entries(to[handlers])) to[name] = handler;
}

function update(to, from) {
  if (to.nodeType !== Node.ELEMENT_NODE) {
    if (to.data !== from.data) to.data = from.data;
    return;
  }
  // A person opens and closes these; a new state of the server does not.
  const wasOpen = to.nodeName === 'DETAILS' && to.open;
  takeAttributes(from, to);
  takeHandlers(from, to);
  if (to.nodeName === 'DETAILS') to.open = wasOpen;
  morphChildren(to, [...from.childNodes]);
}

function morphChildren(parent, wanted) {
  let at = parent.firstChild;
  for (const next of wanted) {
    let same = at;
    while (same && !isSame(same, next)) same = same.nextSibling;
    if (!same) {
      parent.insertBefore(next, at);
      continue;
    }
    // What stands before it is gone or comes later: moving others keeps the focus where it is.
    while (at !== same) {
      const gone = at;
      at = at.nextSibling;
      if (wanted.some((each) => isSame(gone, each))) parent.append(gone);
      else gone.remove();
    }
    update(same, next);
    at = same.nextSibling;
  }
  while (at) {
    const gone = at;
    at = at.nextSibling;
    gone.remove();
  }
}

/** Makes the children of `parent` look like `children`, keeping elements, and so focus, where it can. */
export function morph(parent, ...children) {
  morphChildren(parent, [...append(document.createDocumentFragment(), children).childNodes]);
}

let ids = 0;

/** A document-wide id, for labels and descriptions. */
export function freshId(stem) {
  ids += 1;
  return `${stem}-${ids}`;
}
