import { millis, millisToMicros, type Micros } from '../../protocol/time.ts';
import type { Logger } from '../observe/logger.ts';
import type { ServerTransport } from '../transport/transport.ts';
import type { CarriedSample } from './carried-seconds.ts';
import type { TransportChoice } from './transport-choice.ts';

/**
 * After a move the older connection may stand for so long: the client closes it at its first picture on the newer one, and gives a
 * newer one up after 6 s (a guess: twice a bad network's time for a handshake and a keyframe).
 */
const MOVE_OVERLAP = millisToMicros(millis(10_000));

/** The connection, and what decides on its moves. */
export interface ViewerMovesOptions {
  readonly choice: TransportChoice;
  readonly transport: Pick<ServerTransport, 'kind' | 'sendControl' | 'expectLosses'>;
  readonly logger: Logger;
}

/** One connection's part in the moves of its client: it asks for one, and gives way to the connection that comes after it. */
export class ViewerMoves {
  readonly #options: ViewerMovesOptions;
  #successor: { readonly viewer: { readonly isLive: boolean }; readonly since: Micros } | undefined;

  /** Whether the wire knows that the path loses packets. */
  #isWarned = false;

  constructor(options: ViewerMovesOptions) {
    this.#options = options;
  }

  /** A newer connection of the same client takes this one's place. */
  replacedBy(viewer: { readonly isLive: boolean }, since: Micros): void {
    this.#successor = { viewer, since };
  }

  /** Lets time pass. Returns whether the connection has to be closed, which its client has forgotten to do. */
  tick(carried: CarriedSample, now: Micros): boolean {
    if (this.#isLeftBehind(now)) return true;
    this.#chooseTransport(carried, now);
    return false;
  }

  /** A client that has moved closes its older connection itself; one whose newer connection ended has stayed. */
  #isLeftBehind(now: Micros): boolean {
    const successor = this.#successor;
    if (successor === undefined) return false;
    if (successor.viewer.isLive) return now - successor.since > MOVE_OVERLAP;
    this.#successor = undefined;
    this.#options.choice.stayedOn(this.#options.transport.kind, now);
    return false;
  }

  #chooseTransport(carried: CarriedSample, now: Micros): void {
    const { choice, transport, logger } = this.#options;
    const wish = choice.observe(transport.kind, carried, now);
    if (!this.#isWarned && choice.hasLosses(now)) {
      this.#isWarned = true;
      transport.expectLosses?.();
    }
    if (wish === undefined) return;
    logger.info('a move is asked for', { from: transport.kind, ...wish });
    transport.sendControl({ type: 'move', ...wish });
  }
}
