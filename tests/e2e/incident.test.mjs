// An outage as a team meets it (tools/simulator/outage.toml), four times as fast, seen by callers.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import {
  ask,
  configFor,
  dialects,
  folder,
  scenario,
  startGateway,
  startSimulator,
  waitFor,
} from './lib/keywheel.mjs';

const story = new URL('../../tools/simulator/outage.toml', import.meta.url);
const speed = 4;
const brokenByStory = 5; // answers that have begun, and break down inside

/** The story with all its times divided by `speed`; it starts when told to. */
async function fastStory(t) {
  const text = await readFile(story, 'utf8');
  const fast = text.replace(
    /"(\d+)(ms|s)"/g,
    (_, number, unit) => `"${(number * (unit === 's' ? 1000 : 1)) / speed}ms"`,
  );
  const file = join(await folder(t), 'outage.toml');
  await writeFile(file, `incident_waits = true\n${fast}`);
  return file;
}

scenario('no caller fails whom the limits allow', async (t) => {
  const sim = await startSimulator(t, {
    keys: ['sim-key-a', 'sim-key-b', 'sim-key-c'].map((name) => ({ name, rpm: 60 })),
    options: { minute: `${60 / speed}s`, latency: '20ms' },
    args: ['--incident', await fastStory(t)],
  });
  // Every connection is lost once: what was sent and not answered may be sent again.
  const gateway = await startGateway(t, configFor(sim, { model: 'replay_unanswered = true' }));
  const answers = [];
  let over = false;
  const caller = async (number) => {
    for (let i = 0; !over; ++i) {
      const text = `caller ${number}, call ${i}`;
      answers.push(
        await ask(gateway, dialects.openai, text, { stream: true }).catch(() => ({ broken: true })),
      );
      await sleep(250); // a program that thinks between its calls, and stays below the limits
    }
  };
  await sim.startIncident();
  const callers = Array.from({ length: 3 }, (_, number) => caller(number));
  await waitFor('the end of the incident', async () => {
    const { done, steps } = await sim.incident();
    return done === steps;
  });
  over = true;
  await Promise.all(callers);

  const broken = answers.filter((each) => each.broken || each.text.includes('"error":{'));
  const failed = answers.filter((each) => !broken.includes(each) && each.status !== 200);
  t.diagnostic(`${answers.length} calls, ${broken.length} broken, ${failed.length} failed`);
  assert.deepEqual(
    failed.map(({ status, attempts, text }) => ({ status, attempts, text })),
    [],
  );
  // Those that the story breaks itself, and whoever was in the middle when all connections closed.
  assert.ok(broken.length <= brokenByStory + callers.length, `${broken.length} broken`);
  assert.ok(answers.length > callers.length * 3, `${answers.length} calls`);
  const { keys } = await sim.stats();
  for (const [name, each] of Object.entries(keys)) {
    assert.equal(each.refused_while_cooling, 0, name);
    assert.equal(each.in_flight, 0, name);
    await waitFor(`the leases of ${name}`, async () => (await gateway.key(name)).in_flight === 0);
  }
  // The key that was revoked was asked once, and rests.
  assert.equal(keys['sim-key-b'].unauthorized, 1);
  assert.equal((await gateway.key('sim-key-b')).state, 'rejected');
});
