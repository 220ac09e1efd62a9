// How a provider is reached: TLS, HTTP/2, proxies. The provider here is Node's own.
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import http2 from 'node:http2';

import {
  chatBody,
  chatPath,
  configFor,
  connect,
  errorOf,
  postRequest,
  scenario,
  startGateway,
  startSimulator,
  waitFor,
} from './lib/keywheel.mjs';
import { startProxy } from './lib/proxies.mjs';
import { startSecureProvider } from './lib/secure_provider.mjs';
import { certificates } from './lib/tls.mjs';

/** A secure provider and a gateway before it. `lines`: of its table, `ca_file` aside. */
async function startSecure(t, { provider: options, lines = '', ca = 'ca.pem', url, more } = {}) {
  const certs = await certificates(t);
  const provider = await startSecureProvider(t, certs, options);
  const all = [`ca_file = "${certs.file(ca)}"`, ...[lines].flat()].join('\n');
  const config = configFor({ ...provider, url: url?.(provider) ?? provider.url }, { provider: all, ...more });
  return { certs, provider, gateway: await startGateway(t, config) };
}

const okay = (answer) => assert.equal(answer.status, 200, answer.text);

async function assertUnreachable(gateway, pattern) {
  const answer = await gateway.chat();
  assert.equal(answer.status, 502, answer.text);
  assert.equal(errorOf(answer).code, 'upstream_unreachable', answer.text);
  const told = answer.text + gateway.process.output;
  assert.match(told, pattern);
  return told;
}

// -- TLS ------------------------------------------------------------------------------------------

scenario('an authority of its own; another one is not believed', async (t) => {
  const { gateway } = await startSecure(t);
  okay(await gateway.chat());
  const wrong = await startSecure(t, { ca: 'other-ca.pem' });
  await assertUnreachable(wrong.gateway, /certificate of 127\.0\.0\.1:\d+ is not to be trusted: /);
  assert.equal(wrong.provider.requests.length, 0);
});

scenario('a file of authorities that has vanished since', async (t) => {
  const { gateway, certs, provider } = await startSecure(t);
  await rm(certs.file('ca.pem'));
  await assertUnreachable(gateway, /the authorities in \/.*\/ca\.pem cannot be used/);
  assert.equal(provider.requests.length, 0);
});

scenario('a client certificate is shown where it is wished for', async (t) => {
  const certs = await certificates(t);
  const options = { requestCert: true, rejectUnauthorized: true, ca: certs.ca };
  const provider = await startSecureProvider(t, certs, options);
  const lines = (more) => ({ provider: `ca_file = "${certs.file('ca.pem')}"\n${more}` });
  const own = `client_cert = "${certs.file('client.pem')}"\nclient_key = "${certs.file('client-key.pem')}"`;
  const gateway = await startGateway(t, configFor(provider, lines(own)));
  okay(await gateway.chat());
  assert.equal(provider.requests[0].client, 'client');
  const without = await startGateway(t, configFor(provider, lines('')));
  const answer = await without.chat();
  assert.equal(answer.status, 502, answer.text);
  assert.equal(provider.requests.length, 1);
  const wrong = own.replace('client-key.pem', 'server-key.pem');
  const mismatch = await startGateway(t, configFor(provider, lines(wrong)));
  await assertUnreachable(mismatch, /the client certificate \/.*\/client\.pem cannot be used/);
});

scenario('an IPv6 address in the base URL', async (t) => {
  const { gateway } = await startSecure(t, { provider: { host: '::1' } });
  okay(await gateway.chat());
});

// -- HTTP/2 ---------------------------------------------------------------------------------------

for (const [name, options, lines, version] of [
  ['HTTP/2 where it is offered', {}, '', '2.0'],
  ['HTTP/1.1 where it is not', { http2: false }, '', '1.1'],
  ['HTTP/1.1 where the person says so', {}, 'http2 = false', '1.1'],
]) {
  scenario(name, async (t) => {
    const { gateway, provider } = await startSecure(t, { provider: options, lines });
    for (let i = 0; i < 3; ++i) okay(await gateway.chat());
    assert.deepEqual(provider.requests.map((r) => r.version), [version, version, version]);
    assert.equal(provider.sessions, 1);
  });
}

scenario('many calls at a time share a connection', async (t) => {
  const waiting = [];
  const answer = (request, response, provider, small) =>
    provider.requests.length > 1 ? waiting.push(small) : small();
  const { gateway, provider } = await startSecure(t, { provider: { answer } });
  okay(await gateway.chat());
  const calls = Array.from({ length: 30 }, () => gateway.chat('x'.repeat(100_000)));
  await waitFor('30 requests', () => waiting.length === 30);
  for (const small of waiting) small();
  for (const call of await Promise.all(calls)) okay(call);
  assert.equal(provider.sessions, 1);
});

/** Fails request number `nth` (from 1) by `how`; the others are answered. */
const failing = (nth, how) => (request, response, provider, small) =>
  provider.requests.length === nth ? how(request, response) : small();

const twoKeys = { keys: [{ name: 'a', secret: 'sk-e2e-a' }, { name: 'b', secret: 'sk-e2e-b' }] };

const refuse = (request) => request.stream.close(http2.constants.NGHTTP2_REFUSED_STREAM);

for (const [name, nth] of [
  ['on a fresh connection', 1],
  ['on one that was used before', 2],
]) {
  scenario(`a refused stream goes out once more: ${name}`, async (t) => {
    const answer = failing(nth, refuse);
    const { gateway, provider } = await startSecure(t, { provider: { answer } });
    for (let i = 0; i < 3; ++i) okay(await gateway.chat());
    assert.equal(provider.requests.length, 4);
  });
}

scenario('a provider that refuses every stream was sent nothing: the next key', async (t) => {
  const answer = (request, response, provider, small) =>
    request.headers.authorization.endsWith('-b') ? small() : refuse(request);
  const { gateway } = await startSecure(t, { provider: { answer }, more: twoKeys });
  const first = await gateway.chat();
  okay(first);
  assert.equal(first.key, 'sim/b');
  assert.equal(first.attempts, 2);
});

scenario('GOAWAY: calls under way end well, later ones use another connection', async (t) => {
  const answer = failing(2, (request, response) => {
    request.stream.session.goaway(0, request.stream.id);
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end('{}');
  });
  const { gateway, provider } = await startSecure(t, { provider: { answer } });
  for (let i = 0; i < 4; ++i) okay(await gateway.chat());
  assert.equal(provider.requests.length, 4);
  assert.equal(provider.sessions, 2);
});

for (const [name, how] of [
  ['INTERNAL_ERROR', (r) => r.stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR)],
  ['a connection that is closed', (r) => r.stream.session.destroy()],
]) {
  scenario(`invariant 7: sent once, and no answer: ${name}`, async (t) => {
    const { gateway, provider } = await startSecure(t, { provider: { answer: failing(2, how) }, more: twoKeys });
    okay(await gateway.chat());
    const answer = await gateway.chat();
    assert.equal(answer.status, 502, answer.text);
    assert.equal(provider.requests.length, 2);
    okay(await gateway.chat());
  });
}

scenario('invariant 7: sent once, and no answer: a connection that is reset', async (t) => {
  const proxy = await startProxy(t, 'http');
  const answer = failing(2, () => proxy.sockets.forEach((each) => each.resetAndDestroy()));
  const lines = `proxy = "http://127.0.0.1:${proxy.port}"`;
  const { gateway, provider } = await startSecure(t, { provider: { answer }, lines, more: twoKeys });
  okay(await gateway.chat());
  const broken = await gateway.chat();
  assert.equal(broken.status, 502, broken.text);
  assert.equal(provider.requests.length, 2);
  okay(await gateway.chat());
});

scenario('a client that does not read holds up nobody on the same connection', async (t) => {
  const large = Buffer.alloc(48 << 20, 'x');
  const answer = failing(2, (request, response) => {
    response.writeHead(200, { 'content-type': 'application/octet-stream' });
    response.end(large);
  });
  const { gateway, provider } = await startSecure(t, { provider: { answer } });
  okay(await gateway.chat());
  const slow = await connect(t, gateway.port);
  slow.socket.pause();
  slow.send(postRequest(chatPath, chatBody()));
  await waitFor('the large answer', () => provider.requests.length === 2);
  for (let i = 0; i < 20; ++i) okay(await gateway.chat());
});

// -- proxies --------------------------------------------------------------------------------------

for (const [scheme, kind, host] of [
  ['http', 'http', '127.0.0.1'],
  ['socks5', 'socks', '127.0.0.1'],
  ['socks5h', 'socks', 'localhost'],
]) {
  scenario(`a proxy: ${scheme}`, async (t) => {
    const proxy = await startProxy(t, kind);
    const { gateway, provider } = await startSecure(t, {
      lines: `proxy = "${scheme}://ada:geheim@127.0.0.1:${proxy.port}"`,
      url: ({ port }) => `https://${host}:${port}`,
    });
    for (let i = 0; i < 3; ++i) okay(await gateway.chat());
    assert.deepEqual(proxy.seen, [{ target: `${host}:${provider.port}`, user: 'ada:geheim' }]);
    assert.ok(!gateway.process.output.includes('geheim'), 'invariant 9');
  });
}

scenario('a proxy that refuses, and one that is not there', async (t) => {
  const proxy = await startProxy(t, 'http');
  proxy.status = 407;
  const at = (port) => `proxy = "http://ada:geheim@127.0.0.1:${port}"`;
  const { gateway } = await startSecure(t, { lines: at(proxy.port) });
  const told = await assertUnreachable(gateway, /the proxy 127\.0\.0\.1:\d+ on the way to .* status 407/);
  const gone = await startSecure(t, { lines: at(1) });
  const also = await assertUnreachable(gone.gateway, /refused by the proxy 127\.0\.0\.1:1 on the way to/);
  assert.ok(!(told + also).includes('geheim'), 'invariant 9');
});

scenario('a tunnel is not shared with whom the proxy knows by another name', async (t) => {
  const certs = await certificates(t);
  const provider = await startSecureProvider(t, certs);
  const proxy = await startProxy(t, 'http');
  const lines = (user) =>
    `ca_file = "${certs.file('ca.pem')}"\nproxy = "http://${user}:p@127.0.0.1:${proxy.port}"`;
  const other = `[providers.other]
dialect = "openai"
base_url = "${provider.url}/v1"
api_key = "sk-e2e-other"
${lines('bob')}
[models.other]
provider = "other"`;
  const gateway = await startGateway(t, configFor(provider, { provider: lines('ada'), more: other }));
  for (const model of ['gpt-4o', 'other', 'gpt-4o', 'other']) okay(await gateway.chat('x', { model }));
  assert.deepEqual(proxy.seen.map((each) => each.user), ['ada:p', 'bob:p']);
  assert.deepEqual(provider.requests.map((each) => each.connection), [0, 1, 0, 1]);
});

scenario('a reload changes the way for calls that follow', async (t) => {
  const sim = await startSimulator(t, { keys: ['a'] });
  const proxy = await startProxy(t, 'socks');
  const gateway = await startGateway(t, configFor(sim));
  okay(await gateway.chat());
  await gateway.apply(configFor(sim, { provider: `proxy = "socks5://127.0.0.1:${proxy.port}"` }));
  okay(await gateway.chat());
  assert.equal(proxy.seen.length, 1);
  await gateway.apply(configFor(sim));
  okay(await gateway.chat());
  assert.equal(proxy.seen.length, 1);
});
