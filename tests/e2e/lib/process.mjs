// Child processes that are watched, and gone when their test is.
import { spawn } from 'node:child_process';

import { waitFor } from './wait.mjs';

export const binary = process.env.KEYWHEEL;
if (!binary) throw new Error('set KEYWHEEL to the keywheel binary (ctest does)');

const alive = new Set();
process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

/** Only what a test gives: no variable of the person who runs it changes what keywheel does. */
function environment(dir, extra) {
  // What an actor system leaves to the end of its process is no leak of a running gateway; tests/actors look for those.
  const ASAN_OPTIONS = 'detect_leaks=0';
  return { PATH: process.env.PATH, HOME: dir, TZ: 'UTC', ASAN_OPTIONS, ...extra };
}

/** A running keywheel: its output so far, and its end. */
class Running {
  stdout = '';
  stderr = '';
  ended = null; // { code, signal }

  constructor(args, { dir, env, through }) {
    const [program, ...words] = [...through, binary, ...args];
    this.child = spawn(program, words, {
      cwd: dir,
      env: environment(dir, env),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    alive.add(this.child);
    this.child.stdout.setEncoding('utf8').on('data', (text) => (this.stdout += text));
    this.child.stderr.setEncoding('utf8').on('data', (text) => (this.stderr += text));
    this.end = new Promise((resolve) => {
      this.child.on('close', (code, signal) => resolve({ code, signal }));
      this.child.on('error', (error) =>
        resolve({ code: null, signal: null, error: String(error) }),
      );
    }).then((end) => {
      alive.delete(this.child);
      return (this.ended = end);
    });
  }

  get pid() {
    return this.child.pid;
  }

  get output() {
    return this.stdout + this.stderr;
  }

  signal(name) {
    this.child.kill(name);
  }

  /** Resolves to the match of `pattern` in the standard output. */
  line(pattern) {
    return waitFor(`output like ${pattern}`, () => {
      const found = pattern.exec(this.stdout);
      if (!found && this.ended)
        throw new Error(`keywheel ended (${JSON.stringify(this.ended)}):\n${this.output}`);
      return found;
    });
  }

  async kill() {
    if (!this.ended) this.child.kill('SIGKILL');
    await this.end;
  }
}

/**
 * Starts keywheel for the length of test `t`.
 * @param through a program and its arguments that becomes keywheel in the end, such as setpriv
 */
export function start(t, args, { dir, env = {}, through = [] }) {
  const result = new Running(args, { dir, env, through });
  t.after(() => result.kill());
  return result;
}

/** Runs keywheel to its end: { code, signal, stdout, stderr }. */
export async function run(t, args, { dir, env = {} }) {
  const process = start(t, args, { dir, env });
  const end = await process.end;
  return { ...end, stdout: process.stdout, stderr: process.stderr };
}
