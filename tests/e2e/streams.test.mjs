// Long answers: streams, backpressure, clients that leave.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';

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
  waitFor,
  within,
} from './lib/keywheel.mjs';

scenario('server-sent events: byte for byte', async (t) => {
  const direct = await startSimulator(t, { options: { tokens: 200 } });
  const { gateway } = await startBoth(t, { simulator: { options: { tokens: 200 } } });
  const body = chatBody('hello', { stream: true });
  const client = await connect(t, gateway.port);
  const through = await client.send(postRequest(chatPath, body)).response();
  const plain = await connect(t, direct.port);
  const original = await plain
    .send(postRequest(chatPath, body, [`Authorization: Bearer ${direct.keys[0].secret}`]))
    .response();
  const timeless = (text) => text.replace(/"created":\d+/g, '"created":0');
  assert.ok(through.body.endsWith('data: [DONE]\n\n'));
  assert.equal(timeless(through.body), timeless(original.body));
  assert.equal(through.headers['content-type'], original.headers['content-type']);
});

scenario('an answer of several megabytes arrives whole', async (t) => {
  const { sim, gateway } = await startBoth(t);
  const body = JSON.stringify({ object: 'list', data: 'abcdefgh'.repeat(1 << 19) });
  await sim.fault('*', { status: 200, body });
  const { text } = await within('the whole answer', gateway.chat());
  assert.ok(text === body, 'the same bytes');
});

scenario('a stream of several megabytes arrives whole', async (t) => {
  const { gateway } = await startBoth(t, { simulator: { options: { tokens: 20_000 } } });
  const { text } = await within('the whole stream', gateway.chat('hello', { stream: true }));
  assert.ok(text.length > 1 << 20, `${text.length} bytes`);
  assert.ok(text.endsWith('data: [DONE]\n\n'));
});

scenario('a request of several megabytes arrives whole', async (t) => {
  const sim = await startSimulator(t, { options: { record_body: 8 << 20 } });
  const gateway = await startGateway(t, configFor(sim, { model: 'upstream_model = "other"' }));
  const body = (model) =>
    `{"messages":[{"role":"user","content":"${'abcdefgh'.repeat(1 << 19)}"}],"model":"${model}"}`;
  const answer = await within('the answer', gateway.post(chatPath, body('gpt-4o')));
  assert.equal(answer.status, 200);
  assert.ok((await sim.requests())[0].body === body('other'), 'the same bytes');
});

scenario('server-sent events: each is there before the next is made', async (t) => {
  const { sim, gateway } = await startBoth(t, {
    simulator: { keys: ['only'], options: { tokens: 100_000, event_interval: '50ms' } },
  });
  const client = await connect(t, gateway.port);
  client.send(postRequest(chatPath, chatBody('hello', { stream: true })));
  const events = () => client.text.split('data: ').length - 1;
  for (const count of [1, 2, 4]) await waitFor(`${count} events`, () => events() >= count);
  // The provider is at it yet: at this pace the whole takes more than an hour.
  assert.equal((await sim.counts('in_flight'))[0], 1);
  assert.ok(!client.closed);
});

async function memory(pid) {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)[1]) * 1024;
}

scenario('a client that does not read holds up the provider, not our memory', async (t) => {
  const { sim, gateway } = await startBoth(t, {
    simulator: { keys: ['only'], options: { tokens: 500_000 } },
  });
  await gateway.chat('warm up', { max_tokens: 1 });
  const before = await memory(gateway.process.pid);
  const client = await connect(t, gateway.port);
  client.socket.pause();
  const sentBefore = (await sim.stats()).bytes_sent;
  client.send(postRequest(chatPath, chatBody('hello', { stream: true })));
  // The provider stops sending when every buffer on the way is full, but for answers to us.
  let last = -1;
  let same = 0;
  await waitFor('the provider to be held up', async () => {
    const sent = (await sim.stats()).bytes_sent;
    same = sent - last < 4096 && sent > sentBefore + 100_000 ? same + 1 : 0;
    last = sent;
    return same > 20;
  });
  assert.equal((await sim.counts('in_flight'))[0], 1);
  assert.ok(last - sentBefore < 32 << 20, `${last - sentBefore} bytes sent`);
  const grown = (await memory(gateway.process.pid)) - before;
  assert.ok(grown < 16 << 20, `${grown} bytes more`);

  // It goes on as soon as the client reads on.
  client.socket.resume();
  await waitFor('more bytes', async () => (await sim.stats()).bytes_sent > last + (1 << 20));
});

// -- clients that leave -------------------------------------------------------------------------

for (const [when, options, fault] of [
  ['in the middle of a stream', { tokens: 100_000, event_interval: '20ms' }, undefined],
  ['before the answer', {}, { kind: 'never_answer' }],
]) {
  scenario(
    `invariant 4: a client that leaves ${when} ends its attempt and frees its lease`,
    async (t) => {
      const { sim, gateway } = await startBoth(t, { simulator: { keys: ['only'], options } });
      if (fault) await sim.fault('only', fault);
      const client = await connect(t, gateway.port);
      client.send(postRequest(chatPath, chatBody('hello', { stream: true })));
      await waitFor('the attempt', async () => (await sim.counts('in_flight'))[0] === 1);
      if (!fault) await client.sees('data: ');
      assert.equal((await gateway.key('only')).in_flight, 1);
      client.leave();
      // A second is what is promised; the deadline is for slow machines.
      await waitFor(
        'the end of the attempt',
        async () => (await sim.counts('aborted'))[0] === 1,
        10_000,
      );
      await waitFor('the lease', async () => (await gateway.key('only')).in_flight === 0, 10_000);
      assert.equal((await sim.counts('in_flight'))[0], 0);
    },
  );
}
