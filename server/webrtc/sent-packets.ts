import type { ReportEntry } from '../../protocol/control/report.ts';
import type { FlowId, Sequence } from '../../protocol/flow.ts';
import { micros32Difference, toMicros32, type Micros, type Micros32 } from '../../protocol/time.ts';
import type { PacketFate } from './transport-feedback.ts';

/** The numbers of packets have 16 bits; half of them tell what is older from what is newer. */
const NUMBERS = 0x1_0000;
const HALF = 0x8000;

/** The message that a packet is a part of. */
export interface PacketOf {
  readonly flow: FlowId;
  readonly seq: Sequence;
  /** It is the message's last packet. */
  readonly isLast: boolean;
}

/** A packet's source and number on its track: what a peer that misses it would ask for. */
export interface PacketName {
  readonly ssrc: number;
  /** u16. */
  readonly sequence: number;
}

/** What is sent under a number. */
export interface PacketFacts {
  readonly bytes: number;
  /** Undefined for one that is sent again, and for padding. */
  readonly of: PacketOf | undefined;
  /** Undefined where nobody waits for it. */
  readonly repeat: PacketName | undefined;
}

/** A message that is under way. */
interface Underway {
  readonly flow: FlowId;
  readonly seq: Sequence;
  readonly echo: Micros32;
  /** Packets sent of which the peer has not told. */
  open: number;
  isWhole: boolean;
  bytes: number;
  first: Micros32 | undefined;
  last: Micros32 | undefined;
}

interface SentPacket {
  readonly bytes: number;
  readonly sentAt: Micros;
  readonly message: Underway | undefined;
  readonly repeat: PacketName | undefined;
}

/** What one feedback makes known. */
export interface Arrivals {
  /** Bytes of packets that are not under way any more, lost ones too. */
  readonly settledBytes: number;
  /** When the newest of them was sent; undefined when nothing was settled. */
  readonly newestSentAt: Micros | undefined;
  /** When the newest packet arrived, on the peer's clock. */
  readonly newestArrival: Micros32 | undefined;
  readonly lost: number;
  /** What was lost and was not sent again since. */
  readonly missing: readonly PacketName[];
  /** Messages of which everything is known, in the form of REPORT. */
  readonly entries: readonly ReportEntry[];
}

/**
 * What was sent under numbers of transport-wide congestion control, until the peer has told of it: how much is under way, and what
 * a report of the messages would say. A pure core.
 */
export class SentPackets {
  readonly #sent = new Map<number, SentPacket>();
  /** The newest number under which a packet was sent, by its name. */
  readonly #newest = new Map<number, number>();
  #next = 0;
  #inFlightBytes = 0;
  #current: Underway | undefined;

  /** Bytes of which the peer has not told. */
  get inFlightBytes(): number {
    return this.#inFlightBytes;
  }

  /** When the oldest packet was sent of which the peer has not told; undefined: it has told of all. */
  get oldestSentAt(): Micros | undefined {
    // A map keeps the order in which packets were sent.
    for (const { sentAt } of this.#sent.values()) return sentAt;
    return undefined;
  }

  /** The number of the next packet, u16. */
  get nextSequence(): number {
    return this.#next;
  }

  /** A packet left under `nextSequence`. */
  sent({ bytes, of, repeat }: PacketFacts, now: Micros): void {
    const sequence = this.#next;
    this.#next = (sequence + 1) % NUMBERS;
    // A peer that tells nothing for half of the numbers has lost them.
    this.#drop((sequence + HALF) % NUMBERS);
    const message = of && this.#messageOf(of, now);
    if (message !== undefined) message.open += 1;
    this.#sent.set(sequence, { bytes, sentAt: now, message, repeat });
    if (repeat !== undefined) this.#newest.set(keyOf(repeat), sequence);
    this.#inFlightBytes += bytes;
  }

  /** Takes what the peer says. Numbers that were never sent, or were told of before, mean nothing. */
  arrived(fates: readonly PacketFate[]): Arrivals {
    const before = this.#inFlightBytes;
    const entries: ReportEntry[] = [];
    let newest: SentPacket | undefined;
    let newestArrival: Micros32 | undefined;
    const missing: PacketName[] = [];
    let lost = 0;
    this.#forgetBefore(fates[0]?.sequence, entries);
    for (const { sequence, arrival } of fates) {
      const packet = this.#sent.get(sequence);
      if (packet === undefined) continue;
      newest = packet;
      if (arrival === undefined) lost += 1;
      else newestArrival = arrival;
      if (arrival === undefined && this.#isNewest(sequence, packet) && packet.repeat !== undefined)
        missing.push(packet.repeat);
      this.#settle(sequence, packet, { arrival, entries });
    }
    return {
      settledBytes: before - this.#inFlightBytes,
      newestSentAt: newest?.sentAt,
      newestArrival,
      lost,
      missing,
      entries,
    };
  }

  /** What was sent before a moment counts as told of: nobody waits for it any more. */
  forget(before: Micros): void {
    for (const [sequence, packet] of this.#sent) {
      if (packet.sentAt >= before) return;
      this.#settle(sequence, packet, { arrival: undefined, entries: [] });
    }
  }

  #isNewest(sequence: number, { repeat }: SentPacket): boolean {
    return repeat !== undefined && this.#newest.get(keyOf(repeat)) === sequence;
  }

  #messageOf({ flow, seq, isLast }: PacketOf, now: Micros): Underway {
    const current = this.#current;
    const isSame = current?.flow === flow && current.seq === seq;
    const message: Underway = isSame
      ? current
      : {
          flow,
          seq,
          echo: toMicros32(now),
          open: 0,
          isWhole: false,
          bytes: 0,
          first: undefined,
          last: undefined,
        };
    message.isWhole = isLast;
    this.#current = message;
    return message;
  }

  /** A feedback was lost, or came out of order: what it would have told of is not known, and not under way. */
  #forgetBefore(base: number | undefined, entries: ReportEntry[]): void {
    if (base === undefined) return;
    for (const [sequence, packet] of this.#sent) {
      // A map keeps the order in which packets were sent.
      if ((sequence - base + NUMBERS) % NUMBERS < HALF) return;
      this.#settle(sequence, packet, { arrival: undefined, entries });
    }
  }

  #settle(
    sequence: number,
    packet: SentPacket,
    {
      arrival,
      entries,
    }: { readonly arrival: Micros32 | undefined; readonly entries: ReportEntry[] },
  ): void {
    const { bytes, message, repeat } = packet;
    if (repeat !== undefined && this.#isNewest(sequence, packet))
      this.#newest.delete(keyOf(repeat));
    this.#sent.delete(sequence);
    this.#inFlightBytes -= bytes;
    if (message === undefined) return;
    message.open -= 1;
    if (arrival !== undefined) note(message, bytes, arrival);
    if (message.open > 0 || !message.isWhole) return;
    const { flow, seq, echo, first, last } = message;
    if (first === undefined || last === undefined) return;
    entries.push({ flow, seq, status: 'complete', bytes: message.bytes, echo, first, last });
  }

  #drop(sequence: number): void {
    const packet = this.#sent.get(sequence);
    if (packet !== undefined) this.#settle(sequence, packet, { arrival: undefined, entries: [] });
  }
}

/** A number of 48 bits: texts cost more than all else that is done with a packet here. */
const keyOf = ({ ssrc, sequence }: PacketName): number => ssrc * NUMBERS + sequence;

function note(message: Underway, bytes: number, arrival: Micros32): void {
  const { first, last } = message;
  message.bytes += bytes;
  if (first === undefined || micros32Difference(arrival, first) < 0) message.first = arrival;
  if (last === undefined || micros32Difference(arrival, last) > 0) message.last = arrival;
}
