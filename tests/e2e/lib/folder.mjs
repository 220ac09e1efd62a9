import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder that is there for the length of test `t`. */
export async function folder(t) {
  const result = await mkdtemp(join(tmpdir(), 'keywheel-e2e-'));
  t.after(() => rm(result, { recursive: true, force: true, maxRetries: 3 }));
  return result;
}
