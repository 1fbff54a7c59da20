import { flowId, sequence, type FlowId } from '../../../protocol/flow.ts';
import type { MessageHeader } from '../../../protocol/message.ts';
import { micros, millis, type Micros } from '../../../protocol/time.ts';
import type { DeadlineQueue } from '../../../server/schedule/deadline-queue.ts';
import type { LinkEstimateSnapshot } from '../../../server/schedule/path-estimate.ts';
import type { OutboundMessage, Piece } from '../../../server/transport/transport.ts';

export const VIDEO = flowId(2);
export const AUDIO = flowId(4);
export const CURSOR = flowId(6);
export const BULK = flowId(8);

/** Milliseconds on the session clock. */
export const ms = (value: number): Micros => micros(value * 1000);

export interface MessageOptions {
  readonly flow?: FlowId;
  readonly bytes?: number;
  readonly capture?: Micros;
  readonly budget?: number;
  readonly key?: boolean;
  readonly discardable?: boolean;
  readonly dependency?: number;
}

/** A message as a viewer makes it; P frames of video depend on the one before. */
export const message = (seq: number, options: MessageOptions = {}): OutboundMessage => {
  const key = options.key ?? (options.flow !== undefined && options.flow !== VIDEO);
  const header: MessageHeader = {
    flow: options.flow ?? VIDEO,
    seq: sequence(seq),
    captureTime: options.capture ?? ms(0),
    budget: millis(options.budget ?? 100),
    key,
    discardable: options.discardable ?? false,
    recovery: false,
    late: false,
    epoch: false,
    layer: { temporal: 0, spatial: 0, priority: 4 },
    dependency: key ? 0 : (options.dependency ?? 1),
    extensions: [],
  };
  return { header, payload: new Uint8Array(options.bytes ?? 1000) };
};

/** A link of so many bits per second, without round trip. */
export const link = (bandwidthBps: number, minRttMs = 0): LinkEstimateSnapshot => ({
  bandwidthBps,
  capacityBps: bandwidthBps,
  ackRateBps: bandwidthBps,
  minRtt: ms(minRttMs),
  smoothedRtt: ms(minRttMs),
  queueDelay: ms(0),
  newestDelay: micros(0),
  leastDelay: micros(0),
  standing: micros(0),
  isAcknowledged: true,
  isStalled: false,
  isProbing: false,
  windowBytes: 14_600,
});

/** Takes pieces until nothing is left, at one moment. */
export const drain = (queue: DeadlineQueue, now: Micros, maxBytes = 16_384): Piece[] => {
  const pieces: Piece[] = [];
  for (;;) {
    const piece = queue.next(now, { maxBytes, urgentOnly: false });
    if (!piece) return pieces;
    pieces.push(piece);
  }
};

export const sequences = (pieces: readonly Piece[]): number[] =>
  pieces.filter(({ last }) => last).map((piece) => piece.message.header.seq);
