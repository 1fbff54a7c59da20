import type { PathOptions } from './bottleneck.ts';

/** A session over an emulated path. */
export interface SessionOptions extends PathOptions {
  readonly transport: 'websocket' | 'webtransport';
  readonly seconds: number;
  readonly seed?: number;
  /** What the encoder is set to at first, and at most. */
  readonly maxBps?: number;
  /** The encoder makes this share of what it was asked for. Default 1. */
  readonly yield?: (atMs: number) => number;
  /** A keyframe for somebody else, so often. */
  readonly keyframesEveryMs?: number;
  /** No keyframe has less than this: dense pictures of an encoder at its coarsest. Default: 50 ms of the rate decide. */
  readonly leastKeyframeBytes?: number;
  /** A stack that takes no loss for congestion has this window, bytes; CUBIC without. */
  readonly fixedWindowBytes?: number;
  /** Whether the desktop changes at a moment; a still one costs 200 bytes a picture. */
  readonly isMoving?: (atMs: number) => boolean;
  /** The encoder follows somebody else, so that it makes `maxBps` whatever this path carries; keyframes are rationed (KeyframeCost). */
  readonly isSpectator?: boolean;
  /** Every second picture is in an upper layer. */
  readonly hasLayers?: boolean;
  /** Pictures that the encoder makes in a second without being told otherwise. Default 60. */
  readonly frameRate?: number;
  /** The client's thread is busy for up to this, about ten times a second, and sees what came meanwhile when it is not. */
  readonly clientStallMs?: number;
  /** Between two of its stalls, on average. Default 100. */
  readonly clientIdleMs?: number;
  /** Somebody else's packets through the same bottleneck, bits per second. */
  readonly competingBps?: (atMs: number) => number;
}

/** A message that was complete at the client. */
export interface Arrival {
  readonly atMs: number;
  /** From capture until complete. */
  readonly latencyMs: number;
  readonly bytes: number;
  readonly isLate: boolean;
  readonly seq: number;
  /** The message that it refers to; undefined of one that stands alone. */
  readonly reference: number | undefined;
}

/** What was decided at one tick of 50 ms. */
export interface Tick {
  readonly atMs: number;
  readonly targetBps: number;
  /** What rate control knew. */
  readonly capacityBps: number;
  readonly queueMs: number;
  /** Pictures that wait at the sender, milliseconds of the link's time. */
  readonly backlogMs: number;
  /** How old the oldest message was that the sender held since the tick before (SenderBacklog). */
  readonly heldMs: number;
}

export interface SessionRecord {
  readonly video: readonly Arrival[];
  readonly audio: readonly Arrival[];
  readonly ticks: readonly Tick[];
  readonly captured: number;
  /** Keyframes that the encoder made. */
  readonly keyframes: number;
}

/** Those of the pictures whose references have all arrived, in whatever order. */
export function decodable(pictures: readonly Arrival[]): readonly Arrival[] {
  const decoded = new Set<number>();
  const inOrder = [...pictures].sort((a, b) => a.seq - b.seq);
  return inOrder.filter(({ seq, reference }) => {
    const isDecoded = reference === undefined || decoded.has(reference);
    if (isDecoded) decoded.add(seq);
    return isDecoded;
  });
}
