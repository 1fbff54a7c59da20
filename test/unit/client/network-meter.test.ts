import { describe, expect, it } from 'vitest';
import { NetworkMeter } from '../../../client/stats/network-meter.ts';
import type { FromNetworkMeter } from '../../../client/stats/measurement-messages.ts';
import type { NetworkStats } from '../../../client/stats/player-stats.ts';

const STATS: NetworkStats = {
  rttMs: 1,
  clockUncertaintyMs: 1,
  receivedBytes: 1_000,
  bitrateBps: 0,
  rate: undefined,
  keyRequests: 0,
  videoDiscarded: 2,
  videoAbandoned: 6,
  videoAbandonedBy: { deadline: 3, superseded: 2, other: 1 },
  videoMissing: 0,
  audioPackets: 100,
  audioMissing: 1,
  audioDuplicates: 0,
  audioDecodeErrors: 0,
  unacknowledgedInput: 0,
  transport: 'websocket',
  moves: 0,
  lastMove: undefined,
  reconnects: 0,
};

function runBetween(before: NetworkStats | undefined, after: NetworkStats | undefined) {
  const told: FromNetworkMeter[] = [];
  let stats = before;
  const meter = new NetworkMeter({ tell: (message) => told.push(message), stats: () => stats });
  meter.handle({ type: 'startRun' });
  stats = after;
  meter.handle({ type: 'stopRun', request: 4 });
  expect(told.map(({ request }) => request)).toEqual([4]);
  return told[0]?.run;
}

describe('the network of a run', () => {
  it('is what came between start and stop', () => {
    const after = {
      ...STATS,
      receivedBytes: 51_000,
      videoDiscarded: 3,
      videoAbandonedBy: { deadline: 4, superseded: 2, other: 1 },
      audioPackets: 150,
    };
    expect(runBetween(STATS, after)).toEqual({
      receivedBytes: 50_000,
      deadline: 1,
      superseded: 0,
      otherAbandoned: 0,
      undecodable: 1,
      audioPackets: 50,
      audioMissing: 0,
      isInterrupted: false,
    });
  });

  it.each([
    ['ended', undefined],
    ['began anew', { ...STATS, reconnects: 1 }],
    ['counts from 0', { ...STATS, receivedBytes: 10 }],
  ])('is interrupted when the connection %s', (_, after) => {
    expect(runBetween(STATS, after)?.isInterrupted).toBe(true);
  });
});
