import type { Logger } from '../observe/logger.ts';
import type { Clock } from '../session-clock.ts';
import type { ServerTransport } from './transport.ts';
import { UnitTransport } from './unit-transport.ts';
import type { UnitWire, UnitWireSink } from './unit-wire.ts';

/** What a pair in memory is made of. */
export interface MemoryPairOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Bytes that the path holds in each direction before the sender's own buffer fills. Default 64 KiB. */
  readonly capacityBytes?: number;
}

/** The client's end: encoded units in both directions. */
export interface MemoryClient {
  /** Who takes the server's units; those that came before wait. */
  receive(take: (unit: Uint8Array) => void): void;
  /** The server gets the same bytes; do not write to them afterwards. */
  send(unit: Uint8Array): void;
  /** Stops and resumes reading: what the path cannot hold then waits at the server. */
  setReading(isReading: boolean): void;
  close(closeCode: number, reason: string): void;
  /** From now on nothing passes, in either direction, and nobody is told. */
  vanish(): void;
  /** The close code and reason of whoever closed first. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
}

/** A server's transport and a client, joined in this process; both ends speak the real units. */
export interface MemoryPair {
  readonly server: ServerTransport;
  readonly client: MemoryClient;
}

/** No close code was given (RFC 6455, section 7.4.1). */
const ABNORMAL_CLOSURE = 1006;

/** Joins a transport and a client without any network, for tests and for a client that lives in this process. */
export function memoryPair({
  clock,
  logger,
  capacityBytes = 65_536,
}: MemoryPairOptions): MemoryPair {
  const upstream = new Direction(Infinity);
  const downstream = new Direction(capacityBytes);
  let sink: UnitWireSink | undefined;
  let isOpen = true;
  let hasVanished = false;
  let settle: (how: { code: number; reason: string }) => void = () => undefined;
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    settle = resolve;
  });
  const end = (code: number, reason: string): void => {
    if (!isOpen || hasVanished) return;
    isOpen = false;
    // Like a close frame, it comes behind what was written before.
    setImmediate(() => {
      upstream.stop();
      downstream.stop();
      settle({ code, reason });
      sink?.closed(code, reason);
    });
  };
  const wire: UnitWire = {
    listen: (given) => {
      sink = given;
      upstream.deliverTo((unit) => given.unit(unit));
    },
    send: (unit, flushed) => {
      if (isOpen) downstream.send(unit, flushed);
    },
    get bufferedBytes() {
      return downstream.bufferedBytes;
    },
    close: end,
    terminate: () => end(ABNORMAL_CLOSURE, ''),
  };
  const server = new UnitTransport({ kind: 'memory', backend: 'memory', wire, clock, logger });
  const client: MemoryClient = {
    receive: (take) => downstream.deliverTo(take),
    send: (unit) => {
      if (isOpen) upstream.send(unit, () => undefined);
    },
    setReading: (isReading) => downstream.setReading(isReading),
    close: end,
    vanish: () => {
      hasVanished = true;
      upstream.stop();
      downstream.setReading(false);
    },
    closed,
  };
  return { server, client };
}

interface Underway {
  readonly unit: Uint8Array;
  readonly flushed: () => void;
  isFlushed: boolean;
}

/** One direction of the path: holds `capacity` bytes; what is beyond waits at the sender. Delivers in later turns. */
class Direction {
  readonly #capacity: number;
  #units: Underway[] = [];
  #bytes = 0;
  #take: ((unit: Uint8Array) => void) | undefined;
  #isReading = true;
  #isScheduled = false;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get bufferedBytes(): number {
    return Math.max(0, this.#bytes - this.#capacity);
  }

  send(unit: Uint8Array, flushed: () => void): void {
    this.#units.push({ unit, flushed, isFlushed: false });
    this.#bytes += unit.byteLength;
    this.#schedule();
  }

  deliverTo(take: (unit: Uint8Array) => void): void {
    this.#take = take;
    this.#schedule();
  }

  setReading(isReading: boolean): void {
    this.#isReading = isReading;
    this.#schedule();
  }

  stop(): void {
    this.#take = undefined;
    this.#units = [];
    this.#bytes = 0;
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#run();
    });
  }

  /** Reports what fits the path as flushed, then hands one unit on. */
  #run(): void {
    let ahead = 0;
    for (const underway of this.#units) {
      ahead += underway.unit.byteLength;
      if (ahead > this.#capacity) break;
      if (underway.isFlushed) continue;
      underway.isFlushed = true;
      underway.flushed();
    }
    if (!this.#isReading || !this.#take) return;
    const first = this.#units.shift();
    if (!first) return;
    this.#bytes -= first.unit.byteLength;
    if (!first.isFlushed) first.flushed();
    this.#take(first.unit);
    this.#schedule();
  }
}
