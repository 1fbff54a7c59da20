import type { ControlUnit } from '../../protocol/control/control-unit.ts';
import { ProtocolError } from '../../protocol/errors.ts';
import type { FlowId } from '../../protocol/flow.ts';
import {
  idleTimeoutMs,
  maxClientFlows,
  maxInputEventsPerSecond,
  maxInputUnitsPerSecond,
  maxPingsPerSecond,
  maxReportsPerSecond,
  maxRequestsPerSecond,
  maxSettingsPerSecond,
  maxUnitBytes,
} from '../../protocol/limits.ts';
import type { Micros } from '../../protocol/time.ts';

/**
 * Units of any kind per second: an ACK for every other fragment at 300 Mbit/s is 1,100, and a full rate of INPUT and REPORT
 * units 750.
 */
const MAX_UNITS_PER_SECOND = 2_000;

/**
 * Seconds of a rate that may come at once. A path that stalls delivers afterwards what the peer wrote meanwhile, and
 * it may stall for as long as a silent connection lives.
 */
const BURST_SECONDS = idleTimeoutMs / 1000;

/** Units that only a server sends. */
const serverUnits: ReadonlySet<ControlUnit['type']> = new Set<ControlUnit['type']>([
  'helloAck',
  'role',
  'stream',
  'move',
  'ackConfig',
  'rate',
  'inputAck',
  'response',
]);

/** What to do with a unit that passed: hand it on, or send an answer back at once. */
export type Admitted =
  { readonly type: 'deliver' } | { readonly type: 'answer'; readonly unit: ControlUnit };

const deliver: Admitted = { type: 'deliver' };

/**
 * What every transport checks of a client, whatever the wire: sizes, rates, directions, and whether it is still there; and
 * the answer to its PING. A pure core: one per connection, time is an argument. Breaches are thrown as
 * ProtocolError, for the transport to close with.
 */
export class InboundGuard {
  readonly #units = new RateLimit('units', MAX_UNITS_PER_SECOND);
  readonly #pings = new RateLimit('ping', maxPingsPerSecond);
  readonly #reports = new RateLimit('report', maxReportsPerSecond);
  readonly #settings = new RateLimit('settings', maxSettingsPerSecond);
  readonly #requests = new RateLimit('request', maxRequestsPerSecond);
  readonly #inputs = new RateLimit('input', maxInputUnitsPerSecond);
  readonly #events = new RateLimit('input events', maxInputEventsPerSecond);
  readonly #flows = new Set<FlowId>();
  #nextEvent = 0;
  #heardAt: Micros;

  /** @param now when the connection was opened */
  constructor(now: Micros) {
    this.#heardAt = now;
  }

  /** Any byte came from the peer: call it for everything that the wire delivers, before it is parsed. */
  heard(now: Micros): void {
    this.#heardAt = now;
  }

  /** Whether nothing came for 5 s; the transport then closes with TIMEOUT. */
  isSilent(now: Micros): boolean {
    return now - this.#heardAt >= idleTimeoutMs * 1000;
  }

  /** Checks a unit of either kind before it is decoded. */
  unit(byteLength: number, now: Micros): void {
    if (byteLength > maxUnitBytes) {
      throw new ProtocolError(
        'E_SIZE',
        `unit: expected at most ${maxUnitBytes} bytes, got ${byteLength}`,
      );
    }
    this.#units.take(1, now);
  }

  /** Checks a decoded control unit. `receivedAt` is when its bytes came, `now` when an answer is written. */
  control(unit: ControlUnit, receivedAt: Micros, now: Micros = receivedAt): Admitted {
    if (serverUnits.has(unit.type)) {
      throw new ProtocolError(
        'E_STATE',
        `unit: expected one that a client sends, got ${unit.type}`,
      );
    }
    if (unit.type === 'ping') {
      this.#pings.take(1, receivedAt);
      const { id, t0 } = unit;
      return { type: 'answer', unit: { type: 'pong', id, t0, t1: receivedAt, t2: now } };
    }
    if (unit.type === 'report') this.#reports.take(1, receivedAt);
    if (unit.type === 'settings') this.#settings.take(1, receivedAt);
    if (unit.type === 'request') this.#requests.take(1, receivedAt);
    if (unit.type === 'input') {
      this.#inputs.take(1, receivedAt);
      this.#countEvents(unit.first, unit.events.length, receivedAt);
    }
    if (unit.type === 'flowOpen') this.#openFlow(unit.flow);
    if (unit.type === 'flowClose') this.#flows.delete(unit.flow);
    return deliver;
  }

  /** Events that are repeated until they are acknowledged count once. */
  #countEvents(first: number, count: number, now: Micros): void {
    const fresh = Math.min(count, first + count - this.#nextEvent);
    if (fresh <= 0) return;
    this.#nextEvent = first + count;
    this.#events.take(fresh, now);
  }

  #openFlow(flow: FlowId): void {
    if (flow % 2 === 0) {
      throw new ProtocolError(
        'E_FLOW_STATE',
        `flow: expected an odd id from a client, got ${flow}`,
      );
    }
    this.#flows.add(flow);
    if (this.#flows.size > maxClientFlows) {
      throw new ProtocolError(
        'E_COUNT',
        `flows: expected at most ${maxClientFlows} open, got one more`,
      );
    }
  }
}

/** A token bucket of `BURST_SECONDS`. */
class RateLimit {
  readonly #name: string;
  readonly #perSecond: number;
  #tokens: number;
  #filledAt = 0;

  constructor(name: string, perSecond: number) {
    this.#name = name;
    this.#perSecond = perSecond;
    this.#tokens = perSecond * BURST_SECONDS;
  }

  take(count: number, now: Micros): void {
    const earned = ((now - this.#filledAt) / 1e6) * this.#perSecond;
    this.#tokens = Math.min(this.#perSecond * BURST_SECONDS, this.#tokens + Math.max(0, earned));
    this.#filledAt = now;
    this.#tokens -= count;
    if (this.#tokens < 0) {
      throw new ProtocolError(
        'E_RATE',
        `${this.#name}: expected at most ${this.#perSecond} per second, got more`,
      );
    }
  }
}
