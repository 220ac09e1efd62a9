// The man page, held against what the program says of itself, and completion in a real shell.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';

import { binary, folder, run, scenario, startBoth } from './lib/keywheel.mjs';

const page = await readFile(new URL('../../tools/man/keywheel.1', import.meta.url), 'utf8');

const commands = ['serve', 'check', 'demo', 'simulate', 'models', 'keys', 'reload', 'events'];
const deeds = ['add', 'enable', 'disable', 'reset', 'remove'];

function optionsIn(help) {
  return [...help.matchAll(/^ +(?:-\w,)?(--[a-z-]+)/gm)].map(([, option]) => option);
}

scenario('the man page has every command and option, and no other', async (t) => {
  const dir = await folder(t);
  const root = await run(t, ['--help'], { dir });
  const known = [...root.stdout.matchAll(/^ {2}([a-z]+) {4,}/gm)].map(([, name]) => name);
  assert.deepEqual(known.sort(), [...commands, 'key'].sort());
  const options = new Set(optionsIn(root.stdout));
  for (const words of [...commands.map((name) => [name]), ...deeds.map((name) => ['key', name])]) {
    const { code, stdout } = await run(t, [...words, '--help'], { dir });
    assert.equal(code, 0);
    assert.match(page, new RegExp(`^\\.It Cm .*\\b${words.join(' ')}\\b`, 'm'), words.join(' '));
    for (const option of optionsIn(stdout)) options.add(option);
  }
  const described = new Set(
    page
      .split('\n')
      .filter((line) => line.startsWith('.It Fl'))
      .flatMap((line) => [...line.matchAll(/(?<= )-([a-z]+(?:-[a-z]+)*)/g)])
      .map(([, name]) => `--${name}`),
  );
  assert.deepEqual([...described].sort(), [...options].sort());
});

scenario('bash completes commands, options, files and the keys of a running gateway', async (t) => {
  const { gateway } = await startBoth(t);
  const script = new URL('../../tools/completion/keywheel.bash', import.meta.url).pathname;
  const candidates = (...words) =>
    execFileSync(
      'bash',
      [
        '-c',
        `compopt() { echo "option $*"; }; source "$1"; shift
         COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _keywheel; printf '%s\\n' "\${COMPREPLY[@]}"`,
        'bash',
        script,
        binary,
        ...words,
      ],
      {
        cwd: gateway.dir,
        env: { PATH: process.env.PATH, HOME: gateway.dir, KEYWHEEL_ADMIN_URL: gateway.adminUrl },
        encoding: 'utf8',
      },
    )
      .split('\n')
      .filter(Boolean);
  assert.deepEqual(candidates('ke'), ['keys', 'key']);
  assert.deepEqual(candidates('keys', '--w'), ['--watch']);
  assert.deepEqual(candidates('key', 'disable', 'sim/'), ['sim/a', 'sim/b', 'sim/c']);
  assert.deepEqual(candidates('check', '-c', ''), ['option -o default']);
});
