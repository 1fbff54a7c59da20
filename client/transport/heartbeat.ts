import type { PingUnit, PongUnit } from '../../protocol/control/clock.ts';
import { micros, toMicros32, type Micros, type Micros32 } from '../../protocol/time.ts';
import { ClockSync } from '../receive/clock-sync.ts';
import { Liveness } from './liveness.ts';

/** When a connection begins, how its pings leave, and whom its clock is told. */
export interface HeartbeatOptions {
  /** Local time at the start, µs. */
  readonly now: number;
  readonly send: (unit: PingUnit | PongUnit) => void;
  /** Session clock minus local time, µs; told whenever the estimate moves. */
  readonly onClock: (offset: number) => void;
}

/** Time between pings, µs: well inside the second after which a server lets go of a silent controller's keys. */
const PING_EVERY = 400_000;

/** Pings at every tick at the start, so that the first pictures have a clock. */
const FIRST_PINGS = 4;

/** Offsets that differ by less are the same clock, µs. */
const CLOCK_STEP = 200;

/**
 * Pings of a connection: they keep the estimate of the session clock, tell the server that this client lives, and notice a server
 * that does not. A core without timers: `tick` it about every 100 ms. Times in µs of local time.
 */
export class Heartbeat {
  readonly clock = new ClockSync();
  readonly #options: HeartbeatOptions;
  readonly #liveness: Liveness;
  #offset: number | undefined;
  #pings = 0;
  #pingedAt = 0;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
    this.#liveness = new Liveness(options.now);
  }

  /** Session clock minus local time, µs; undefined before HELLO_ACK. */
  get offset(): number | undefined {
    return this.#offset;
  }

  /** HELLO_ACK came with the session clock of its writing: a first estimate, and pings from now on. */
  begin(sessionClock: Micros, now: number): void {
    this.#setOffset(sessionClock - now);
    this.#ping(now);
  }

  /** Any byte of the server came. */
  heard(now: number): void {
    this.#liveness.heard(now);
  }

  /** A PONG came. */
  answered(pong: PongUnit, now: number): void {
    this.clock.add({ t0: pong.t0, t1: pong.t1, t2: pong.t2, t3: now });
    if (this.clock.offset !== undefined) this.#setOffset(this.clock.offset);
  }

  /** A PING of the server came. */
  answer({ id, t0 }: PingUnit, now: number): void {
    const at = this.#sessionTime(now);
    this.#options.send({ type: 'pong', id, t0, t1: at, t2: at });
  }

  tick(now: number): void {
    if (this.#offset === undefined) return;
    if (this.#pings < FIRST_PINGS || now - this.#pingedAt >= PING_EVERY) this.#ping(now);
  }

  /** See Liveness. */
  unansweredFor(now: number): number {
    return this.#liveness.unansweredFor(now);
  }

  isLost(now: number): boolean {
    return this.#liveness.isLost(now);
  }

  /** The session clock at a local time, as units carry it. */
  sessionStamp(local: number): Micros32 {
    return toMicros32(this.#sessionTime(local));
  }

  #sessionTime(local: number): Micros {
    return micros(Math.max(0, local + (this.#offset ?? 0)));
  }

  #ping(now: number): void {
    this.#pings += 1;
    this.#pingedAt = now;
    this.#liveness.asked(now);
    this.#options.send({ type: 'ping', id: this.#pings, t0: micros(now) });
  }

  #setOffset(offset: number): void {
    if (this.#offset !== undefined && Math.abs(offset - this.#offset) < CLOCK_STEP) return;
    this.#offset = offset;
    this.#options.onClock(offset);
  }
}
