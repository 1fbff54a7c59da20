import { flowId, Priority, sequence } from '../../protocol/flow.ts';
import type { MessageHeader } from '../../protocol/message.ts';
import { micros, millis } from '../../protocol/time.ts';
import type {
  OutboundMessage,
  Piece,
  PieceLimit,
  PieceSource,
} from '../../server/transport/transport.ts';

/** The header of a keyframe-like message on a flow, with nothing special about it. */
export function plainHeader(flow: number, seq: number, priority: number): MessageHeader {
  return {
    flow: flowId(flow),
    seq: sequence(seq),
    captureTime: micros(1_000),
    budget: millis(100),
    key: true,
    discardable: false,
    recovery: false,
    late: false,
    epoch: false,
    layer: { temporal: 0, spatial: 0, priority },
    dependency: 0,
    extensions: [],
  };
}

/** A header on the video flow of these tests, flow 2. */
export const videoHeader = (seq: number): MessageHeader => plainHeader(2, seq, Priority.videoBase);

/** A header on the audio flow of these tests, flow 4. */
export const audioHeader = (seq: number): MessageHeader => plainHeader(4, seq, Priority.audio);

/** A source of messages in the order in which they were pushed, cut into pieces as the transport asks. */
export class PieceQueue implements PieceSource {
  /** What the transport asked for. */
  readonly asked: PieceLimit[] = [];
  readonly #messages: OutboundMessage[] = [];
  #offset = 0;

  push(header: MessageHeader, payload: Uint8Array): void {
    this.#messages.push({ header, payload });
  }

  /** Gives up what waits, as the sender does that tells the transport of it. */
  clear(): void {
    this.#messages.length = 0;
    this.#offset = 0;
  }

  next(_now: unknown, limit: PieceLimit): Piece | undefined {
    this.asked.push(limit);
    const [message] = this.#messages;
    if (message === undefined) return undefined;
    if (limit.urgentOnly && message.header.layer.priority < Priority.audio) return undefined;
    const offset = this.#offset;
    const bytes = message.payload.subarray(offset, offset + limit.maxBytes);
    const last = offset + bytes.length === message.payload.length;
    this.#offset = last ? 0 : offset + bytes.length;
    if (last) this.#messages.shift();
    return { message, offset, bytes, last };
  }
}
