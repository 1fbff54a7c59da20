import { describe, expect, it } from 'vitest';
import { gatewayFacts, readGatewayFigures } from '../../../client/view/statistics/gateway-facts.ts';
import { gatewayStatistics } from '../../../server/metrics/gateway-statistics.ts';
import { createFaultCounters } from '../../../server/ingest/faults.ts';

const answer = (given: object = {}): unknown =>
  JSON.parse(
    JSON.stringify({
      ...gatewayStatistics({
        video: {
          isRunning: true,
          restarts: 2,
          faults: { ...createFaultCounters(), lostPackets: 3 },
        },
        audio: undefined,
        session: {
          viewers: [{ transport: 'webrtc' }, { transport: 'webrtc' }, { transport: 'websocket' }],
          askedBps: 8_000_000,
        },
      }),
      ...given,
    }),
  );

const figures = (given: object = {}) => {
  const read = readGatewayFigures(answer(given));
  if (read === undefined) throw new Error('figures: expected some');
  return read;
};

const valueOf = (label: string, ...of: Parameters<typeof gatewayFacts>): string | undefined =>
  gatewayFacts(...of).facts.find((fact) => fact.label === label)?.value;

describe('the gateway’s own figures', () => {
  it('are read as the gateway writes them, and nothing else is', () => {
    expect(figures()).toMatchObject({
      viewers: { webrtc: 2, websocket: 1 },
      video: { isRunning: true, restarts: 2, faults: 3 },
    });
    expect(readGatewayFigures(undefined)).toBeUndefined();
    expect(readGatewayFigures(answer({ cpuSeconds: 'much' }))).toBeUndefined();
    expect(readGatewayFigures(answer({ video: null }))).toBeUndefined();
  });

  it('say the load since the answer before, or since the start of a gateway that is new', () => {
    const before = figures({ uptimeSeconds: 100, cpuSeconds: 10 });
    const now = figures({ uptimeSeconds: 102, cpuSeconds: 10.5 });
    expect(valueOf('CPU', now, before)).toBe('25 %');
    const anew = figures({ uptimeSeconds: 10, cpuSeconds: 1 });
    expect(valueOf('CPU', anew, before)).toBe('10 %');
  });

  it('count connections, and mark what went wrong', () => {
    const { facts } = gatewayFacts(figures(), undefined);
    expect(facts[0]).toMatchObject({ value: '3', detail: 'webrtc: 2, websocket: 1' });
    expect(facts.filter(({ isLoss }) => isLoss).map(({ label }) => label)).toEqual([
      'Encoder restarts',
      'Encoder faults',
    ]);
  });
});
