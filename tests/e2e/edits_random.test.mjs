// A thousand random changes through the admin API on a richly commented file. What the file must be
// after each is known here from lists of lines; nothing of TOML is.
import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { folder, scenario, startGateway } from './lib/keywheel.mjs';

/** A generator of random numbers below `n` (mulberry32). */
function generator(seed) {
  let state = seed >>> 0;
  return (n) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) % n;
  };
}

/** A field in a line: what stands before its value, the value, what stands behind. */
const field = (name, value, { before = '', equals = ' = ', behind = '' } = {}) => ({
  name,
  value,
  before: `${before}${name}${equals}`,
  behind,
});
const text = (value) => JSON.stringify(value);

/** A table: lines above its header, the header, fields, lines below the last field. */
const table = (kind, name, header, fields, above = [], below = []) => ({
  kind,
  name,
  lines() {
    const own = this.fields.map(({ before, value, behind }) => before + value + behind);
    return [...this.above, this.header, ...own, ...this.below];
  },
  header,
  fields,
  above,
  below,
});

/** Lines that nobody may touch. */
const still = (...lines) => ({ kind: 'still', lines: () => lines });

/** The keys of a provider in an array, each in a line of its own. */
const inLine = (elements) => ({
  kind: 'array',
  elements,
  lines() {
    const own = this.elements.flatMap(({ above, line }) => [...above, line]);
    return [
      '[providers.line]   # keys in a list',
      "dialect = 'openai'",
      'base_url = "http://127.0.0.1:2/v1"',
      'keys = [ # of "line"',
      ...own,
      '  # the last word',
      '] # ]',
    ];
  },
});

/** The file at the beginning, as blocks with a blank line between two. */
function beginning() {
  const indented = { before: '    ' };
  return [
    still('# Keys of the résumé team — 日本語 — "quotes" = [not] a table', '# [providers.no]'),
    still('[server] # where', '  listen = "127.0.0.1:0"\t# tabbed', 'state_dir = "state"'),
    still('[admin]', "listen = '127.0.0.1:0'"),
    still('# ==== providers ====', '#'),
    table(
      'provider',
      'sim',
      '[providers.sim]   # the first',
      [
        field('dialect', "'openai'", { behind: ' # é' }),
        field('api_key', '"sk-shorthand"', { behind: '   # the default one' }),
        field('base_url', '"http://127.0.0.1:1/v1"'),
      ],
      ['# with a word above'],
      ['# idle_timeout = "1s"'],
    ),
    still('# apart from', '  # everything'),
    table(
      'key',
      'one',
      '  [[ providers . "sim" . keys ]]   # first',
      [
        field('name', '"one"', { ...indented, equals: '\t=\t', behind: ' # eins' }),
        field('api_key', "'sk-one'", indented),
        field('rpm', '10', { ...indented, behind: ' # slow' }),
      ],
      ["# team one's", '  # (until May)'],
      ['    # tpm = 5'],
    ),
    still(''),
    table('key', 'two', '[[providers.sim.keys]]', [
      field('weight', '1', { behind: '# w' }),
      field('name', "'two'"),
      field('api_key', '"""sk-two"""', { behind: ' # [[x]]' }),
    ]),
    inLine([
      { name: 'l1', above: ['  # the first'], line: '  { name = "l1", api_key = "sk-l1" }, # } ]' },
      { name: 'l2', above: [], line: "\t{name='l2',api_key='#l2'}, # two" },
    ]),
    still('# ==== models ===='),
    table(
      'model',
      'gpt-4o',
      '[models.gpt-4o]',
      [field('provider', '"sim"', { behind: '   # 4o' }), field('sticky', 'false')],
      ['# chat'],
    ),
    table('model', 'text-*', '[models."text-*"]', [field('provider', '"line"', { before: '\t' })]),
    still('# the end'),
  ];
}

/** What the file must be, and the random changes that lead there. */
class Model {
  constructor(random, dir, lineBreak) {
    Object.assign(this, { random, dir, lineBreak, blocks: beginning(), count: 0 });
    this.kept = new Map(); // names of keys to the names of their files
  }

  text() {
    const lines = this.blocks.flatMap((block, i) => [...(i ? [''] : []), ...block.lines()]);
    return lines.join(this.lineBreak);
  }

  pick(all) {
    return all[this.random(all.length)];
  }

  of(kind) {
    return this.blocks.filter((block) => block.kind === kind);
  }

  get provider() {
    return this.of('provider')[0];
  }

  get array() {
    return this.of('array')[0];
  }

  get hasShorthand() {
    return this.provider.fields.some(({ name }) => name === 'api_key');
  }

  keys() {
    const names = this.of('key').map(({ name }) => name);
    return this.hasShorthand && !names.includes('default') ? ['default', ...names] : names;
  }

  fresh() {
    return `n${++this.count}`;
  }

  insertBehindLast(kinds, block) {
    const at = this.blocks.findLastIndex(({ kind }) => kinds.includes(kind));
    this.blocks.splice(at + 1, 0, block);
  }

  remove(block) {
    this.blocks.splice(this.blocks.indexOf(block), 1);
  }

  /** A table of a new key looks like the one above it. */
  addKeyTable(name, fields) {
    const keys = this.of('key');
    const like = keys.at(-1);
    const headerIndent = like ? /^\s*/.exec(like.header)[0] : '';
    const before = like ? /^\s*/.exec(like.fields.at(-1).before)[0] : '';
    const block = table(
      'key',
      name,
      `${headerIndent}[[providers.sim.keys]]`,
      [['name', text(name)], ...fields].map(([each, value]) => field(each, value, { before })),
    );
    this.insertBehindLast(['provider', 'key'], block);
  }

  /** Sets a field of a table, as a person would by hand. */
  set(block, name, value) {
    const found = block.fields.find((each) => each.name === name);
    if (found) found.value = value;
    else {
      const before = /^\s*/.exec(block.fields.at(-1).before)[0];
      block.fields.push(field(name, value, { before }));
    }
  }

  unset(block, name) {
    block.fields = block.fields.filter((each) => each.name !== name);
  }

  /** A credential that nobody has yet: [what to send, what the file says]. */
  credential(key) {
    const clear = `sk-${this.fresh()}-"\\é`;
    if (this.random(3)) {
      this.kept.delete(key);
      return [{ api_key: clear, store: 'config' }, text(clear)];
    }
    const name = this.kept.get(key) === `sim.${key}` ? `sim.${key}.2` : `sim.${key}`;
    this.kept.set(key, name);
    return [{ api_key: clear }, text(`file:${this.dir}/state/secrets/${name}`)];
  }

  // -- the changes: each returns [status, method, path, body] ---------------------------------------

  patchKey() {
    const name = this.pick(this.keys());
    const path = `/api/v1/keys/sim/${name}`;
    const what = this.pick(['enabled', 'rpm', 'tpm', 'weight', 'quota_group', 'upstream_model']);
    const block = this.of('key').find((each) => each.name === name);
    if (!this.random(4)) {
      if (block) this.unset(block, what);
      return [200, 'PATCH', path, { [what]: null }];
    }
    const value =
      what === 'enabled'
        ? !this.random(2)
        : ['rpm', 'tpm', 'weight'].includes(what)
          ? 1 + this.random(1000)
          : this.pick(['a', 'é "q"', 'b#c']);
    if (block) this.set(block, what, this.written(block, what, value));
    else this.addKeyTable(name, [[what, text(value)]]);
    return [200, 'PATCH', path, { [what]: value }];
  }

  /** A text keeps the kind of quotes that the one before it had. */
  written(block, name, value) {
    const found = block.fields.find((each) => each.name === name);
    const literal = typeof value === 'string' && /^'(?!'')/.test(found?.value ?? '');
    return literal && !value.includes("'") ? `'${value}'` : text(value);
  }

  patchCredential() {
    const name = this.pick(this.keys());
    const [body, written] = this.credential(name);
    const block =
      name === 'default' && this.hasShorthand
        ? this.provider
        : this.of('key').find((each) => each.name === name);
    this.set(block, 'api_key', this.written(block, 'api_key', JSON.parse(written)));
    return [200, 'PATCH', `/api/v1/keys/sim/${name}`, body];
  }

  patchModel() {
    const block = this.pick(this.of('model'));
    const what = this.pick(['sticky', 'max_attempts', 'strategy', 'upstream_model']);
    const path = `/api/v1/models/${encodeURIComponent(block.name)}`;
    if (!this.random(4)) {
      this.unset(block, what);
      return [200, 'PATCH', path, { [what]: null }];
    }
    const value = {
      sticky: !this.random(2),
      max_attempts: 1 + this.random(9),
      strategy: this.pick(['round_robin', 'weighted', 'fill_first']),
      upstream_model: this.pick(['x', 'ü "y"']),
    }[what];
    this.set(block, what, this.written(block, what, value));
    return [200, 'PATCH', path, { [what]: value }];
  }

  addKey() {
    const name = this.keys().includes('default') || this.random(2) ? this.fresh() : 'default';
    const [body, written] = this.credential(name);
    const more = this.random(2) ? { weight: 1 + this.random(9) } : {};
    const fields = Object.entries(more).map(([each, value]) => [each, text(value)]);
    this.addKeyTable(name, [['api_key', written], ...fields]);
    return [201, 'POST', '/api/v1/keys/sim', { name, ...more, ...body }];
  }

  removeKey() {
    const name = this.pick(this.keys());
    if (this.keys().length < 2) return this.refused();
    const block = this.of('key').find((each) => each.name === name);
    if (block) this.remove(block);
    if (name === 'default' && this.hasShorthand) this.unset(this.provider, 'api_key');
    this.kept.delete(name);
    return [200, 'DELETE', `/api/v1/keys/sim/${name}`];
  }

  addElement() {
    const name = this.fresh();
    const { line } = this.array.elements.at(-1);
    const indent = /^\s*/.exec(line)[0];
    const clear = `sk-${name}`;
    this.array.elements.push({
      name,
      above: [],
      line: `${indent}{ name = ${text(name)}, api_key = ${text(clear)} },`,
    });
    return [201, 'POST', '/api/v1/keys/line', { name, api_key: clear, store: 'config' }];
  }

  removeElement() {
    if (this.array.elements.length < 2) return this.addElement();
    const gone = this.pick(this.array.elements);
    this.array.elements = this.array.elements.filter((each) => each !== gone);
    return [200, 'DELETE', `/api/v1/keys/line/${gone.name}`];
  }

  addModel() {
    const name = this.fresh() + this.pick(['', '.5', '-*']);
    const header = /^[\w-]+$/.test(name) ? name : text(name);
    const before = /^\s*/.exec(this.of('model').at(-1).fields.at(-1).before)[0];
    const fields = [field('provider', '"line"', { before })];
    const body = { name, provider: 'line' };
    if (this.random(2)) {
      fields.push(field('sticky', 'true', { before }));
      body.sticky = true;
    }
    this.insertBehindLast(['model'], table('model', name, `[models.${header}]`, fields));
    return [201, 'POST', '/api/v1/models', body];
  }

  removeModel() {
    if (this.of('model').length < 2) return this.addModel();
    const block = this.pick(this.of('model'));
    this.remove(block);
    return [200, 'DELETE', `/api/v1/models/${encodeURIComponent(block.name)}`];
  }

  /** What must change nothing. */
  refused() {
    const [key] = this.keys();
    const path = `/api/v1/keys/sim/${key}`;
    return this.pick([
      [422, 'PATCH', path, { weight: 0 }],
      [422, 'PATCH', path, { api_key: 'bad\nsecret' }],
      [409, 'POST', '/api/v1/keys/sim', { name: key, api_key: 'sk-x' }],
      [404, 'DELETE', '/api/v1/keys/sim/nobody'],
      [this.keys().length > 1 ? 200 : 422, 'DELETE', `${path}?dry_run=true`],
      [200, 'POST', '/api/v1/models?dry_run=true', { name: 'dry', provider: 'sim' }],
    ]);
  }

  step() {
    const steps = [
      ...['patchKey', 'patchKey', 'patchKey', 'patchCredential', 'patchModel', 'patchModel'],
      ...['addKey', 'removeKey', 'addElement', 'removeElement', 'addModel', 'removeModel'],
      'refused',
    ];
    return this[this.pick(steps)]();
  }
}

/** Makes `count` changes, and finds the file as it must be after each. */
async function run(t, seed, count, lineBreak) {
  const dir = await folder(t);
  const model = new Model(generator(seed), dir, lineBreak);
  await writeFile(join(dir, 'keywheel.toml'), model.text());
  const gateway = await startGateway(t, null, { dir });
  for (let i = 0; i < count; ++i) {
    const [status, method, path, body] = model.step();
    const what = `seed ${seed}, change ${i}: ${method} ${path} ${JSON.stringify(body)}`;
    const answer = await gateway.admin(method, path, body);
    assert.equal(answer.status, status, `${what}: ${answer.text}`);
    assert.equal(await gateway.text(), model.text(), what);
  }
  const left = await readdir(join(dir, 'state/secrets'));
  assert.deepEqual(left.sort(), [...model.kept.values()].sort(), `seed ${seed}: files of secrets`);
}

const seed = Number(process.env.SEED ?? 20261);

for (const [name, lineBreak, more] of [
  ['line feeds', '\n', 0],
  ['CRLF', '\r\n', 1],
])
  scenario(`500 random changes leave every other byte where it was, with ${name}`, async (t) => {
    t.diagnostic(`SEED=${seed}`);
    await run(t, seed + more, 500, lineBreak);
  });
