// What every vendor's SDK must find behind its base URL, whatever its dialect.
import assert from 'node:assert/strict';

import { scenario, startBoth, waitFor } from './keywheel.mjs';
import { drained, dummyKey, watched } from './sdk.mjs';

/** A request long enough to have cached tokens. */
export const question = 'Say hello to everybody who waits for an answer';

const oneKey = { keys: ['only'] };
const noWaiting = '[waiting_line]\nmax_wait = "0s"';

/** What the access log says of the first `count` calls: [status, attempts] of each. */
async function logged(gateway, count) {
  const pattern = / attempts=(\d+) status=(\d+) outcome=/g;
  const lines = await waitFor(`${count} calls in the access log`, () => {
    const found = [...gateway.process.output.matchAll(pattern)];
    return found.length >= count && found;
  });
  return lines.map(([, attempts, status]) => [Number(status), Number(attempts)]);
}

/**
 * Registers the scenarios that hold for one SDK.
 * @param name how the scenarios begin
 * @param dialect one of `dialects`: what the provider behind the gateway speaks
 * @param connect (gateway, { key, retries, fetch }) => a client of that SDK
 * @param ask (client, model) => { text, usage: [input, output] }, as the SDK reads them
 * @param stream (client, model, signal) => a generator of pieces of text that returns the usage; the signal
 *   is for an SDK that does not close its connection when its iterator is left
 * @param expect per kind of error a function that asserts that this SDK's own class came
 * @param codeOf the word by which the SDK's error names a refusal of Keywheel's own
 * @param providersError { body, check(error) }: a 400 of this provider
 * @param preamble how many events of a stream come before its first content
 * @param obeys whether the SDK heeds Retry-After and x-should-retry
 */
export function promisesTo({ name, dialect, connect, ask, stream, expect, codeOf, ...sdk }) {
  const promise = (what, body) => scenario(`${name}: ${what}`, body);
  const refused = async (call, kind, code) => {
    await assert.rejects(call, (error) => {
      expect[kind](error);
      if (code) assert.equal(codeOf(error), code);
      return true;
    });
  };

  promise('what it reads as usage is what is counted', async (t) => {
    const model = 'upstream_model = "gpt-4o~cached5~reasoning3"';
    const { gateway } = await startBoth(t, { simulator: oneKey, config: { dialect, model } });
    const client = connect(gateway);
    const { text, usage } = await ask(client, 'gpt-4o');
    assert.match(text, /^Hello from only, request 1: Say hello/);
    assert.ok(usage[0] > 5 && usage[1] > 5, String(usage));
    const counted = async () => {
      const { in_flight, input_tokens, output_tokens } = await gateway.key('only');
      return in_flight === 0 && [input_tokens, output_tokens];
    };
    assert.deepEqual(await waitFor('the end of the call', counted), usage);

    const iterator = stream(client, 'gpt-4o');
    let said = '';
    let step;
    while (!(step = await iterator.next()).done) said += step.value;
    assert.equal(said, text.replace('request 1', 'request 2'));
    const sum = usage.map((tokens, at) => tokens + step.value[at]);
    assert.deepEqual(await waitFor('the end of the stream', counted), sum);
  });

  promise('an unknown model, and nothing goes out', async (t) => {
    const { sim, gateway } = await startBoth(t, { config: { dialect } });
    await refused(ask(connect(gateway), 'gpt-0'), 'unknown_model', 'unknown_model');
    await refused(stream(connect(gateway), 'gpt-0').next(), 'unknown_model', 'unknown_model');
    assert.deepEqual(await sim.requests(), []);
  });

  promise("the provider's own 400 is the provider's own", async (t) => {
    const { sim, gateway } = await startBoth(t, { config: { dialect } });
    await sim.fault('*', { status: 400, body: sdk.providersError.body, times: 2 });
    for (const call of [() => ask(connect(gateway)), () => stream(connect(gateway)).next()])
      await assert.rejects(call(), (error) => {
        expect.bad_request(error);
        sdk.providersError.check(error);
        return true;
      });
    assert.deepEqual(await logged(gateway, 2), [
      [400, 1],
      [400, 1],
    ]);
  });

  promise('a caller who may not call, and one who may', async (t) => {
    const more = '[[clients]]\nname = "ci"\ntoken = "a-token-of-ours"';
    const { sim, gateway } = await startBoth(t, { config: { dialect, more } });
    const wrong = connect(gateway, { key: dummyKey, retries: 2 });
    await refused(ask(wrong), 'not_authorized', 'not_authorized');
    assert.deepEqual(await sim.requests(), []);
    assert.match((await ask(connect(gateway, { key: 'a-token-of-ours' }))).text, /^Hello from/);
    assert.equal((await logged(gateway, 2)).length, 2);
    for (const request of await sim.requests())
      assert.ok(!JSON.stringify(request).includes('a-token-of-ours'), 'the token goes nowhere');
  });

  promise("a rejected key is not the caller's fault", async (t) => {
    const { sim, gateway } = await startBoth(t, { simulator: oneKey, config: { dialect } });
    await sim.act({ do: 'revoke', key: 'only' });
    const { seen, fetch } = watched();
    const client = connect(gateway, { retries: sdk.obeys ? 2 : 0, fetch });
    await refused(ask(client), 'key_rejected', 'key_rejected');
    assert.deepEqual(
      seen.map(({ status, headers }) => [status, headers.get('x-should-retry')]),
      [[502, 'false']],
    );
    assert.deepEqual(await sim.counts(), [1]);
  });

  promise('one rejected key among others is not noticed', async (t) => {
    const { sim, gateway } = await startBoth(t, { config: { dialect } });
    await sim.act({ do: 'revoke', key: 'a' });
    for (let i = 0; i < 3; ++i) assert.match((await ask(connect(gateway))).text, /from [bc],/);
    assert.deepEqual(await sim.counts('unauthorized'), [1, 0, 0]);
  });

  promise('all keys resting is a rate limit', async (t) => {
    const { sim, gateway } = await startBoth(t, { config: { dialect } });
    await sim.fault('*', { status: 429, times: -1, headers: { 'retry-after': '40' } });
    const { seen, fetch } = watched();
    const client = connect(gateway, { fetch });
    await refused(ask(client), 'rate_limit', 'no_key_available');
    await refused(stream(client).next(), 'rate_limit', 'no_key_available');
    for (const { status, headers } of seen) {
      assert.equal(status, 429);
      assert.equal(headers.get('x-should-retry'), null);
      const ms = Number(headers.get('retry-after-ms'));
      assert.ok(ms > 5_000 && ms <= 44_000, `${ms} ms`);
      assert.equal(headers.get('retry-after'), String(Math.ceil(ms / 1000)));
    }
    assert.equal(seen.length, 2);
    assert.deepEqual(await sim.counts(), [1, 1, 1]);
  });

  promise('its retry comes when it was told to, and is served', async (t) => {
    const config = { dialect, more: noWaiting };
    const { sim, gateway } = await startBoth(t, { simulator: oneKey, config });
    await sim.fault('only', { status: 429, headers: { 'retry-after': '1' } });
    const { seen, fetch } = watched();
    const { text } = await ask(connect(gateway, { retries: sdk.obeys ? 1 : 4, fetch }));
    assert.match(text, /^Hello from only/);
    assert.deepEqual([seen[0].status, seen.at(-1).status], [429, 200]);
    assert.deepEqual(await sim.counts(), [2], 'the key is left alone meanwhile');
    const calls = (await logged(gateway, seen.length)).map(([status]) => status);
    assert.deepEqual(
      calls,
      seen.map(({ status }) => status),
    );
    if (!sdk.obeys) return;
    const told = Number(seen[0].headers.get('retry-after-ms'));
    const waited = seen[1].begun - seen[0].ended;
    // Its own time would be half a second.
    assert.ok(told > 600 && told <= 1100, `told ${told} ms`);
    assert.ok(waited > told - 5, `told ${told} ms, waited ${waited} ms`); // timers round
    assert.equal(seen.length, 2);
  });

  promise('no retry where waiting is of no use', async (t) => {
    const { sim, gateway } = await startBoth(t, { config: { dialect } });
    await sim.fault('*', { status: 429, times: -1, headers: { 'retry-after': '300' } });
    const { seen, fetch } = watched();
    const client = connect(gateway, { retries: 2, fetch });
    await refused(ask(client), 'rate_limit', 'no_key_available');
    for (const { headers } of seen) assert.equal(headers.get('x-should-retry'), 'false');
    assert.equal(seen.length, sdk.obeys ? 1 : 3);
    assert.equal((await logged(gateway, seen.length)).length, seen.length);
    assert.deepEqual(await sim.counts(), [1, 1, 1]);
  });

  promise('an overloaded provider, and its recovery', async (t) => {
    const config = { dialect, more: noWaiting, model: 'max_attempts = 1' };
    const { sim, gateway } = await startBoth(t, { simulator: oneKey, config });
    await sim.act({ do: 'overload' });
    await refused(ask(connect(gateway)), 'overloaded'); // the provider's own words
    await refused(ask(connect(gateway)), 'rate_limit', 'no_key_available'); // ours: it rests
    assert.deepEqual(await sim.counts(), [1]);
    await sim.act({ do: 'recover' });
    assert.match((await ask(connect(gateway, { retries: 4 }))).text, /^Hello from only/);
  });

  promise('an error before any content is not seen', async (t) => {
    const { sim, gateway } = await startBoth(t, { config: { dialect } });
    await sim.fault('a', { kind: 'stream_error', after: 0 });
    const { pieces, error } = await drained(stream(connect(gateway)));
    assert.equal(error, undefined);
    assert.match(pieces.join(''), /^Hello from [bc], request 1: /);
  });

  promise('an error after content is raised', async (t) => {
    const options = { tokens: 20, event_interval: '10ms' };
    const simulator = { ...oneKey, options };
    const { sim, gateway } = await startBoth(t, { simulator, config: { dialect } });
    await sim.fault('only', { kind: 'stream_error', after: sdk.preamble + 3 });
    const { pieces, error } = await drained(stream(connect(gateway, { retries: 2 })));
    assert.equal(pieces.join(''), 'Hello from only,');
    expect.in_stream(error);
    assert.deepEqual(await sim.counts(), [1]);
  });

  promise('a stream cut without its end mark is noticed', async (t) => {
    const simulator = { ...oneKey, options: { tokens: 20 } };
    const { sim, gateway } = await startBoth(t, { simulator, config: { dialect } });
    await sim.fault('only', { kind: 'cut_stream', after: sdk.preamble + 3 });
    const { pieces, error } = await drained(stream(connect(gateway, { retries: 2 })));
    assert.equal(pieces.join(''), 'Hello from only,');
    assert.ok(error instanceof Error, 'the SDK took half an answer for a whole one');
    await waitFor('the charge', async () => (await gateway.key('only')).errors === 1);
    assert.deepEqual(await sim.counts(), [1]);
  });

  promise('it gives up in the middle of a stream, and is let go', async (t) => {
    const options = { tokens: 10_000, event_interval: '20ms' };
    const simulator = { ...oneKey, options };
    const { sim, gateway } = await startBoth(t, { simulator, config: { dialect } });
    const left = new AbortController();
    for await (const piece of stream(connect(gateway), 'gpt-4o', left.signal)) {
      assert.ok(piece.length > 0);
      left.abort();
      break;
    }
    await waitFor('the attempt to end', async () => (await sim.counts('aborted'))[0] === 1);
    await waitFor('the lease to be free', async () => (await gateway.key('only')).in_flight === 0);
  });
}
