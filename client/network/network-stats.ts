import type { NetworkStats } from '../stats/player-stats.ts';
import type { Connection } from '../transport/connection.ts';

/** What the statistics say that the connection does not know. */
export type SessionCounts = Pick<
  NetworkStats,
  'bitrateBps' | 'audioDecodeErrors' | 'reconnects' | 'moves' | 'lastMove'
>;

/** The statistics of a live connection. */
export function networkStatsOf(connection: Connection, counts: SessionCounts): NetworkStats {
  const { counters, clock, rate, receivedBytes } = connection;
  const toMs = (micros: number | undefined): number | undefined =>
    micros === undefined ? undefined : micros / 1000;
  return {
    transport: connection.transport.kind,
    rttMs: toMs(clock.smoothedRtt),
    clockUncertaintyMs: toMs(clock.uncertainty),
    receivedBytes,
    rate: rate && {
      targetBps: rate.targetBps,
      capacityBps: rate.capacityBps,
      queueMs: rate.queue / 1000,
      state: rate.state,
    },
    keyRequests: counters.keyRequests,
    videoDiscarded: counters.videoDiscarded,
    videoAbandoned: counters.videoAbandoned,
    videoAbandonedBy: counters.videoAbandonedBy,
    videoMissing: counters.videoGaps,
    audioPackets: counters.audioPackets,
    audioMissing: counters.audioMissing,
    audioDuplicates: counters.audioDuplicates,
    unacknowledgedInput: connection.unacknowledgedInput,
    ...counts,
  };
}
