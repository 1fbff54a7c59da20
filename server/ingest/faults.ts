/**
 * What went wrong with the media of one stream since it was created. Damage is counted, never thrown: a broken child
 * must not hurt its viewers.
 */
export interface MediaFaults {
  /** Frames of length 0 between packets. */
  readonly emptyFrames: number;
  /** Frames that hold no RTP packet of version 2, or one with lengths that do not fit. */
  readonly malformedPackets: number;
  /** RTP of another payload type. */
  readonly foreignPackets: number;
  /** Packets that never came. */
  readonly lostPackets: number;
  /** Packets that came twice or after they were given up. */
  readonly latePackets: number;
  /** Sequence numbers that jumped too far to be loss. */
  readonly sequenceJumps: number;
  /** Payloads that break the format's RFC. */
  readonly malformedPayloads: number;
  /** Payload structures that exist but no pipeline of ours sends (STAP-B, MTAP, FU-B, PACI). */
  readonly unsupportedPayloads: number;
  /** Access units thrown away because parts of them were lost or made no sense. */
  readonly damagedAccessUnits: number;
  /** Whole access units thrown away because they refer to one that was lost. */
  readonly undecodableAccessUnits: number;
  /** Access units thrown away at the size limit. */
  readonly oversizedAccessUnits: number;
  /** Sequence parameter sets that could not be read and were passed on as they are. */
  readonly unreadableParameterSets: number;
  /** Access units without a capture time, whose time was computed from the RTP clock. */
  readonly missingCaptureTimes: number;
  /** Times when the bytes stopped being RTP. */
  readonly framingLosses: number;
  /** Subscribers that threw and were unsubscribed. */
  readonly failedSinks: number;
}

/** Counters that the stages of one stream share. */
export type FaultCounters = { -readonly [Name in keyof MediaFaults]: MediaFaults[Name] };

/** Counters at zero. */
export function createFaultCounters(): FaultCounters {
  return {
    emptyFrames: 0,
    malformedPackets: 0,
    foreignPackets: 0,
    lostPackets: 0,
    latePackets: 0,
    sequenceJumps: 0,
    malformedPayloads: 0,
    unsupportedPayloads: 0,
    damagedAccessUnits: 0,
    undecodableAccessUnits: 0,
    oversizedAccessUnits: 0,
    unreadableParameterSets: 0,
    missingCaptureTimes: 0,
    framingLosses: 0,
    failedSinks: 0,
  };
}

/** Counts of several streams together. */
export function sumFaults(all: readonly MediaFaults[]): MediaFaults {
  const sum = createFaultCounters();
  for (const faults of all) {
    for (const name of Object.keys(sum) as (keyof MediaFaults)[]) sum[name] += faults[name];
  }
  return sum;
}
