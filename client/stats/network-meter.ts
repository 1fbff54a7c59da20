/** The network worker's end of measurements: what came during a run, as the difference of two looks at the counters. */
import type { FromNetworkMeter, NetworkRun, ToNetworkMeter } from './measurement-messages.ts';
import type { NetworkStats } from './player-stats.ts';

/** What the measurements of the network worker count, and whom they tell. */
export interface NetworkMeterOptions {
  tell(message: FromNetworkMeter): void;
  /** The counters of the connection as they are; undefined while there is none. */
  stats(): NetworkStats | undefined;
}

const NOTHING: NetworkRun = {
  receivedBytes: 0,
  deadline: 0,
  superseded: 0,
  otherAbandoned: 0,
  undecodable: 0,
  audioPackets: 0,
  audioMissing: 0,
  isInterrupted: true,
};

/** Counts what the connection brings between start and stop. */
export class NetworkMeter {
  readonly #options: NetworkMeterOptions;
  #before: NetworkStats | undefined;

  constructor(options: NetworkMeterOptions) {
    this.#options = options;
  }

  handle(message: ToNetworkMeter): void {
    if (message.type === 'startRun') {
      this.#before = this.#options.stats();
      return;
    }
    const run = runBetween(this.#before, this.#options.stats());
    this.#before = undefined;
    this.#options.tell({ type: 'run', request: message.request, run });
  }
}

/** What came between two looks at the counters, which begin anew with each connection. */
export function runBetween(
  before: NetworkStats | undefined,
  after: NetworkStats | undefined,
): NetworkRun {
  if (before === undefined || after === undefined) return NOTHING;
  if (before.reconnects !== after.reconnects || after.receivedBytes < before.receivedBytes) {
    return { ...NOTHING, receivedBytes: after.receivedBytes };
  }
  const { deadline, superseded, other } = before.videoAbandonedBy;
  return {
    receivedBytes: after.receivedBytes - before.receivedBytes,
    deadline: after.videoAbandonedBy.deadline - deadline,
    superseded: after.videoAbandonedBy.superseded - superseded,
    otherAbandoned: after.videoAbandonedBy.other - other,
    undecodable: after.videoDiscarded - before.videoDiscarded,
    audioPackets: after.audioPackets - before.audioPackets,
    audioMissing: after.audioMissing - before.audioMissing,
    isInterrupted: false,
  };
}
