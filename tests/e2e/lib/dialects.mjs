// How a caller of each dialect asks, and where each keeps what it says.
import { chatPath, whole } from './gateway.mjs';

const question = (content) => [{ role: 'user', content }];

/** The reason in a Google error's ErrorInfo, as Keywheel's own word. */
function googleCode(error) {
  return error?.details?.find(({ reason }) => reason)?.reason.toLowerCase();
}

/**
 * Per dialect, and for OpenAI's second API:
 * @param kind,base,provider the provider's `dialect`, what is behind the address in its `base_url`,
 *   and further lines of its table
 * @param path,body,headers of a request; `more` goes into the body
 * @param credential the header in which the provider takes a secret
 * @param textOf what the model said: of a plain answer, or of the data of one event of a stream
 * @param usageOf [input, output] tokens that a plain answer names
 */
export const dialects = {
  openai: {
    kind: 'openai',
    base: '/v1',
    provider: 'signals = "openai"',
    path: () => chatPath,
    body: (text, stream) => ({
      model: 'gpt-4o',
      messages: question(text),
      ...(stream && { stream, stream_options: { include_usage: true } }),
    }),
    credential: (secret) => ({ authorization: `Bearer ${secret}` }),
    textOf: ({ choices: [first] }) => first?.message?.content ?? first?.delta?.content ?? '',
    usageOf: ({ usage }) => [usage.prompt_tokens, usage.completion_tokens],
  },
  responses: {
    kind: 'openai',
    base: '/v1',
    provider: 'signals = "openai"',
    path: () => '/v1/responses',
    body: (text, stream) => ({ model: 'gpt-4o', input: text, ...(stream && { stream }) }),
    credential: (secret) => ({ authorization: `Bearer ${secret}` }),
    textOf: ({ delta, output }) => delta ?? output?.[0].content[0].text ?? '',
    usageOf: ({ usage }) => [usage.input_tokens, usage.output_tokens],
  },
  anthropic: {
    kind: 'anthropic',
    base: '',
    path: () => '/v1/messages',
    headers: { 'anthropic-version': '2023-06-01' },
    body: (text, stream) => ({
      model: 'gpt-4o',
      max_tokens: 1000,
      messages: question(text),
      ...(stream && { stream }),
    }),
    credential: (secret) => ({ 'x-api-key': secret }),
    textOf: ({ content, delta }) => content?.[0].text ?? delta?.text ?? '',
    usageOf: ({ usage }) => [usage.input_tokens, usage.output_tokens],
  },
  gemini: {
    kind: 'gemini',
    base: '/v1beta',
    path: (stream) =>
      `/v1beta/models/gpt-4o:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
    body: (text) => ({ contents: [{ role: 'user', parts: [{ text }] }] }),
    credential: (secret) => ({ 'x-goog-api-key': secret }),
    textOf: ({ candidates }) => candidates?.[0].content.parts?.[0].text ?? '',
    usageOf: ({ usageMetadata: usage }) => [usage.promptTokenCount, usage.candidatesTokenCount],
    codeOf: googleCode,
  },
  azure: {
    kind: 'azure',
    base: '/openai',
    path: () => '/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21',
    body: (text, stream) => ({
      messages: question(text),
      ...(stream && { stream, stream_options: { include_usage: true } }),
    }),
    credential: (secret) => ({ 'api-key': secret }),
    textOf: ({ choices: [first] }) => first?.message?.content ?? first?.delta?.content ?? '',
    usageOf: ({ usage }) => [usage.prompt_tokens, usage.completion_tokens],
  },
};

/** Asks a gateway in a dialect: fetch's Response. */
export function send(gateway, dialect, text = 'hello', { stream = false, ...options } = {}) {
  return gateway.post(dialect.path(stream), dialect.body(text, stream), {
    ...options,
    headers: { ...dialect.headers, ...options.headers },
  });
}

/** Asks a gateway in a dialect, and reads the answer: as Gateway.chat. */
export async function ask(gateway, dialect, text, options) {
  return whole(await send(gateway, dialect, text, options));
}

/** Asks the provider itself, as somebody does who uses the same key elsewhere. */
export async function askDirectly(sim, dialect, { secret }, text = 'from elsewhere') {
  const answer = await fetch(sim.url + dialect.path(false), {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...dialect.headers,
      ...dialect.credential(secret),
    },
    body: JSON.stringify(dialect.body(text, false)),
  });
  return whole(answer);
}

/** The word by which an error of Keywheel's own is known. */
export function codeOf(dialect, answer) {
  const error = answer.json?.error;
  return dialect.codeOf ? dialect.codeOf(error) : error?.code;
}
