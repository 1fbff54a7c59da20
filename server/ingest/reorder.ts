import type { FaultCounters } from './faults.ts';
import type { RtpPacket } from './rtp-packet.ts';

/** A packet in its place, with the number of packets before it that never came. */
export interface OrderedPacket {
  readonly packet: RtpPacket;
  readonly lostBefore: number;
}

/** Most packets held back while one is missing; with 64 KB chunks behind them, 2 MB. */
const MAX_HELD = 32;

/** Longest time that a packet is held back, in nanoseconds: one frame at 60 fps, and a little. */
const MAX_HELD_NS = 20_000_000n;

/** A step further than this is a new sequence, not loss: 2,000 packets are some 10 s of stream. */
const MAX_STEP = 2_000;

/** This many late packets in a row mean that the sequence began anew behind where it was. */
const MAX_LATE_RUN = 16;

/**
 * Puts packets into the order of their sequence numbers. A pipe keeps the order, so that nothing is ever held back; a
 * network source may not. Bounded in packets and in time, which is an argument.
 */
export class ReorderBuffer {
  readonly #faults: FaultCounters;
  readonly #held = new Map<number, { readonly packet: RtpPacket; readonly arrivedAt: bigint }>();
  #expected: number | undefined;
  #lateRun = 0;

  constructor(faults: FaultCounters) {
    this.#faults = faults;
  }

  /** Takes one packet; returns those that are now in order. */
  push(packet: RtpPacket, nowNs: bigint): readonly OrderedPacket[] {
    const step = (packet.sequence - (this.#expected ?? packet.sequence)) & 0xffff;
    if (step === 0 && this.#held.size === 0) {
      this.#accept(packet.sequence);
      return [{ packet, lostBefore: 0 }];
    }
    const ordered: OrderedPacket[] = [];
    if (step >= 0x8000) {
      this.#late(packet, ordered);
    } else if (step > MAX_STEP) {
      this.#jump(packet, ordered);
    } else if (this.#held.has(packet.sequence)) {
      this.#faults.latePackets += 1;
    } else {
      this.#lateRun = 0;
      this.#held.set(packet.sequence, { packet, arrivedAt: nowNs });
      this.#release(ordered, 0);
      while (this.#isOverdue(nowNs)) this.#giveUp(ordered);
    }
    return ordered;
  }

  /** Forgets everything; the next packet begins a sequence. */
  reset(): void {
    this.#held.clear();
    this.#expected = undefined;
    this.#lateRun = 0;
  }

  #accept(sequence: number): void {
    this.#expected = (sequence + 1) & 0xffff;
    this.#lateRun = 0;
  }

  #late(packet: RtpPacket, ordered: OrderedPacket[]): void {
    this.#lateRun += 1;
    if (this.#lateRun < MAX_LATE_RUN) this.#faults.latePackets += 1;
    else this.#jump(packet, ordered);
  }

  /** Starts anew at `packet`. How many were lost cannot be known: at least one. */
  #jump(packet: RtpPacket, ordered: OrderedPacket[]): void {
    this.#faults.sequenceJumps += 1;
    while (this.#held.size > 0) this.#giveUp(ordered);
    this.#accept(packet.sequence);
    ordered.push({ packet, lostBefore: 1 });
  }

  /** Hands out what follows without a gap. */
  #release(ordered: OrderedPacket[], lostBefore: number): void {
    let lost = lostBefore;
    for (;;) {
      const next = this.#expected === undefined ? undefined : this.#held.get(this.#expected);
      if (next === undefined) return;
      this.#held.delete(next.packet.sequence);
      this.#accept(next.packet.sequence);
      ordered.push({ packet: next.packet, lostBefore: lost });
      lost = 0;
    }
  }

  /** Counts the missing packets as lost and goes on behind the gap. */
  #giveUp(ordered: OrderedPacket[]): void {
    const expected = this.#expected ?? 0;
    let gap = 0xffff;
    for (const sequence of this.#held.keys()) gap = Math.min(gap, (sequence - expected) & 0xffff);
    this.#faults.lostPackets += gap;
    this.#expected = (expected + gap) & 0xffff;
    this.#release(ordered, gap);
  }

  #isOverdue(nowNs: bigint): boolean {
    if (this.#held.size > MAX_HELD) return true;
    // A map keeps the order of insertion: the first entry is the oldest.
    const oldest = this.#held.values().next();
    return oldest.done !== true && nowNs - oldest.value.arrivedAt > MAX_HELD_NS;
  }
}
