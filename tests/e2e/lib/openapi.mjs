// The admin API's description of itself, as a judge of its answers.
import assert from 'node:assert/strict';

import Ajv from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

const pointer = (part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'));

export class Description {
  #ajv;

  constructor(document) {
    this.document = document;
    this.#ajv = addFormats(new Ajv({ strict: false, allErrors: true }));
    this.#ajv.addSchema(document, 'api');
  }

  /** Asserts that `value` fits the schema to which these members of the document lead. */
  assertFits(value, ...way) {
    const fits = this.#ajv.compile({ $ref: `api#/${way.map(pointer).join('/')}` });
    const wrong = fits(value) ? [] : fits.errors.slice(0, 5);
    assert.deepEqual(wrong, [], `${way.join(' ')}\n${JSON.stringify(value, null, 1).slice(0, 3000)}`);
  }

  fits(value, ...way) {
    return this.#ajv.validate({ $ref: `api#/${way.map(pointer).join('/')}` }, value);
  }

  /** Asserts that an answer to `method` at the path `template` is one that the document names. */
  assertAnswers(method, template, answer) {
    const where = ['paths', template, method.toLowerCase(), 'responses', String(answer.status)];
    const what = `${method} ${template}: ${answer.status} ${answer.text.slice(0, 300)}`;
    let found = where.reduce((at, name) => at?.[name], this.document);
    assert.ok(found, `not described: ${what}`);
    let way = where;
    if (found.$ref) {
      way = found.$ref.slice(2).split('/');
      found = way.reduce((at, name) => at[name], this.document);
    }
    for (const [name, { required }] of Object.entries(found.headers ?? {}))
      if (required) assert.ok(answer.headers.get(name), `no ${name}: ${what}`);
    const type = answer.headers.get('content-type')?.split(';')[0];
    if (!found.content) return assert.equal(answer.text, '', what);
    assert.ok(found.content[type], `${type} is not described: ${what}`);
    const value = type === 'application/json' ? answer.json : answer.text;
    assert.notEqual(value, undefined, `no JSON: ${what}`);
    this.assertFits(value, ...way, 'content', type, 'schema');
  }
}
