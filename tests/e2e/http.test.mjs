// HTTP/1.1 as it comes over real sockets.
import assert from 'node:assert/strict';

import {
  chatBody,
  chatPath,
  configFor,
  connect,
  postRequest,
  request,
  scenario,
  startBoth,
  startGateway,
  startSimulator,
} from './lib/keywheel.mjs';

const json = 'Content-Type: application/json';

function post(text, headers) {
  return postRequest(chatPath, chatBody(text), headers);
}

function chunked(pieces) {
  return (
    pieces.map((piece) => `${Buffer.byteLength(piece).toString(16)}\r\n${piece}\r\n`).join('') +
    '0\r\n\r\n'
  );
}

async function seenTexts(sim) {
  return (await sim.requests()).map(({ body }) => JSON.parse(body).messages[0].content);
}

// -- requests -----------------------------------------------------------------------------------

scenario('keep-alive: one connection, many requests', async (t) => {
  const { gateway } = await startBoth(t);
  const client = await connect(t, gateway.port);
  const keys = [];
  for (let i = 0; i < 6; ++i) {
    const answer = await client.send(post(`call ${i}`)).response();
    assert.equal(answer.status, 200);
    keys.push(answer.headers['x-keywheel-key']);
  }
  assert.deepEqual(
    keys,
    ['a', 'b', 'c', 'a', 'b', 'c'].map((name) => `sim/${name}`),
  );
  const last = await client.send(post('last', ['Connection: close'])).response();
  assert.equal(last.status, 200);
  assert.equal(last.headers.connection, 'close');
  await client.closes();
});

scenario('pipelined requests are answered in their order', async (t) => {
  const { sim, gateway } = await startBoth(t);
  await sim.fault('a', { kind: 'latency', delay: '500ms' }); // the first one takes longest
  const client = await connect(t, gateway.port);
  client.send(
    post('one') +
      request('GET', '/v1/models') +
      post('three') +
      request('GET', '/nothing') +
      post('five'),
  );
  const answers = [];
  for (let i = 0; i < 5; ++i) answers.push(await client.response());
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 200, 200, 404, 200],
  );
  assert.deepEqual(
    answers.map(({ headers }) => headers['x-keywheel-key']),
    ['sim/a', undefined, 'sim/b', undefined, 'sim/c'],
  );
  assert.equal(answers[1].json.data[0].id, 'gpt-4o');
  assert.deepEqual(await seenTexts(sim), ['one', 'three', 'five']);
});

scenario('a chunked body, in pieces of any size', async (t) => {
  const { sim, gateway } = await startBoth(t);
  const body = chatBody('chunked \u{1F680}');
  const bytes = Buffer.from(body);
  const client = await connect(t, gateway.port);
  client.send(request('POST', chatPath, [json, 'Transfer-Encoding: chunked']));
  for (const byte of bytes)
    client.socket.write(
      Buffer.concat([Buffer.from('1;x=y\r\n'), Buffer.of(byte), Buffer.from('\r\n')]),
    );
  client.send('0\r\nX-Trailer: ignored\r\n\r\n');
  assert.equal((await client.response()).status, 200);
  assert.equal((await sim.requests())[0].body, body);
});

scenario('a request that comes byte by byte', async (t) => {
  const { gateway } = await startBoth(t);
  const client = await connect(t, gateway.port);
  for (const byte of Buffer.from(post('slow typist'))) client.socket.write(Buffer.of(byte));
  assert.equal((await client.response()).status, 200);
});

scenario('Expect: 100-continue', async (t) => {
  const { gateway } = await startBoth(t);
  const client = await connect(t, gateway.port);
  const body = chatBody('expected');
  client.send(
    request('POST', chatPath, [json, `Content-Length: ${body.length}`, 'Expect: 100-continue']),
  );
  assert.equal((await client.response()).status, 100);
  client.send(body);
  assert.equal((await client.response()).status, 200);
});

scenario('HEAD and OPTIONS', async (t) => {
  const { gateway } = await startBoth(t);
  const client = await connect(t, gateway.port);
  const head = await client.send(request('HEAD', '/v1/models')).response({ head: true });
  assert.equal(head.status, 200);
  const get = await client.send(request('GET', '/v1/models')).response();
  assert.equal(head.headers['content-length'], get.headers['content-length']);
  const options = await client.send(request('OPTIONS', chatPath)).response();
  assert.ok(options.status === 204 || options.status === 200, `OPTIONS: ${options.status}`);
  assert.match(options.headers.allow, /POST/);
  const wrong = await client.send(request('GET', chatPath)).response();
  assert.equal(wrong.status, 405);
  assert.match(wrong.headers.allow, /POST/);
});

// -- limits, and requests that are none ---------------------------------------------------------

scenario('413 before the body is read: by its length', async (t) => {
  const { sim, gateway } = await startBoth(t, { config: { server: 'max_body = "64KiB"' } });
  const client = await connect(t, gateway.port);
  client.send(request('POST', chatPath, [json, 'Content-Length: 65537']));
  const answer = await client.response();
  assert.equal(answer.status, 413);
  assert.equal(answer.json.error.code, 'body_too_large');
  assert.deepEqual(await sim.requests(), []);

  const fits = chatBody('x'.repeat(65_536 - chatBody('').length));
  assert.equal(Buffer.byteLength(fits), 65_536);
  const second = await connect(t, gateway.port);
  assert.equal((await second.send(postRequest(chatPath, fits)).response()).status, 200);
});

scenario('413 before the body is read: chunked, without an end', async (t) => {
  const { sim, gateway } = await startBoth(t, { config: { server: 'max_body = "64KiB"' } });
  const client = await connect(t, gateway.port);
  client.send(request('POST', chatPath, [json, 'Transfer-Encoding: chunked']));
  const chunk = `1000\r\n${' '.repeat(4096)}\r\n`;
  for (let i = 0; i < 17; ++i) client.send(chunk);
  assert.equal((await client.response()).status, 413);
  assert.deepEqual(await sim.requests(), []);
});

scenario('413 without 100 Continue', async (t) => {
  const { gateway } = await startBoth(t, { config: { server: 'max_body = "64KiB"' } });
  const client = await connect(t, gateway.port);
  client.send(
    request('POST', chatPath, [json, 'Content-Length: 99999999', 'Expect: 100-continue']),
  );
  assert.equal((await client.response()).status, 413);
});

scenario('431: a header section that is too large', async (t) => {
  const { gateway } = await startBoth(t);
  const client = await connect(t, gateway.port);
  client.send(request('POST', chatPath, [`X-Large: ${'x'.repeat(70_000)}`]));
  assert.equal((await client.response()).status, 431);
  await client.closes();
});

const smuggled = `POST ${chatPath} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}`;
for (const [name, headers, body] of [
  ['two framings', ['Content-Length: 5', 'Transfer-Encoding: chunked'], `0\r\n\r\n${smuggled}`],
  ['two lengths', ['Content-Length: 5', 'Content-Length: 6'], 'hello!'],
  ['a length list', ['Content-Length: 5, 6'], 'hello!'],
  ['a signed length', ['Content-Length: +5'], 'hello'],
  ['a blank before the colon', ['Content-Length : 5'], 'hello'],
  ['a folded line', ['X-Folded: a', ' b'], ''],
  ['a bare CR in a value', ['X-Bare: a\rContent-Length: 5'], 'hello'],
  ['a bare LF in a value', ['X-Bare: a\nTransfer-Encoding: chunked', 'Content-Length: 5'], 'hello'],
  ['a NUL in a value', ['X-Nul: a\0b'], ''],
  [
    'chunked hidden in a list',
    ['Transfer-Encoding: chunked, identity', 'Content-Length: 5'],
    'hello',
  ],
  ['a bad chunk size', ['Transfer-Encoding: chunked'], '0x5\r\nhello\r\n0\r\n\r\n'],
  ['a chunk without its end', ['Transfer-Encoding: chunked'], '5\r\nhello!!0\r\n\r\n'],
]) {
  scenario(`a request smuggled: ${name}`, async (t) => {
    const { sim, gateway } = await startBoth(t);
    const client = await connect(t, gateway.port);
    client.send(request('POST', chatPath, [json, ...headers], body));
    const answer = await client.response();
    assert.ok(answer.status === 400 || answer.status === 501, `status ${answer.status}`);
    await client.closes();
    assert.equal(client.text, '', 'one answer and no more');
    assert.deepEqual(await sim.requests(), []);
  });
}

scenario('no Host, two Hosts, no HTTP', async (t) => {
  const { gateway } = await startBoth(t);
  for (const text of [
    'GET /v1/models HTTP/1.1\r\n\r\n',
    'GET /v1/models HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n',
    'this is no HTTP\r\n\r\n',
    '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 a TLS client hello\r\n\r\n',
  ]) {
    const client = await connect(t, gateway.port);
    assert.equal((await client.send(text).response()).status, 400, JSON.stringify(text));
    await client.closes();
  }
});

// -- header fields ------------------------------------------------------------------------------

scenario(
  "the caller's own credentials, cookies and hop-by-hop fields are not forwarded",
  async (t) => {
    const { sim, gateway } = await startBoth(t, { simulator: { keys: ['only'] } });
    const client = await connect(t, gateway.port);
    const secret = 'caller-secret';
    const fields = [
      `Authorization: Bearer ${secret}`,
      `X-Api-Key: ${secret}`,
      `Api-Key: ${secret}`,
      `X-Goog-Api-Key: ${secret}`,
      `Cookie: session=${secret}`,
      `Proxy-Authorization: Basic ${secret}`,
      'Connection: keep-alive, X-Mine',
      `X-Mine: ${secret}`,
      'Keep-Alive: timeout=5',
      'TE: trailers',
      'Upgrade: websocket',
      'Trailer: X-Later',
      'OpenAI-Organization: org-1',
      'X-Custom: goes on',
    ];
    const body = chatBody('hello');
    const length = `Content-Length: ${body.length}`;
    client.send(
      request(
        'POST',
        `${chatPath}?key=${secret}&access_token=${secret}&kept=1`,
        [json, length, ...fields],
        body,
      ),
    );
    assert.equal((await client.response()).status, 200);
    const [seen] = await sim.requests();
    const headers = Object.fromEntries(
      seen.headers.map(([name, value]) => [name.toLowerCase(), value]),
    );
    assert.ok(!JSON.stringify(seen).includes(secret), JSON.stringify(seen));
    assert.equal(headers.authorization, `Bearer ${sim.keys[0].secret}`);
    assert.equal(headers['x-custom'], 'goes on');
    assert.equal(headers['content-type'], 'application/json');
    assert.equal(headers.host, `127.0.0.1:${sim.port}`);
    assert.equal(seen.target, `${chatPath}?kept=1`);
    for (const name of [
      'connection',
      'keep-alive',
      'te',
      'upgrade',
      'trailer',
      'expect',
      'transfer-encoding',
      'proxy-authorization',
    ])
      assert.ok(!(name in headers), `${name}: ${headers[name]}`);
  },
);

scenario(
  "the provider's hop-by-hop fields and cookies stay behind, its others come through",
  async (t) => {
    const { sim, gateway } = await startBoth(t);
    await sim.fault('*', {
      status: 400,
      body: '{"error":{"message":"no"}}',
      headers: {
        connection: 'keep-alive, x-hop',
        'x-hop': 'gone',
        'keep-alive': 'timeout=7',
        'proxy-authenticate': 'Basic',
        'set-cookie': 'a=b',
        'x-keywheel-key': 'a lie',
        'x-request-id': 'req-of-theirs',
        'x-ratelimit-remaining-requests': '7',
      },
    });
    const client = await connect(t, gateway.port);
    const { status, headers } = await client.send(post('hello')).response();
    assert.equal(status, 400);
    for (const name of ['x-hop', 'keep-alive', 'proxy-authenticate', 'set-cookie'])
      assert.ok(!(name in headers), `${name}: ${headers[name]}`);
    assert.equal(headers['x-keywheel-key'], 'sim/a');
    assert.equal(headers['x-request-id'], 'req-of-theirs');
    assert.equal(headers['x-ratelimit-remaining-requests'], '7');
  },
);

// -- who may call ---------------------------------------------------------------------------------

scenario(
  'only clients on this machine, unless the configuration lists some: those by their token',
  async (t) => {
    const sim = await startSimulator(t);
    const more =
      '[[clients]]\nname = "ci"\ntoken = "ci-token"\nmodels = ["gpt-4o"]\n[models.other]\nprovider = "sim"';
    const gateway = await startGateway(t, configFor(sim, { more }));
    const headers = { authorization: 'Bearer ci-token' };
    assert.equal((await gateway.chat()).status, 401);
    assert.equal(
      (await gateway.chat('x', {}, { headers: { authorization: 'Bearer wrong' } })).status,
      401,
    );
    assert.equal((await gateway.chat('x', {}, { headers })).status, 200);
    const other = await gateway.chat('x', { model: 'other' }, { headers });
    assert.ok(other.status === 403 || other.status === 404, `status ${other.status}`);
    assert.equal((await sim.requests()).length, 1);
  },
);
