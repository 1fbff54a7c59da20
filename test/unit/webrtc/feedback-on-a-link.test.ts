import { expect, it } from 'vitest';
import { flowId, sequence } from '../../../protocol/flow.ts';
import { micros, micros32, millis, type Micros } from '../../../protocol/time.ts';
import { RateControl } from '../../../server/schedule/rate-control.ts';
import { ReportEstimate } from '../../../server/schedule/report-estimate.ts';
import { PacketWindow } from '../../../server/webrtc/packet-window.ts';
import { SentPackets } from '../../../server/webrtc/sent-packets.ts';
import type { PacketFate } from '../../../server/webrtc/transport-feedback.ts';

const PACKET_BYTES = 1_200;
const PICTURES_PER_SECOND = 30;
const ONE_WAY_US = 10_000;
const DELAY_TARGET = millis(20);

/** A peer's clock is another one. */
const CLOCK_OFFSET_US = 123_456_789;

/** A bottleneck with a queue of any length, and a peer that tells of every packet at an interval. */
class Link {
  readonly #bps: number;
  readonly #lost: () => boolean;
  #freeAt = 0;
  readonly #arrived: { readonly number: number; readonly at: number; readonly isLost: boolean }[] =
    [];

  /** @param loss share of the packets that never arrive */
  constructor(bps: number, loss: number) {
    this.#bps = bps;
    let random = 1;
    this.#lost = () => {
      random = (Math.imul(random, 1_103_515_245) + 12_345) >>> 0;
      return random / 2 ** 32 < loss;
    };
  }

  send(number: number, now: number): void {
    this.#freeAt = Math.max(this.#freeAt, now) + (PACKET_BYTES * 8e6) / this.#bps;
    this.#arrived.push({ number, at: this.#freeAt + ONE_WAY_US, isLost: this.#lost() });
  }

  /** How long a packet that is sent now would wait. */
  queueUs(now: number): number {
    return Math.max(0, this.#freeAt - now);
  }

  /** What the peer has got by now and not told of, with stamps of a quarter of a millisecond. */
  tell(now: number): readonly PacketFate[] {
    const count = this.#arrived.filter(({ at }) => at <= now).length;
    return this.#arrived.splice(0, count).map(({ number, at, isLost }) => ({
      sequence: number % 65_536,
      arrival: isLost
        ? undefined
        : micros32((Math.round(at / 250) * 250 + CLOCK_OFFSET_US) % 2 ** 32),
    }));
  }
}

/** Sends pictures over a link at the rate that its feedback allows; returns rate and queue, second by second. */
function run(linkBps: number, startBps: number, { feedbackMs = 100, loss = 0 } = {}) {
  const link = new Link(linkBps, loss);
  const packets = new SentPackets();
  const window = new PacketWindow();
  const path = new ReportEstimate({ delayTarget: DELAY_TARGET });
  const rate = new RateControl({ delayTarget: DELAY_TARGET, startBps, maxBps: startBps });
  const waiting: { readonly seq: number; readonly isLast: boolean; readonly since: number }[] = [];
  const seconds: { readonly rateBps: number; readonly queueMs: number }[] = [];
  let number = 0;
  let rateBps = startBps;
  for (let ms = 0; ms < 12_000; ms += 1) {
    const now: Micros = micros(ms * 1_000);
    if (ms % Math.round(1_000 / PICTURES_PER_SECOND) === 0) {
      const count = Math.max(1, Math.round(rateBps / PICTURES_PER_SECOND / 8 / PACKET_BYTES));
      const seq = Math.floor(ms / 33);
      for (let at = 1; at <= count; at += 1) waiting.push({ seq, isLast: at === count, since: ms });
    }
    while (
      waiting[0] !== undefined &&
      window.limit(packets.inFlightBytes, now)?.urgentOnly === false
    ) {
      const { seq, isLast } = waiting.shift() ?? { seq: 0, isLast: true };
      const of = { flow: flowId(4), seq: sequence(seq), isLast };
      packets.sent({ bytes: PACKET_BYTES, of, repeat: undefined }, now);
      window.sent(PACKET_BYTES, now);
      link.send(number++, now);
    }
    if (ms % feedbackMs === 0) {
      const { entries, newestArrival, newestSentAt } = packets.arrived(link.tell(now - ONE_WAY_US));
      if (newestSentAt !== undefined) window.told(now);
      if (newestArrival !== undefined && entries.length > 0) {
        path.onReport({ type: 'report', now: newestArrival, entries, values: {} }, now);
      }
    }
    if (ms % 50 !== 0) continue;
    path.onRoundTrip(2 * ONE_WAY_US, now);
    const estimate = path.snapshot(now);
    window.resize(estimate.windowBytes, estimate, now);
    window.setRoundTrip(2 * ONE_WAY_US);
    const videoDelay = micros((ms - (waiting[0]?.since ?? ms)) * 1_000);
    rateBps = rate.tick({ ...estimate, videoDelay, besideBps: 0 }, now).targetBps;
    if (ms % 1_000 === 0) seconds.push({ rateBps, queueMs: link.queueUs(now) / 1_000 });
  }
  return seconds;
}

it.each([50, 100])('the rate finds a narrow link by feedback every %i ms', (feedbackMs) => {
  const settled = run(3e6, 8e6, { feedbackMs }).slice(4);
  for (const { rateBps, queueMs } of settled) {
    expect(rateBps).toBeGreaterThan(1.5e6);
    expect(rateBps).toBeLessThan(3.3e6);
    expect(queueMs).toBeLessThan(150);
  }
});

it('the rate stays where the link carries it', () => {
  for (const { rateBps } of run(50e6, 8e6)) expect(rateBps).toBe(8e6);
});

it.each([0.02, 0.05])('losses of %d alone cost no rate', (loss) => {
  for (const { rateBps } of run(20e6, 8e6, { feedbackMs: 50, loss })) expect(rateBps).toBe(8e6);
});

it('losses do not hide a narrow link', () => {
  for (const { rateBps, queueMs } of run(3e6, 8e6, { loss: 0.02 }).slice(4)) {
    expect(rateBps).toBeGreaterThan(1.5e6);
    expect(rateBps).toBeLessThan(3.3e6);
    expect(queueMs).toBeLessThan(150);
  }
});
