// The last hour as a small chart.
import { svg } from './dom.js';
import { count } from './format.js';

const height = 28;
const pitch = 3;

/** The bars of a chart: per minute, heights of all and of the failed, in units of the chart. Pure. */
export function bars(requests, errors, peak) {
  const scale = (value) => (peak > 0 ? (value / peak) * height : 0);
  return requests.map((value, i) => {
    const failed = Math.min(errors[i] ?? 0, value);
    // One request in a busy hour is still seen.
    return { all: value > 0 ? Math.max(scale(value), 1.5) : 0, failed: scale(failed) };
  });
}

function column(at, from, length, name) {
  return svg('rect', {
    class: name,
    x: at * pitch,
    y: height - from - length,
    width: pitch - 1,
    height: length,
  });
}

/**
 * Requests per minute, the failed ones at the foot of each bar.
 * @param of the key's entry of GET history; absent: nothing happened
 * @param peak the most requests in a minute that the chart has room for: the same for all beside each other
 */
export function trafficChart({ requests = [], errors = [] } = {}, peak = Math.max(0, ...requests)) {
  const sum = (numbers) => numbers.reduce((all, each) => all + each, 0);
  const label = `${count(sum(requests))} requests and ${count(sum(errors))} errors in the last hour`;
  const width = Math.max(60, requests.length) * pitch;
  return svg(
    'svg',
    {
      class: 'chart',
      viewBox: `0 0 ${width} ${height + 1}`,
      preserveAspectRatio: 'none',
      role: 'img',
      'aria-label': label,
    },
    svg('title', null, label),
    svg('path', { class: 'axis', d: `M0 ${height + 0.5}H${width}` }),
    bars(requests, errors, peak).flatMap(({ all, failed }, i) => [
      all > failed && column(i, failed, all - failed, 'bar'),
      failed > 0 && column(i, 0, failed, 'bar-failed'),
    ]),
  );
}

/** A share, 0 to 1 or null, as a bar. */
export function shareBar(share) {
  return svg(
    'svg',
    { class: 'share', viewBox: '0 0 100 6', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    svg('rect', { class: 'track', width: 100, height: 6 }),
    share > 0 && svg('rect', { class: 'bar', width: share * 100, height: 6 }),
  );
}
