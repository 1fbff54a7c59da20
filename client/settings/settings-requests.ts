import type { SettingsUnit, StreamFacts } from '../../protocol/control/stream.ts';
import { maxSettingsPerSecond } from '../../protocol/limits.ts';
import { mergeChange, type StreamChange } from '../../protocol/stream-settings.ts';

/** Least time between two SETTINGS, µs: half of the rate that a gateway takes. */
const INTERVAL_US = 2e6 / maxSettingsPerSecond;

/** A SETTINGS on its way, and the requests of the page that it carries. */
interface Sent {
  readonly id: number;
  readonly requests: readonly number[];
}

/**
 * What the user has chosen of the stream, and what of it the gateway has yet to be told. At most one SETTINGS is on its
 * way: what a slider says meanwhile is merged into the next. A pure core; times in µs of local time. A new connection
 * is told everything that was ever chosen.
 */
export class SettingsRequests {
  #chosen: StreamChange;
  #waiting: StreamChange = {};
  #requests: readonly number[] = [];
  #sent: Sent | undefined;
  #nextId = 1;
  #sentAt = -Infinity;
  #isConnected = false;

  /** @param chosen what the user chose before */
  constructor(chosen: StreamChange) {
    this.#chosen = chosen;
  }

  /** Everything that was chosen. */
  get chosen(): StreamChange {
    return this.#chosen;
  }

  /** The user chose something; `request` is what `answered` names later. */
  ask(request: number, change: StreamChange): void {
    this.#chosen = mergeChange(this.#chosen, change);
    this.#waiting = mergeChange(this.#waiting, change);
    this.#requests = [...this.#requests, request];
  }

  /** A connection begins: requests that the last one left open are asked for again. */
  connected(): void {
    this.#requests = [...(this.#sent?.requests ?? []), ...this.#requests];
    this.#sent = undefined;
    this.#nextId = 1;
    this.#sentAt = -Infinity;
    this.#waiting = this.#chosen;
    this.#isConnected = true;
  }

  /** The connection ended. */
  disconnected(): void {
    this.#isConnected = false;
  }

  /** What to write now, and no earlier than `now` to ask again when there is nothing. */
  next(now: number): SettingsUnit | { readonly type: 'wait'; readonly us: number } | undefined {
    const isIdle = this.#requests.length === 0 && Object.keys(this.#waiting).length === 0;
    if (!this.#isConnected || this.#sent !== undefined || isIdle) return undefined;
    const us = this.#sentAt + INTERVAL_US - now;
    if (us > 0) return { type: 'wait', us };
    const unit: SettingsUnit = { type: 'settings', id: this.#nextId, settings: this.#waiting };
    this.#sent = { id: unit.id, requests: this.#requests };
    this.#nextId += 1;
    this.#sentAt = now;
    this.#waiting = {};
    this.#requests = [];
    return unit;
  }

  /** STREAM came: which requests it answers. */
  answered({ answers }: StreamFacts): readonly number[] {
    if (this.#sent?.id !== answers) return [];
    const { requests } = this.#sent;
    this.#sent = undefined;
    return requests;
  }
}
