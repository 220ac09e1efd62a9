// The promises as the `openai` package meets them, for OpenAI's own endpoints and Azure's.
import assert from 'node:assert/strict';

import {
  APIError,
  AuthenticationError,
  BadRequestError,
  InternalServerError,
  NotFoundError,
  RateLimitError,
} from 'openai';

import { question } from './sdk_promises.mjs';

function isA(type, status) {
  return (error) => {
    assert.ok(error instanceof type, `${error?.constructor?.name}: ${error}`);
    assert.equal(error.status, status);
  };
}

export const openaiErrors = {
  expect: {
    bad_request: isA(BadRequestError, 400),
    not_authorized: isA(AuthenticationError, 401),
    unknown_model: isA(NotFoundError, 404),
    rate_limit: isA(RateLimitError, 429),
    key_rejected: isA(InternalServerError, 502),
    overloaded: isA(InternalServerError, 503),
    in_stream(error) {
      isA(APIError, undefined)(error);
      assert.match(error.message, /The server experienced an error/);
    },
  },
  codeOf: (error) => error.code,
  providersError: {
    body: {
      error: {
        message: 'too long',
        type: 'invalid_request_error',
        param: 'messages',
        code: 'context_length_exceeded',
      },
    },
    check(error) {
      assert.deepEqual([error.code, error.param], ['context_length_exceeded', 'messages']);
      assert.match(error.message, /too long/);
    },
  },
  obeys: true,
};

const messages = [{ role: 'user', content: question }];
const usageOf = ({ prompt_tokens, completion_tokens }) => [prompt_tokens, completion_tokens];

/** Chat completions: `ask` and `stream` of sdk_promises. */
export const chat = {
  preamble: 1,
  async ask(client, model = 'gpt-4o') {
    const answer = await client.chat.completions.create({ model, messages });
    return { text: answer.choices[0].message.content, usage: usageOf(answer.usage) };
  },
  async *stream(client, model = 'gpt-4o') {
    let usage;
    for await (const chunk of await client.chat.completions.create({
      model,
      messages,
      stream: true,
      stream_options: { include_usage: true },
    })) {
      if (chunk.choices[0]?.delta.content) yield chunk.choices[0].delta.content;
      if (chunk.usage) usage = usageOf(chunk.usage);
    }
    return usage;
  },
};

const responseUsageOf = ({ input_tokens, output_tokens }) => [input_tokens, output_tokens];

/** Responses: `ask` and `stream` of sdk_promises. */
export const responses = {
  preamble: 4,
  expect: {
    ...openaiErrors.expect,
    // The SDK hands its error event on as one of many; `stream` throws it.
    in_stream({ type, code }) {
      assert.deepEqual([type, code], ['error', 'server_error']);
    },
  },
  async ask(client, model = 'gpt-4o') {
    const answer = await client.responses.create({ model, input: question });
    return { text: answer.output_text, usage: responseUsageOf(answer.usage) };
  },
  async *stream(client, model = 'gpt-4o') {
    let usage;
    const request = { model, input: question, stream: true };
    for await (const event of await client.responses.create(request)) {
      if (event.type === 'error') throw event;
      if (event.type === 'response.output_text.delta') yield event.delta;
      if (event.type === 'response.completed') usage = responseUsageOf(event.response.usage);
    }
    return usage;
  },
};
