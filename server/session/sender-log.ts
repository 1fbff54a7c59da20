import type { Micros } from '../../protocol/time.ts';
import type { Logger } from '../observe/logger.ts';
import type { OutboundMedia } from './outbound-media.ts';

/** Looks that go into one line: a second of them. */
const LOOKS = 20;

/**
 * Tells at level `debug`, once a second, how old the oldest message was that a viewer's sender held at each look (ms), what it asks of the
 * encoder, and what it has dropped so far. For measurements and for those who look for a fault.
 */
export class SenderLog {
  readonly #logger: Logger;
  readonly #connection: string;
  #backlogMs: number[] = [];

  /** @param connection tells the lines of viewers apart */
  constructor(logger: Logger, connection: string) {
    this.#logger = logger;
    this.#connection = connection;
  }

  /** Call every 50 ms. */
  look(media: OutboundMedia, now: Micros): void {
    this.#backlogMs.push(Math.round(media.takeBacklog(now) / 100) / 10);
    if (this.#backlogMs.length < LOOKS) return;
    const { dropped } = media.totals;
    const { targetBps } = media.demand;
    const [connection, backlogMs] = [this.#connection, this.#backlogMs];
    this.#logger.debug('sender state', { connection, backlogMs, targetBps, dropped });
    this.#backlogMs = [];
  }
}
