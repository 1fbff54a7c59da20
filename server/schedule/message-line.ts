import type { MessageHeader } from '../../protocol/message.ts';
import type { Micros, Millis } from '../../protocol/time.ts';
import type { OutboundMessage, Piece } from '../transport/transport.ts';
import { finishByUs, type DropLink, type DropReason } from './drop-policy.ts';

/** A message that waits, or of which a part was sent. */
export interface Waiting {
  readonly header: MessageHeader;
  readonly remainingBytes: number;
  /** True once the first piece was taken; the header is final from then on. */
  readonly begun: boolean;
  /** Until when others want it finished: infinite, or a moment after a newer keyframe was queued. */
  readonly supersededBy: number;
  /** When it came into the line. */
  readonly queuedAt: Micros;
}

/** Told of each message that will not be sent to its end. */
export type DropSink = (header: MessageHeader, reason: DropReason, begun: boolean) => void;

interface Entry {
  message: OutboundMessage;
  sent: number;
  begun: boolean;
  supersededBy: number;
  readonly queuedAt: Micros;
}

const view = ({ message, sent, begun, supersededBy, queuedAt }: Entry): Waiting => ({
  header: message.header,
  remainingBytes: message.payload.byteLength - sent,
  begun,
  supersededBy,
  queuedAt,
});

/** When a message must be finished, by its budget as it stands; session clock, Infinity without a budget. */
export const finishBy = (header: MessageHeader, link: DropLink): number =>
  finishByUs(header.captureTime, header.budget, link);

/**
 * The messages of one flow, first in, first out, of which at most the first is begun. Mechanism only: what is dropped and
 * when is decided by the flow's discipline.
 */
export class MessageLine {
  readonly #dropped: DropSink;
  #entries: Entry[] = [];
  #bytes = 0;

  constructor(dropped: DropSink) {
    this.#dropped = dropped;
  }

  /** Unsent payload bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  get length(): number {
    return this.#entries.length;
  }

  /** Unsent bytes of the first message; undefined when the line is empty. */
  get headBytes(): number | undefined {
    const head = this.#entries[0];
    return head && head.message.payload.byteLength - head.sent;
  }

  /** A picture of the line, first to last. */
  waiting(): readonly Waiting[] {
    return this.#entries.map(view);
  }

  append(message: OutboundMessage, queuedAt: Micros): void {
    this.#entries.push({ message, sent: 0, begun: false, supersededBy: Infinity, queuedAt });
    this.#bytes += message.payload.byteLength;
  }

  /** Reports a message as dropped that never entered the line. */
  refuse(message: OutboundMessage, reason: DropReason): void {
    this.#dropped(message.header, reason, false);
  }

  /** Drops all messages that `chosen` picks, first to last; it may keep state. */
  drop(reason: DropReason, chosen: (waiting: Waiting, index: number) => boolean): void {
    this.#entries = this.#entries.filter((entry, index) => {
      if (!chosen(view(entry), index)) return true;
      this.#bytes -= entry.message.payload.byteLength - entry.sent;
      this.#dropped(entry.message.header, reason, entry.begun);
      return false;
    });
  }

  /** Asks for everything now waiting to be finished by `moment`. */
  supersede(moment: number): void {
    for (const entry of this.#entries) {
      entry.supersededBy = Math.min(entry.supersededBy, moment);
    }
  }

  /** Gives waiting messages from `first` on another budget; a begun one keeps the header that was sent. */
  revise(first: number, count: number, budget: Millis): void {
    for (const entry of this.#entries) {
      const { header, payload } = entry.message;
      if (entry.begun || header.seq < first || header.seq >= first + count) continue;
      entry.message = { header: { ...header, budget }, payload };
    }
  }

  /** Takes the next piece of the first message, which becomes final: LATE is set when it is past its finishing time. */
  take(maxBytes: number, now: Micros, link: DropLink): Piece | undefined {
    const head = this.#entries[0];
    if (!head) return undefined;
    if (!head.begun) {
      head.begun = true;
      const { header, payload } = head.message;
      if (!header.late && now > finishBy(header, link)) {
        head.message = { header: { ...header, late: true }, payload };
      }
    }
    const { message, sent } = head;
    const bytes = message.payload.subarray(sent, sent + maxBytes);
    head.sent += bytes.byteLength;
    this.#bytes -= bytes.byteLength;
    const last = head.sent === message.payload.byteLength;
    if (last) this.#entries.shift();
    return { message, offset: sent, bytes, last };
  }
}
