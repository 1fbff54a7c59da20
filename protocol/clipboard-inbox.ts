/** The receiving end of a clipboard flow (docs/protocol.md, "Clipboard"). */

import { ByteReader } from './bytes.ts';
import { ProtocolError } from './errors.ts';
import { contentLength } from './figure-extension.ts';
import type { Sequence } from './flow.ts';
import {
  clipboardCreditBytes,
  maxClipboardBytes,
  maxClipboardContentsPerSecond,
  maxClipboardPartBytes,
} from './limits.ts';
import type { MessageHeader } from './message-header.ts';
import type { Micros } from './time.ts';

/** A part as a transport brings it. */
export interface ClipboardMessage {
  readonly header: Pick<MessageHeader, 'seq' | 'key' | 'captureTime' | 'extensions'>;
  readonly payload: Uint8Array;
}

/** A content that came whole, or that its sender could not send. */
export type ReceivedClipboard =
  | {
      readonly type: 'text';
      readonly text: string;
      /** When it was copied, session clock. */
      readonly copiedAt: Micros;
      /** Bytes of its last part: `release` them once it is where it belongs. */
      readonly heldBytes: number;
    }
  /** It is larger than what is carried: only its size came, bytes. */
  | { readonly type: 'tooLarge'; readonly bytes: number; readonly copiedAt: Micros };

/** What one message was good for: a content, if it was the last part of one; and how much more its sender may send, if that is known. */
export interface ClipboardArrival {
  readonly contents: readonly ReceivedClipboard[];
  /** Payload bytes since the flow began that may be sent: for CREDIT. */
  readonly credit: number;
}

/** Parts that may come ahead of one that is missing: on streams they overtake each other, within the credit. */
const MAX_EARLY_PARTS = 64;

interface Incomplete {
  readonly bytes: Uint8Array;
  readonly copiedAt: Micros;
  filled: number;
}

/**
 * Puts the parts of a clipboard flow in order and together. A pure core: holds one content and the credit's worth of parts at most;
 * breaches are thrown as ProtocolError.
 */
export class ClipboardInbox {
  readonly #early = new Map<Sequence, ClipboardMessage>();
  readonly #rate: ContentRate;
  #next = 0;
  #receivedBytes = 0;
  #credit = clipboardCreditBytes;
  #incomplete: Incomplete | undefined;

  /** @param now when the flow was opened, µs of any clock that the other calls use too */
  constructor(now: number) {
    this.#rate = new ContentRate(now);
  }

  /** Payload bytes since the flow began that its sender may send. */
  get credit(): number {
    return this.#credit;
  }

  /**
   * Takes a message.
   *
   * @throws {@link ProtocolError} E_SIZE, E_CREDIT, E_COUNT, E_RATE, E_FRAGMENT, E_RANGE or E_TEXT
   */
  push(message: ClipboardMessage, now: number): ClipboardArrival {
    const { header, payload } = message;
    this.#admit(payload.length);
    const contents: ReceivedClipboard[] = [];
    // A message that was seen is dropped, as on every flow.
    if (header.seq >= this.#next) this.#early.set(header.seq, message);
    if (this.#early.size > MAX_EARLY_PARTS) {
      throw new ProtocolError('E_COUNT', `clipboard: expected part ${this.#next} before so many`);
    }
    for (let next = this.#takeNext(); next !== undefined; next = this.#takeNext()) {
      const content = this.#append(next, now);
      if (content !== undefined) contents.push(content);
      const held = content?.type === 'text' ? content.heldBytes : 0;
      this.#credit += next.payload.length - held;
    }
    return { contents, credit: this.#credit };
  }

  /** A content is where it belongs, or is not wanted: its sender may send that much more. Returns the credit, for CREDIT. */
  release(heldBytes: number): number {
    this.#credit += heldBytes;
    return this.#credit;
  }

  #admit(bytes: number): void {
    if (bytes > maxClipboardPartBytes) {
      const message = `part: expected at most ${maxClipboardPartBytes} bytes, got ${bytes}`;
      throw new ProtocolError('E_SIZE', message);
    }
    this.#receivedBytes += bytes;
    if (this.#receivedBytes > this.#credit) {
      const message = `clipboard: expected at most ${this.#credit} bytes, got ${this.#receivedBytes}`;
      throw new ProtocolError('E_CREDIT', message);
    }
  }

  #takeNext(): ClipboardMessage | undefined {
    const seq = this.#next as Sequence;
    const next = this.#early.get(seq);
    if (next === undefined) return undefined;
    this.#early.delete(seq);
    this.#next += 1;
    return next;
  }

  #append({ header, payload }: ClipboardMessage, now: number): ReceivedClipboard | undefined {
    if (header.key) {
      this.#rate.take(now);
      const bytes = lengthOf(header);
      const { captureTime: copiedAt } = header;
      this.#incomplete = undefined;
      if (bytes > maxClipboardBytes) {
        this.#fill(payload);
        return { type: 'tooLarge', bytes, copiedAt };
      }
      this.#incomplete = { bytes: new Uint8Array(bytes), copiedAt, filled: 0 };
    }
    return this.#fill(payload);
  }

  #fill(payload: Uint8Array): ReceivedClipboard | undefined {
    const content = this.#incomplete;
    const room = content === undefined ? 0 : content.bytes.length - content.filled;
    if (payload.length > room) {
      const message = `part: expected at most ${room} bytes, got ${payload.length}`;
      throw new ProtocolError('E_FRAGMENT', message);
    }
    if (content === undefined) return undefined;
    content.bytes.set(payload, content.filled);
    content.filled += payload.length;
    if (content.filled < content.bytes.length) return undefined;
    this.#incomplete = undefined;
    const { bytes, copiedAt } = content;
    const text = new ByteReader(bytes).utf8(bytes.length, 'clipboard');
    return { type: 'text', text, copiedAt, heldBytes: payload.length };
  }
}

function lengthOf({ extensions }: ClipboardMessage['header']): number {
  const length = contentLength.read(extensions);
  if (length === undefined) {
    throw new ProtocolError('E_RANGE', 'contentLength: expected one on a key, got none');
  }
  return length;
}

/** Seconds of the rate that may come at once: a path that stalls delivers afterwards all at once. */
const BURST_SECONDS = 5;

/** A token bucket of contents. */
class ContentRate {
  #tokens = maxClipboardContentsPerSecond * BURST_SECONDS;
  #filledAt: number;

  constructor(now: number) {
    this.#filledAt = now;
  }

  take(now: number): void {
    const earned = ((now - this.#filledAt) / 1e6) * maxClipboardContentsPerSecond;
    const most = maxClipboardContentsPerSecond * BURST_SECONDS;
    this.#tokens = Math.min(most, this.#tokens + Math.max(0, earned)) - 1;
    this.#filledAt = now;
    if (this.#tokens < 0) {
      const message = `clipboard: expected at most ${maxClipboardContentsPerSecond} contents per second`;
      throw new ProtocolError('E_RATE', message);
    }
  }
}
