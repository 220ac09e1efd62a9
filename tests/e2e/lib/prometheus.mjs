// What Prometheus reads and what its tools say. Debian's package `prometheus` has both.
import { spawn } from 'node:child_process';

/** Runs promtool; resolves to { code, output }. `input` goes to its standard input. */
export function promtool(args, input = '') {
  return new Promise((resolve, reject) => {
    const child = spawn('promtool', args, { stdio: ['pipe', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => (output += text));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output }));
    child.stdin.end(input);
  });
}

/** One sample: { name, labels, value }. The labels of these tests have no quotes in them. */
function sample(line) {
  const [, name, labels, value] = /^([a-z_0-9]+)(?:\{(.*)\})? (\S+)$/.exec(line);
  const pairs = [...(labels ?? '').matchAll(/([a-z_]+)="([^"]*)"/g)];
  return {
    name,
    labels: Object.fromEntries(pairs.map(([, key, text]) => [key, text])),
    value: Number(value),
  };
}

class Page {
  constructor(text) {
    this.text = text;
    const lines = text.split('\n').filter((line) => line && !line.startsWith('#'));
    this.samples = lines.map(sample);
    this.names = new Set(this.samples.map(({ name }) => name));
  }

  /** The value of the one series with these labels, and perhaps more; 0 if there is none. */
  value(name, labels = {}) {
    const wanted = Object.entries(labels);
    const found = this.samples.filter(
      (each) => each.name === name && wanted.every(([key, text]) => each.labels[key] === text),
    );
    if (found.length > 1) throw new Error(`${name} ${JSON.stringify(labels)} are ${found.length}`);
    return found[0]?.value ?? 0;
  }

  /** All series of a name as { 'label value,label value': value }, without those that are 0. */
  all(name, ...labels) {
    const found = this.samples.filter((each) => each.name === name && each.value !== 0);
    return Object.fromEntries(
      found.map((each) => [labels.map((label) => each.labels[label]).join(','), each.value]),
    );
  }
}

/** Scrapes a gateway. */
export async function scrape(gateway) {
  const answer = await gateway.admin('GET', '/metrics');
  if (answer.status !== 200) throw new Error(`/metrics: ${answer.status} ${answer.text}`);
  return new Page(answer.text);
}
