// Values as people read them. Pure functions.

const counts = new Intl.NumberFormat('en');
const shortCounts = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

/** A count in full, with separators. */
export function count(value) {
  return counts.format(value ?? 0);
}

/** A count that may be large, in few characters: 1.2M. */
export function shortCount(value) {
  return value < 10_000 ? count(value) : shortCounts.format(value);
}

/** A share from 0 to 1; null if there is nothing to share. */
export function percent(share) {
  return share === null ? '–' : `${Math.round(share * 100)} %`;
}

/** What is left of a time, in ms: "45 s", "2:05", "1:00:09"; begun seconds count. */
export function countdown(ms) {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const parts = [Math.floor(seconds / 60) % 60, seconds % 60];
  const hours = Math.floor(seconds / 3600);
  if (hours > 0) parts.unshift(hours);
  return parts.map((part, i) => (i === 0 ? part : String(part).padStart(2, '0'))).join(':');
}

/** The time of day of an RFC 3339 time, in the reader's zone; with the date unless it is that of `now`. */
export function when(text, now = new Date()) {
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) return String(text);
  const pad = (value) => String(value).padStart(2, '0');
  const clock = [time.getHours(), time.getMinutes(), time.getSeconds()].map(pad).join(':');
  if (time.toDateString() === now.toDateString()) return clock;
  return `${time.getFullYear()}-${pad(time.getMonth() + 1)}-${pad(time.getDate())} ${clock}`;
}

/** A word of the API as prose: "rate_limit" -> "rate limit". */
export function words(name) {
  return String(name).replaceAll('_', ' ');
}

const scopes = {
  key_model: (model) => `this key, for ${model}`,
  key: () => 'this key, all models',
  quota_group: () => 'all keys of its quota group',
  provider_model: (model) => `the whole provider, for ${model}`,
};

/** Where a cooldown lands, as prose. */
export function scopeText({ scope, model }) {
  return scopes[scope]?.(model ?? 'this model') ?? words(scope);
}

/** A value of an audit entry or a setting, in one line. */
export function valueText(value) {
  if (value === null || value === undefined) return '–';
  if (Array.isArray(value)) return value.map(valueText).join(', ');
  if (typeof value === 'object')
    return Object.entries(value)
      .map(([name, each]) => `${name}: ${valueText(each)}`)
      .join(', ');
  return String(value);
}
