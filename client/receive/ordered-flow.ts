import { AbandonReason } from '../../protocol/errors.ts';
import type { CompleteMessage } from '../../protocol/fragment.ts';

/** A message with the local times (µs) of its first and its last byte. */
export interface ReceivedMessage {
  readonly message: CompleteMessage;
  readonly begunAt: number;
  readonly receivedAt: number;
}

/** What an ordered flow asks its owner to do, in order. */
export type OrderedOutput =
  | { readonly type: 'deliver'; readonly received: ReceivedMessage }
  /** It arrived whole and was thrown away: overtaken (`expired`), or what it needs is gone (`undecodable`). */
  | {
      readonly type: 'unused';
      readonly received: ReceivedMessage;
      readonly why: 'expired' | 'undecodable';
    }
  /** Ask the server for a keyframe; `lastDecoded` is undefined when nothing was delivered yet. */
  | { readonly type: 'keyRequest'; readonly lastDecoded: number | undefined };

/** What a flow may count on. */
export interface OrderedFlowOptions {
  /** True where a transport keeps the order of a flow, so that a hole never fills later (WebSocket). */
  readonly inOrder: boolean;
}

/** What the flow lost or refused, counted since it began. */
export interface OrderedFlowCounters {
  /** Complete messages thrown away because what they need is gone. */
  discarded: number;
  /** Sequence numbers that the server gave up. */
  abandoned: number;
  /** The same by reason. */
  readonly abandonedBy: { deadline: number; superseded: number; other: number };
  /** Times that a needed message was declared missing. */
  gaps: number;
  /** Came twice, or after something newer had been delivered. */
  stale: number;
  keyRequests: number;
}

/** Most messages that wait for an earlier one: about one second of video at 60 frames per second. */
const MAX_WAITING = 64;

/** Most bytes that wait: two messages of the largest size, so that one of them may wait for the other. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;

/** Deliveries to remember for `dependency`: twice the longest wait, far beyond any layer structure in use. */
const REMEMBERED = 128;

/** Least time between keyframe requests, µs (docs/protocol.md, receiver). */
const KEY_REQUEST_INTERVAL = 250_000;

/** Longest wait for a hole to fill where order is not kept, as a multiple of the RTT: a lost packet takes about 1.5. */
const HOLE_PATIENCE_RTTS = 2;
const DEFAULT_BUDGET = 150_000;

/** Abandon reasons after which the server sends a keyframe by itself: 1 deadline, 2 superseded, 3 dependency lost. */
const KEY_FOLLOWS: ReadonlySet<number> = new Set([1, 2, 3]);

/**
 * Puts the messages of one flow with dependencies (video) back into a decodable order. A pure core: every method takes the
 * time and returns what to do.
 *
 * A message is delivered once what it depends on was delivered; a KEY at once, and it overtakes all that waits before it.
 * When a dependency is gone, everything up to the next KEY is discarded and a KEY is asked for.
 */
export class OrderedFlow {
  readonly #inOrder: boolean;
  readonly #waiting = new Map<number, ReceivedMessage>();
  readonly #delivered = new Set<number>();
  readonly counters: OrderedFlowCounters = {
    discarded: 0,
    abandoned: 0,
    abandonedBy: { deadline: 0, superseded: 0, other: 0 },
    gaps: 0,
    stale: 0,
    keyRequests: 0,
  };
  #waitingBytes = 0;
  #lastDelivered = -1;
  #abandonedRanges: { first: number; end: number }[] = [];
  #needsKey = true;
  #nextKeyRequestAt = 0;
  #budget = DEFAULT_BUDGET;
  #holeSince: number | undefined;

  constructor(options: OrderedFlowOptions) {
    this.#inOrder = options.inOrder;
  }

  /** True until the first KEY, and from a loss to the next KEY. */
  get needsKey(): boolean {
    return this.#needsKey;
  }

  /** Whether the message came whole, as far back as messages are remembered. */
  has(seq: number): boolean {
    return this.#waiting.has(seq) || this.#delivered.has(seq);
  }

  /** How old a message of this flow may become, µs: a hole is waited for as long as what fills it would be in time. */
  set budget(budget: number) {
    this.#budget = budget;
  }

  /** Takes a complete message, in any order and possibly again. `rtt` in µs. */
  push(received: ReceivedMessage, now: number, rtt: number): readonly OrderedOutput[] {
    const seq = received.message.header.seq;
    if (seq <= this.#lastDelivered || this.#waiting.has(seq)) {
      this.counters.stale += 1;
      return this.has(seq) ? [] : [{ type: 'unused', received, why: 'expired' }];
    }
    const outputs: OrderedOutput[] = [];
    if (received.message.header.key) {
      this.#restartAt(seq, outputs);
      this.#deliver(received, outputs);
    } else if (this.#needsKey) {
      this.counters.discarded += 1;
      outputs.push({ type: 'unused', received, why: 'undecodable' });
      this.#requestKey(outputs, now, rtt);
      return outputs;
    } else {
      this.#wait(seq, received);
    }
    this.#drain(outputs);
    this.#checkHole(outputs, now, rtt);
    return outputs;
  }

  /** The server gave up `count` messages from `first` on. */
  abandon(
    range: { readonly first: number; readonly count: number; readonly reason: number },
    now: number,
    rtt: number,
  ): readonly OrderedOutput[] {
    const first = Math.max(range.first, this.#lastDelivered + 1);
    const end = range.first + range.count;
    if (first >= end) return [];
    this.counters.abandoned += end - first;
    this.counters.abandonedBy[reasonName(range.reason)] += end - first;
    this.#abandonedRanges.push({ first, end });
    if (this.#abandonedRanges.length > MAX_WAITING) this.#abandonedRanges.shift();
    const outputs: OrderedOutput[] = [];
    for (const [seq, received] of [...this.#waiting]) {
      if (seq < first || seq >= end) continue;
      this.#forget(seq);
      outputs.push({ type: 'unused', received, why: 'expired' });
    }
    if (KEY_FOLLOWS.has(range.reason)) {
      this.#nextKeyRequestAt = Math.max(this.#nextKeyRequestAt, now + keyRequestInterval(rtt));
    }
    this.#drain(outputs);
    this.#checkHole(outputs, now, rtt);
    return outputs;
  }

  /** The decoder lost its state: nothing up to the next KEY is of use. */
  loseDecoder(now: number, rtt: number): readonly OrderedOutput[] {
    const outputs: OrderedOutput[] = [];
    this.#loseSync(outputs, now, rtt);
    return outputs;
  }

  /** Call every 100 ms or so: declares old holes missing and repeats the request for a KEY. */
  tick(now: number, rtt: number): readonly OrderedOutput[] {
    const outputs: OrderedOutput[] = [];
    this.#checkHole(outputs, now, rtt);
    if (this.#needsKey && this.#lastDelivered >= 0) this.#requestKey(outputs, now, rtt);
    return outputs;
  }

  #restartAt(seq: number, outputs: OrderedOutput[]): void {
    this.#needsKey = false;
    this.#delivered.clear();
    for (const waiting of [...this.#waiting.keys()]) {
      if (waiting < seq) this.#discard(waiting, 'expired', outputs);
    }
  }

  #deliver(received: ReceivedMessage, outputs: OrderedOutput[]): void {
    const seq = received.message.header.seq;
    this.#delivered.add(seq);
    if (this.#delivered.size > REMEMBERED) {
      for (const oldest of this.#delivered) {
        this.#delivered.delete(oldest);
        break;
      }
    }
    this.#lastDelivered = seq;
    this.#holeSince = undefined;
    this.#abandonedRanges = this.#abandonedRanges.filter((range) => range.end > seq);
    outputs.push({ type: 'deliver', received });
  }

  #wait(seq: number, received: ReceivedMessage): void {
    this.#waiting.set(seq, received);
    this.#waitingBytes += received.message.payload.byteLength;
  }

  #discard(seq: number, why: 'expired' | 'undecodable', outputs: OrderedOutput[]): void {
    const received = this.#waiting.get(seq);
    if (received === undefined) return;
    this.#forget(seq);
    this.counters.discarded += 1;
    outputs.push({ type: 'unused', received, why });
  }

  #forget(seq: number): void {
    const received = this.#waiting.get(seq);
    if (received === undefined) return;
    this.#waiting.delete(seq);
    this.#waitingBytes -= received.message.payload.byteLength;
  }

  /** Delivers, lowest first, every waiting message whose dependency was delivered. */
  #drain(outputs: OrderedOutput[]): void {
    if (this.#waiting.size === 0) return;
    const order = [...this.#waiting.keys()].sort((a, b) => a - b);
    for (const seq of order) {
      const received = this.#waiting.get(seq);
      if (received === undefined) continue;
      if (seq <= this.#lastDelivered) {
        this.#discard(seq, 'expired', outputs);
        continue;
      }
      if (!this.#delivered.has(seq - received.message.header.dependency)) return;
      this.#forget(seq);
      this.#deliver(received, outputs);
    }
  }

  /** Decides whether the hole in front of the waiting messages can still be filled. */
  #checkHole(outputs: OrderedOutput[], now: number, rtt: number): void {
    if (this.#waiting.size === 0) {
      this.#holeSince = undefined;
      return;
    }
    this.#holeSince ??= now;
    const patience = Math.max(this.#budget, HOLE_PATIENCE_RTTS * rtt);
    const isTooMuch = this.#waiting.size > MAX_WAITING || this.#waitingBytes > MAX_WAITING_BYTES;
    if (this.#inOrder || isTooMuch || this.#isHoleGone() || now - this.#holeSince >= patience) {
      this.counters.gaps += 1;
      this.#loseSync(outputs, now, rtt);
    }
  }

  /** True when the message that the first waiting one needs was abandoned or passed over. */
  #isHoleGone(): boolean {
    const first = Math.min(...this.#waiting.keys());
    const message = this.#waiting.get(first);
    if (message === undefined) return false;
    const needed = first - message.message.header.dependency;
    if (needed <= this.#lastDelivered) return true;
    return this.#abandonedRanges.some((range) => needed >= range.first && needed < range.end);
  }

  #loseSync(outputs: OrderedOutput[], now: number, rtt: number): void {
    for (const seq of [...this.#waiting.keys()]) this.#discard(seq, 'undecodable', outputs);
    this.#holeSince = undefined;
    this.#needsKey = true;
    this.#requestKey(outputs, now, rtt);
  }

  #requestKey(outputs: OrderedOutput[], now: number, rtt: number): void {
    if (now < this.#nextKeyRequestAt) return;
    this.#nextKeyRequestAt = now + keyRequestInterval(rtt);
    this.counters.keyRequests += 1;
    const lastDecoded = this.#lastDelivered < 0 ? undefined : this.#lastDelivered;
    outputs.push({ type: 'keyRequest', lastDecoded });
  }
}

const reasonName = (reason: number): keyof OrderedFlowCounters['abandonedBy'] => {
  if (reason === AbandonReason.deadline) return 'deadline';
  return reason === AbandonReason.superseded ? 'superseded' : 'other';
};

const keyRequestInterval = (rtt: number): number => Math.max(KEY_REQUEST_INTERVAL, rtt);
