import type { Micros } from '../../../protocol/time.ts';
import type { Acknowledgement } from '../../../client/transport/acknowledger.ts';
import type {
  AckSample,
  Piece,
  PieceSource,
  SendRates,
} from '../../../server/transport/transport.ts';
import type { Bottleneck } from './bottleneck.ts';
import type { EventQueue } from './event-queue.ts';

/** A piece that has reached the client whole. */
export interface Delivered {
  readonly piece: Piece;
  readonly wireBytes: number;
  readonly sentAt: Micros;
}

export interface SimulatedWireOptions {
  readonly events: EventQueue;
  readonly path: Bottleneck;
  readonly oneWayMs: number;
  /** Congestion window of a stack that takes no loss for congestion (BBR); CUBIC without. */
  readonly fixedWindowBytes: number | undefined;
  readonly random: () => number;
  readonly now: () => Micros;
  readonly source: PieceSource & { sent(bytes: number, now: Micros): void };
  /** The first bytes of a message's stream, or all of a datagram's, have arrived. */
  readonly begin: (delivered: Delivered) => void;
  readonly deliver: (delivered: Delivered) => void;
  /** The stack took all bytes up to `cumulativeBytes`, where it is that which tells what has left. */
  readonly taken: (cumulativeBytes: number) => void;
}

/** A transport's sending half over a simulated stack. */
export interface SimulatedWire {
  readonly rttUs: number;
  /** The source may have something new. */
  wake(): void;
  setWindow(bytes: number, rates: SendRates | undefined): void;
  /** What an acknowledgement says, where the client acknowledges. */
  acknowledge(ack: Acknowledgement): AckSample | undefined;
}

/** Bytes of a piece's head. */
export const HEAD_BYTES = 40;
