/** What the statistics show: of the network worker, of the video worker and of the sound, each counted where it happens. */
import type { RateStateName } from '../../protocol/control/report.ts';
import type { TransportMove } from '../transport/moves.ts';
import type { TransportKind } from '../transport/transport.ts';
import type { DropReason } from '../video/presenter.ts';
import type { PicturePlace } from '../video/sink.ts';

/** p50 and p95 of one stage over the last seconds, in milliseconds. */
export interface StageLatency {
  readonly p50Ms: number;
  readonly p95Ms: number;
}

/** The mean of the frames around the median, in milliseconds; the parts add up to the total. */
export interface TypicalFrame {
  /** Absent where no change is known. */
  readonly captureMs?: number;
  readonly encodeMs: number;
  readonly queueMs: number;
  readonly networkMs: number;
  readonly reassemblyMs: number;
  readonly decodeMs: number;
  readonly presentMs: number;
  readonly totalMs: number;
}

/**
 * Where a frame's time goes, on the session clock. `total` is from the change on the screen to drawn, of the frames whose change is
 * known; where none is known, from the capture, of all frames. The stages of each frame add up to its total exactly, their
 * percentiles do not.
 */
export interface LatencyBreakdown {
  readonly samples: number;
  /** Changed to captured; absent where no change is known. */
  readonly capture?: StageLatency;
  /** Captured to the server's queue: capturing and encoding; with the queue, where a server does not tell them apart. */
  readonly encode: StageLatency;
  /** In the server's queue, to the first byte written. */
  readonly queue: StageLatency;
  /** First byte written to first byte received. */
  readonly network: StageLatency;
  /** First byte received to last byte received. */
  readonly reassembly: StageLatency;
  /** Last byte received to decoded, with the wait for what a frame depends on and the way between the workers. */
  readonly decode: StageLatency;
  /** Decoded to drawn. */
  readonly present: StageLatency;
  readonly total: StageLatency;
  readonly typical: TypicalFrame;
  /** `total` of the frames since the report before; absent when there were none. */
  readonly recent?: StageLatency;
}

/** Video messages that the server gave up, by the reason of ABANDON. */
export interface AbandonedBy {
  readonly deadline: number;
  readonly superseded: number;
  /** A dependency was lost, the flow was closed, or there was no room. */
  readonly other: number;
}

/** What the server says of the link and of what it aims at (RATE, docs/protocol.md). */
export interface RateStats {
  /** What the encoder aims at, bits per second. */
  readonly targetBps: number;
  /** What the link carries, as the server estimates it, bits per second. */
  readonly capacityBps: number;
  /** What waits on the way, in milliseconds. */
  readonly queueMs: number;
  readonly state: RateStateName;
}

/** Counters of the network worker since the connection began, and the link as the client sees it. */
export interface NetworkStats {
  /** What carries the session now. */
  readonly transport: TransportKind;
  readonly rttMs: number | undefined;
  /** Half-width of the clock estimate, in milliseconds. */
  readonly clockUncertaintyMs: number | undefined;
  readonly receivedBytes: number;
  /** Of the last half second. */
  readonly bitrateBps: number;
  /** Undefined until the server said something. */
  readonly rate: RateStats | undefined;
  readonly keyRequests: number;
  readonly videoDiscarded: number;
  readonly videoAbandoned: number;
  /** The same by reason; they add up to `videoAbandoned`. */
  readonly videoAbandonedBy: AbandonedBy;
  readonly videoMissing: number;
  readonly audioPackets: number;
  readonly audioMissing: number;
  readonly audioDuplicates: number;
  readonly audioDecodeErrors: number;
  readonly unacknowledgedInput: number;
  readonly reconnects: number;
  /** Times that the session went on over another transport. */
  readonly moves: number;
  /** The newest change of the transport that was told, whether or not it succeeded. */
  readonly lastMove: TransportMove | undefined;
}

/** Counters of the video worker since it began. */
export interface VideoStats {
  readonly codec: string | undefined;
  readonly width: number;
  readonly height: number;
  readonly framesPerSecond: number;
  readonly decoded: number;
  readonly shown: number;
  /** Decoded but not shown, for any reason. */
  readonly skipped: number;
  /** Decoded but replaced by a newer frame before it was drawn. */
  readonly superseded: number;
  /** Decoded but marked LATE by the server. */
  readonly late: number;
  /** All that were skipped, by reason; they add up to `skipped`. */
  readonly dropped: Readonly<Record<DropReason, number>>;
  /** What the pictures go to. */
  readonly sink: PicturePlace;
  /** How much later than the sound of the same moment a picture is shown; undefined while none is heard, or none is shown. */
  readonly soundOffsetMs: number | undefined;
  /** How long a frame that comes without jitter waits for its time now. */
  readonly heldMs: number;
  readonly decodeErrors: number;
  /** Times that everything waiting for the decoder was given up, because this machine decodes too slowly. */
  readonly decodeOverloads: number;
  readonly decodeQueue: number;
  readonly latency: LatencyBreakdown | undefined;
}

/** State of the sound path; `fill` and `target` in milliseconds. */
export interface AudioStats {
  readonly state: SoundState;
  readonly fillMs: number;
  readonly targetMs: number;
  readonly underruns: number;
  readonly overruns: number;
  /** Playback speed against nominal, in parts per million. */
  readonly ratePpm: number;
}

/** `suspended`: the browser waits for a gesture; `unavailable`: no AudioDecoder or AudioWorklet here. */
export type SoundState = 'starting' | 'suspended' | 'playing' | 'muted' | 'unavailable';

/** Everything that the statistics view can show; sent about twice a second. */
export interface PlayerStats {
  readonly network: NetworkStats | undefined;
  readonly video: VideoStats | undefined;
  readonly audio: AudioStats;
}
