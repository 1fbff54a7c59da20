import { expect, test } from 'vitest';

import { Metrics } from '../../../server/observe/metrics.ts';

test('a counter adds up, and the same name and labels give the same series', () => {
  const metrics = new Metrics();
  metrics.counter('refused_total', 'requests refused', { reason: 'origin' }).add();
  metrics.counter('refused_total', 'requests refused', { reason: 'origin' }).add(2);
  metrics.counter('refused_total', 'requests refused', { reason: 'host' }).add();
  expect(
    metrics.snapshot().map((series) => ('value' in series ? series.value : undefined)),
  ).toEqual([3, 1]);
});

test('a counter refuses to fall', () => {
  const counter = new Metrics().counter('frames_total', 'frames');
  expect(() => counter.add(-1)).toThrow(RangeError);
  expect(() => counter.add(Number.NaN)).toThrow(RangeError);
});

test('a gauge is set and moved', () => {
  const gauge = new Metrics().gauge('viewers', 'viewers now');
  gauge.set(3);
  gauge.add(-1);
  expect(gauge.value).toBe(2);
});

test('a histogram counts by inclusive upper bounds and ignores what is no number', () => {
  const metrics = new Metrics();
  const histogram = metrics.histogram({ name: 'queue_delay_ms', help: 'delay' }, [10, 20]);
  for (const value of [1, 10, 11, 100, Number.NaN]) histogram.observe(value);
  expect(metrics.snapshot()).toEqual([
    {
      type: 'histogram',
      name: 'queue_delay_ms',
      help: 'delay',
      labels: {},
      count: 4,
      sum: 122,
      buckets: [
        { upperBound: 10, count: 2 },
        { upperBound: 20, count: 1 },
        { upperBound: Infinity, count: 1 },
      ],
    },
  ]);
});

test('one name has one kind, names have a form, and the number of series has an end', () => {
  const metrics = new Metrics();
  metrics.counter('a_total', 'a');
  expect(() => metrics.gauge('a_total', 'a')).toThrow('already made as another kind');
  expect(() => metrics.counter('Bad-Name', 'a')).toThrow('metric name');
  expect(() => metrics.histogram({ name: 'h', help: 'h' }, [2, 1])).toThrow('rising');
  expect(() => {
    for (let i = 0; i < 2_000; i += 1) metrics.counter('a_total', 'a', { i: String(i) });
  }).toThrow('at most 1000 series');
});
