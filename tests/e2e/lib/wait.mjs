import { setTimeout as sleep } from 'node:timers/promises';

/** Far beyond what a slow machine needs: reaching it means that the thing does not happen. */
export const patience = 30_000;

/** Polls `condition` until it gives something true, and returns that. */
export async function waitFor(what, condition, deadline = patience) {
  const end = Date.now() + deadline;
  for (;;) {
    const result = await condition();
    if (result) return result;
    if (Date.now() > end) throw new Error(`waited ${deadline} ms in vain for ${what}`);
    await sleep(10);
  }
}

/** Rejects if `promise` does not settle: a test that hangs should say on what. */
export function within(what, promise, deadline = patience) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`waited ${deadline} ms in vain for ${what}`)),
      deadline,
    );
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
