import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { GatewayCounters } from '../../../server/gateway-counters.ts';
import { createFaultCounters } from '../../../server/ingest/faults.ts';
import { Metrics } from '../../../server/observe/metrics.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

it('names what happened, ending in _total, with the reason as a label', () => {
  const metrics = new Metrics();
  const counters = new GatewayCounters(metrics);
  counters.denied('input');
  counters.dropped('superseded', 3);
  counters.dropped('superseded', 1);
  counters.unused('undecodable', 2);
  counters.refused('loginRequired');
  expect(metrics.snapshot()).toMatchObject([
    { name: 'oriel_units_denied_total', labels: { unit: 'input' }, value: 1 },
    { name: 'oriel_messages_dropped_total', labels: { reason: 'superseded' }, value: 4 },
    { name: 'oriel_client_unused_total', labels: { reason: 'undecodable' }, value: 2 },
    { name: 'oriel_requests_refused_total', labels: { code: 'loginRequired' }, value: 1 },
  ]);
});

it('follows what a source counts, each event once, to the last', () => {
  const metrics = new Metrics();
  const source = { faults: createFaultCounters(), restarts: 0 };
  const end = new GatewayCounters(metrics).watch('video', source);
  source.faults.lostPackets = 2;
  source.restarts = 1;
  vi.advanceTimersByTime(3_000);
  source.faults.lostPackets = 5;
  end();
  source.faults.lostPackets = 9;
  vi.advanceTimersByTime(3_000);
  const values = Object.fromEntries(metrics.snapshot().map((one) => [one.name, one]));
  expect(values['oriel_ingest_faults_total']).toMatchObject({
    labels: { source: 'video', fault: 'lostPackets' },
    value: 5,
  });
  expect(values['oriel_encoder_restarts_total']).toMatchObject({ value: 1 });
});
