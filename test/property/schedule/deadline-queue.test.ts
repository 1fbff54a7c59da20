import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Priority, type FlowId } from '../../../protocol/flow.ts';
import { DeadlineQueue } from '../../../server/schedule/deadline-queue.ts';
import { finishByUs } from '../../../server/schedule/drop-policy.ts';
import { videoBoundBytes, type QueueBounds } from '../../../server/schedule/queue-bounds.ts';
import type { OutboundMessage, Piece } from '../../../server/transport/transport.ts';
import { AUDIO, BULK, CURSOR, link, message, ms, VIDEO } from '../../unit/schedule/messages.ts';

/** Small bounds, so that short runs reach them. */
const bounds: QueueBounds = {
  maxBytes: 60_000,
  maxVideoMs: 500,
  maxMessages: 40,
  videoFloorBytes: 20_000,
};

const priorities = new Map<FlowId, number>([
  [AUDIO, Priority.audio],
  [VIDEO, Priority.videoBase],
  [CURSOR, Priority.interface],
  [BULK, Priority.bulk],
]);

type Step =
  | {
      readonly type: 'push';
      readonly flow: FlowId;
      readonly bytes: number;
      readonly budget: number;
      readonly key: boolean;
      readonly discardable: boolean;
      readonly dependency: number;
    }
  | { readonly type: 'next'; readonly maxBytes: number; readonly urgentOnly: boolean }
  | { readonly type: 'wait'; readonly ms: number }
  | { readonly type: 'link'; readonly bps: number };

const push = fc.record({
  type: fc.constant('push' as const),
  flow: fc.constantFrom(VIDEO, VIDEO, VIDEO, AUDIO, CURSOR, BULK),
  bytes: fc.oneof(fc.nat(200), fc.nat(12_000), fc.integer({ min: 0, max: 70_000 })),
  budget: fc.constantFrom(0, 20, 100, 150, 1000),
  key: fc.integer({ min: 0, max: 7 }).map((value) => value === 0),
  discardable: fc.boolean(),
  dependency: fc.integer({ min: 1, max: 4 }),
});
const next = fc.record({
  type: fc.constant('next' as const),
  maxBytes: fc.constantFrom(1200, 5000, 16_384),
  urgentOnly: fc.integer({ min: 0, max: 9 }).map((value) => value === 0),
});
const wait = fc.record({ type: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 60 }) });
const linkChange = fc.record({
  type: fc.constant('link' as const),
  bps: fc.constantFrom(0, 200_000, 2_000_000, 20_000_000),
});
const steps = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: push },
    { weight: 5, arbitrary: next },
    { weight: 3, arbitrary: wait },
    { weight: 1, arbitrary: linkChange },
  ),
  { minLength: 1, maxLength: 120 },
);

/** What a run of steps did, as an outside observer sees it. */
interface Sent {
  readonly piece: Piece;
  readonly at: number;
}

/** Drives a queue and checks after every step what must hold at any time. */
class Run {
  readonly queue = new DeadlineQueue({ bounds });
  readonly sent: Sent[] = [];
  readonly abandoned = new Map<FlowId, Set<number>>();
  readonly pushed: OutboundMessage[] = [];
  now = 0;
  bps = 0;
  readonly #seqs = new Map<FlowId, number>();
  #keyframeBytes = 0;

  constructor() {
    for (const [flow, priority] of priorities) {
      const kind = { [AUDIO]: 'audio', [VIDEO]: 'video', [CURSOR]: 'cursor' } as const;
      const name = kind[flow as keyof typeof kind];
      this.queue.openFlow(flow, { kind: name ?? 'bulk', priority });
    }
  }

  take(step: Step): void {
    if (step.type === 'wait') this.now += step.ms;
    else if (step.type === 'link') this.#setLink(step.bps);
    else if (step.type === 'next') this.#next(step.maxBytes, step.urgentOnly);
    else this.#push(step);
    this.#collectAbandoned();
    this.#checkBounds();
  }

  /** Takes everything that is left, at this moment. */
  finish(): void {
    for (let left = 0; ; left++) {
      if (left > 10_000) throw new Error('the queue never empties');
      const before = this.sent.length;
      this.#next(16_384, false);
      this.#collectAbandoned();
      if (this.sent.length === before) return;
    }
  }

  #setLink(bps: number): void {
    this.bps = bps;
    this.queue.updateLink({ ...link(bps), isAcknowledged: false });
    this.queue.setEncoderRate(bps);
  }

  #push(step: Extract<Step, { type: 'push' }>): void {
    const seq = this.#seqs.get(step.flow) ?? 0;
    this.#seqs.set(step.flow, seq + 1);
    const isVideo = step.flow === VIDEO;
    const made = message(seq, {
      flow: step.flow,
      bytes: step.bytes,
      budget: step.budget,
      capture: ms(this.now),
      key: !isVideo || step.key || seq === 0,
      discardable: isVideo && step.discardable && !step.key && seq !== 0,
      dependency: Math.min(step.dependency, Math.max(1, seq)),
    });
    if (isVideo && made.header.key) {
      this.#keyframeBytes =
        this.#keyframeBytes === 0 ? step.bytes : (this.#keyframeBytes + step.bytes) / 2;
    }
    this.pushed.push(made);
    this.queue.push(made, ms(this.now));
  }

  #next(maxBytes: number, urgentOnly: boolean): void {
    const piece = this.queue.next(ms(this.now), { maxBytes, urgentOnly });
    if (!piece) return;
    expect(piece.bytes.byteLength).toBeLessThanOrEqual(maxBytes);
    if (urgentOnly) expect(piece.message.header.flow).toBe(AUDIO);
    this.sent.push({ piece, at: this.now * 1000 });
  }

  #collectAbandoned(): void {
    for (const { flow, first, count } of this.queue.takeAbandoned()) {
      const known = this.abandoned.get(flow) ?? new Set<number>();
      for (let seq = first as number; seq < first + count; seq++) {
        expect(known.has(seq), `flow ${flow} seq ${seq} abandoned once`).toBe(false);
        known.add(seq);
      }
      this.abandoned.set(flow, known);
    }
  }

  #checkBounds(): void {
    expect(this.queue.queuedBytes).toBeLessThanOrEqual(bounds.maxBytes);
    if (this.bps === 0) return;
    // Bandwidth that shrinks shrinks the bound of what comes, not of what waits: allow for what was admitted before.
    const video = (this.queue.videoDelay() * this.bps) / 8e6;
    const widest = videoBoundBytes(
      bounds,
      { bandwidthBps: 20_000_000, minRttUs: 0 },
      this.#keyframeBytes,
    );
    expect(video).toBeLessThanOrEqual(widest + 1);
  }
}

/** Rare combinations, such as a reference that expires in front of its dependents, need many runs. */
const manyRuns = { numRuns: 1_000 };

const run = (list: readonly Step[]): Run => {
  const done = new Run();
  for (const step of list) done.take(step);
  done.finish();
  return done;
};

const identity = ({ message: { header } }: Piece): string => `${header.flow}/${header.seq}`;

test('pieces of a message come in order, without gaps, one message of a flow at a time', () => {
  fc.assert(
    fc.property(steps, (list) => {
      const open = new Map<FlowId, { seq: number; offset: number }>();
      const { sent, abandoned } = run(list);
      for (const { piece } of sent) {
        const { flow, seq } = piece.message.header;
        const current = open.get(flow);
        if (piece.offset === 0) {
          if (current) expect(abandoned.get(flow)?.has(current.seq)).toBe(true);
          if (current) expect(seq).toBeGreaterThan(current.seq);
        } else {
          expect(current).toEqual({ seq, offset: piece.offset });
        }
        const offset = piece.offset + piece.bytes.byteLength;
        expect(piece.last).toBe(offset === piece.message.payload.byteLength);
        if (piece.last) open.delete(flow);
        else open.set(flow, { seq, offset });
      }
    }),
    manyRuns,
  );
});

test('every message is either sent whole or abandoned, never both', () => {
  fc.assert(
    fc.property(steps, (list) => {
      const { sent, pushed, abandoned } = run(list);
      const whole = new Set(
        sent.filter(({ piece }) => piece.last).map(({ piece }) => identity(piece)),
      );
      for (const { header } of pushed) {
        const isWhole = whole.has(`${header.flow}/${header.seq}`);
        const isAbandoned = abandoned.get(header.flow)?.has(header.seq) ?? false;
        expect(isWhole, `flow ${header.flow} seq ${header.seq}`).toBe(!isAbandoned);
      }
    }),
    manyRuns,
  );
});

test('nothing begins past its finishing time unless LATE; discardable frames and audio never go on past it', () => {
  fc.assert(
    fc.property(steps, (list) => {
      for (const { piece, at } of run(list).sent) {
        const { header } = piece.message;
        const finishBy = finishByUs(header.captureTime, header.budget, {
          bandwidthBps: 0,
          minRttUs: 0,
        });
        if (at <= finishBy) continue;
        const isPerishable = header.flow === AUDIO || (header.discardable && !header.key);
        expect(isPerishable).toBe(false);
        if (piece.offset === 0) expect(header.late).toBe(true);
      }
    }),
    manyRuns,
  );
});

test('what is sent whole can be decoded: its dependency was sent whole before it', () => {
  fc.assert(
    fc.property(steps, (list) => {
      const decoded = new Set<number>();
      for (const { piece } of run(list).sent) {
        const { header } = piece.message;
        if (header.flow !== VIDEO || !piece.last) continue;
        if (!header.key) expect(decoded).toContain(header.seq - header.dependency);
        decoded.add(header.seq);
      }
    }),
    manyRuns,
  );
});

test('a higher priority always goes first, but for the 5 % of the low ones', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom(AUDIO, VIDEO), fc.nat(5000))), (list) => {
      const done = new Run();
      for (const [flow, bytes] of list) {
        done.take({
          type: 'push',
          flow,
          bytes,
          budget: 0,
          key: false,
          discardable: false,
          dependency: 1,
        });
      }
      done.finish();
      const flows = done.sent.map(({ piece }) => piece.message.header.flow);
      expect(flows).toEqual(
        [...flows].sort((a, b) => (priorities.get(b) ?? 0) - (priorities.get(a) ?? 0)),
      );
    }),
  );
});

test('bulk gets 5 % of what is sent while video never pauses, give or take a piece, and no more', () => {
  const rounds = fc.integer({ min: 1, max: 60 });
  fc.assert(
    fc.property(rounds, fc.constantFrom(500, 1200, 4000), (count, maxBytes) => {
      const queue = new DeadlineQueue();
      queue.openFlow(VIDEO, { kind: 'video', priority: Priority.videoBase });
      queue.openFlow(BULK, { kind: 'bulk', priority: Priority.bulk });
      queue.push(message(0, { flow: BULK, bytes: 1_000_000, budget: 0 }), ms(0));
      let bulk = 0;
      let total = 0;
      for (let seq = 0; seq < count; seq++) {
        queue.push(message(seq, { key: seq === 0, bytes: 20_000, budget: 0 }), ms(0));
        while (total < (seq + 1) * 15_000) {
          const piece = queue.next(ms(0), { maxBytes, urgentOnly: false });
          if (!piece) throw new Error('queue ran empty');
          total += piece.bytes.byteLength;
          if (piece.message.header.flow === BULK) bulk += piece.bytes.byteLength;
        }
      }
      expect(bulk).toBeGreaterThanOrEqual(0.05 * total - maxBytes);
      expect(bulk).toBeLessThanOrEqual(0.05 * total + maxBytes);
    }),
  );
});
