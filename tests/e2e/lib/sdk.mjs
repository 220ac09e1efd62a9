// The vendors' own SDKs in a place where they reach nobody but what a test has started.
import { File } from 'node:buffer';
import net from 'node:net';

// Node 18 has no global File; the SDKs ask their users to set it.
globalThis.File ??= File;

// No variable of the person who runs a test changes what an SDK does.
for (const name of Object.keys(process.env))
  if (/^(OPENAI|AZURE_OPENAI|ANTHROPIC|GOOGLE|GEMINI|GCLOUD)_/.test(name)) delete process.env[name];

// Telemetry, or a look for credentials, fails the test that causes it.
const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function onlyHere(...args) {
  const [options] = Array.isArray(args[0]) ? args[0] : args; // net's own normalised arguments
  const host = options?.host;
  if (host !== '127.0.0.1')
    throw new Error(`a test must not contact ${host ?? JSON.stringify(options)}`);
  return connect.apply(this, args);
};

export const dummyKey = 'not-a-real-key';

/** A `fetch` for an SDK that notes every exchange in `seen`: { begun, ended, sent, status, headers }. */
export function watched() {
  const seen = [];
  const watch = async (url, options) => {
    const begun = performance.now();
    const answer = await fetch(url, options);
    const { status, headers } = answer;
    const sent = new Headers(options.headers);
    seen.push({ begun, ended: performance.now(), sent, status, headers });
    return answer;
  };
  return { seen, fetch: watch };
}

/** All that an iterator gives, and what it throws in the end. */
export async function drained(iterator) {
  const pieces = [];
  try {
    for await (const piece of iterator) pieces.push(piece);
    return { pieces };
  } catch (error) {
    return { pieces, error };
  }
}

/** A header of a request that the simulator has seen. */
export function headerOf({ headers }, name) {
  const fields = Array.isArray(headers) ? headers : Object.entries(headers);
  return fields.find(([key]) => key.toLowerCase() === name)?.[1];
}
