// Configurations as a person would write them.
import { dialects } from './dialects.mjs';

/** One `[[providers.….keys]]` table; `fields` is { name, api_key, … } or a key of the simulator. */
function keyTable(provider, { secret, ...fields }) {
  const lines = Object.entries(secret === undefined ? fields : { ...fields, api_key: secret });
  return [
    `[[providers.${provider}.keys]]`,
    ...lines.map(([name, value]) => `${name} = ${JSON.stringify(value)}`),
  ].join('\n');
}

const plain = { ...dialects.openai, provider: '' };

/**
 * A whole configuration for one provider.
 * @param sim the simulator behind it
 * @param keys default: all of the simulator's
 * @param dialect what it speaks: one of `dialects`; absent: OpenAI's, with errors as from anybody
 * @param server,provider lines for these tables; `more`: whole tables
 * @param model lines for the table of the model gpt-4o
 */
export function configFor(
  sim,
  { keys = sim.keys, dialect = plain, server = '', provider = '', model = '', more = '' } = {},
) {
  return `# A configuration of the end-to-end tests.
[server]
listen = "127.0.0.1:0"
state_dir = "state"
${server}

[admin]
listen = "127.0.0.1:0"

[providers.sim]
dialect = "${dialect.kind}"
base_url = "${sim.url}${dialect.base}"
${dialect.provider ?? ''}
${provider}

${keys.map((key) => keyTable('sim', key)).join('\n\n')}

[models.gpt-4o]
provider = "sim"
${model}

${more}
`;
}
