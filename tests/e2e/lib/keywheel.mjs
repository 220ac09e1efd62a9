// What a test file needs, in one import.
import test from 'node:test';

import { configFor } from './config.mjs';
import { startGateway } from './gateway.mjs';
import { startSimulator } from './simulator.mjs';

export { configFor } from './config.mjs';
export { ask, askDirectly, codeOf, dialects, send } from './dialects.mjs';
export { folder } from './folder.mjs';
export { chatBody, chatPath, startGateway, whole } from './gateway.mjs';
export { binary, run, start } from './process.mjs';
export { connect, postRequest, request } from './raw.mjs';
export { startSimulator } from './simulator.mjs';
export { waitFor, within } from './wait.mjs';

/** A test that fails, instead of hanging, long before ctest would kill it with its children. */
export function scenario(name, body) {
  test(name, { timeout: 120_000 }, body);
}

/** A gateway with a simulator behind it. `simulator` and `config` as in their own files. */
export async function startBoth(t, { simulator, config, ...gateway } = {}) {
  const sim = await startSimulator(t, simulator);
  return { sim, gateway: await startGateway(t, configFor(sim, config), gateway) };
}

/** The error object of a refusal, whatever the status. */
export function errorOf(answer) {
  return answer.json?.error ?? {};
}
