// Large bodies in both directions: never held twice, and no memory for a mere announcement.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';

import {
  configFor,
  connect,
  request,
  scenario,
  startGateway,
  startSimulator,
  waitFor,
} from './lib/keywheel.mjs';

const MiB = 1 << 20;

// An instrumented binary keeps what was freed for a while, which is not what is measured here.
const env = { ASAN_OPTIONS: 'detect_leaks=0:quarantine_size_mb=1:allocator_release_to_os_interval_ms=0' };

/** A field of /proc/PID/status, in bytes; VmHWM is the peak of VmRSS. */
async function memory(gateway, field) {
  const status = await readFile(`/proc/${gateway.process.pid}/status`, 'utf8');
  return Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)[1]) * 1024;
}

function lengthIn(headers) {
  const is = ([name]) => name.toLowerCase() === 'content-length';
  return Number(headers.find(is)?.[1]);
}

/** A transcription's form around `size` bytes of audio, the model behind it. */
function form(size) {
  const part = (name) => `--b\r\nContent-Disposition: form-data; name="${name}"`;
  const before = `${part('file')}; filename="a.wav"\r\nContent-Type: audio/wav\r\n\r\n`;
  const after = `\r\n${part('model')}\r\n\r\ngpt-4o\r\n--b--\r\n`;
  return { before, after, length: before.length + size + after.length };
}

/** Sends `size` bytes of audio piece by piece, as fast as they are taken. */
async function upload(client, size, { chunked }) {
  const { before, after, length } = form(size);
  const framing = chunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${length}`;
  const type = 'Content-Type: multipart/form-data; boundary=b';
  client.send(request('POST', '/v1/audio/transcriptions', [type, framing]));
  const write = async (piece) => {
    const framed = chunked
      ? Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n')])
      : piece;
    if (!client.socket.write(framed))
      await new Promise((resolve) => client.socket.once('drain', resolve));
  };
  await write(Buffer.from(before));
  const piece = Buffer.alloc(MiB, 'sound\n');
  for (let sent = 0; sent < size; sent += piece.length) await write(piece);
  await write(Buffer.from(after));
  if (chunked) client.send('0\r\n\r\n');
}

for (const chunked of [false, true])
  scenario(`a large upload is held once (${chunked ? 'chunked' : 'of known length'})`, async (t) => {
    const size = 60 * MiB;
    const options = { record_body: 4096 };
    const sim = await startSimulator(t, { keys: ['a', 'b'], options });
    // Another name of the model is spliced in, and the first key refuses: it is sent twice.
    const gateway = await startGateway(t, configFor(sim, { model: 'upstream_model = "whisper"' }), {
      env,
    });
    await sim.fault('*', { status: 429, headers: { 'retry-after': '60' }, times: 1 });
    const before = await memory(gateway, 'VmRSS');
    const client = await connect(t, gateway.port);
    await upload(client, size, { chunked });
    const answer = await client.response();
    assert.equal(answer.status, 200, answer.body);
    assert.equal(answer.headers['x-keywheel-attempts'], '2');
    const grown = (await memory(gateway, 'VmHWM')) - before;
    assert.ok(grown > size, 'it is held, since it may have to be sent again');
    assert.ok(grown < 1.25 * size, `${(grown / size).toFixed(2)} times the body at the peak`);
    // And let go of.
    await waitFor('the memory', async () => (await memory(gateway, 'VmRSS')) < before + size / 2);
    // `whisper` is a byte longer than `gpt-4o`; chunks are put together, since the whole is known.
    const lengths = (await sim.requests()).map(({ headers }) => lengthIn(headers));
    assert.deepEqual(lengths, Array(2).fill(form(size).length + 1));
  });

scenario('a header that announces a large body takes no memory', async (t) => {
  const sim = await startSimulator(t, { keys: ['a'] });
  const gateway = await startGateway(t, configFor(sim), { env });
  const before = await memory(gateway, 'VmSize');
  for (let i = 0; i < 40; ++i) {
    const client = await connect(t, gateway.port);
    const headers = ['Content-Type: application/json', `Content-Length: ${60 * MiB}`];
    client.send(request('POST', '/v1/chat/completions', [...headers, 'Expect: 100-continue']));
    await client.sees('100 Continue');
  }
  const grown = (await memory(gateway, 'VmSize')) - before;
  assert.ok(grown < 40 * 4 * MiB, `${grown} bytes of address space more`);
});

scenario('a large file as an answer passes through in little memory', async (t) => {
  const sim = await startSimulator(t, { keys: ['a'] });
  const gateway = await startGateway(t, configFor(sim), { env });
  const body = 'x'.repeat(48 * MiB);
  await sim.fault('a', { status: 200, headers: { 'content-type': 'audio/mpeg' }, body });
  const before = await memory(gateway, 'VmRSS');
  const speech = { model: 'gpt-4o', input: 'hi', voice: 'alloy' };
  const answer = await gateway.post('/v1/audio/speech', speech);
  let size = 0;
  for await (const piece of answer.body) size += piece.length;
  assert.equal(size, body.length);
  const grown = (await memory(gateway, 'VmHWM')) - before;
  assert.ok(grown < 16 * MiB, `${grown} bytes more at the peak`);
});
