/** The sending end of a clipboard flow (docs/protocol.md, "Clipboard"). */

import { encodeText } from './bytes.ts';
import type { Extension } from './extension.ts';
import { contentLength } from './figure-extension.ts';
import { maxClipboardBytes, maxClipboardPartBytes } from './limits.ts';
import type { Micros } from './time.ts';

/** The media type of a clipboard flow; the only one so far. */
export const clipboardType = 'text/plain;charset=utf-8';

/** The next message of the flow, as far as its content decides it. */
export interface ClipboardPart {
  readonly key: boolean;
  /** When the content was copied, session clock. */
  readonly captureTime: Micros;
  readonly extensions: readonly Extension[];
  readonly payload: Uint8Array<ArrayBuffer>;
}

interface Content {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** What the KEY announces; more than `bytes` has where the content is too large to be sent. */
  readonly length: number;
  readonly copiedAt: Micros;
  /** Bytes of it that were sent; undefined before the KEY. */
  sent: number | undefined;
}

/** Cuts contents into parts, no faster than the receiver's credit. A pure core; a newer content ends an older one. */
export class ClipboardOutbox {
  #content: Content | undefined;
  #sentBytes = 0;
  /** Undefined until FLOW_ACCEPT. */
  #credit: number | undefined;
  #firstCredit = 0;

  /** FLOW_ACCEPT; 0: without credit control. Once. */
  accepted(credit: number): void {
    if (this.#credit !== undefined) return;
    this.#credit = credit === 0 ? Infinity : credit;
    this.#firstCredit = this.#credit;
  }

  /** CREDIT; a smaller one than before has no effect. */
  credited(absoluteBytes: number): void {
    if (this.#credit !== undefined) this.#credit = Math.max(this.#credit, absoluteBytes);
  }

  /** A text is to be sent instead of what has not been. It is not empty; one of more than 1 MiB is announced only. */
  offer(text: string, copiedAt: Micros): void {
    const bytes = encodeText(text);
    if (bytes.length > maxClipboardBytes) this.refuse(bytes.length, copiedAt);
    else this.#content = { bytes, length: bytes.length, copiedAt, sent: undefined };
  }

  /** A content of so many bytes is too large to be sent, which is told instead. */
  refuse(length: number, copiedAt: Micros): void {
    this.#content = { bytes: new Uint8Array(0), length, copiedAt, sent: undefined };
  }

  /** The part that may go now; it counts as sent. */
  next(): ClipboardPart | undefined {
    const content = this.#content;
    if (content === undefined || this.#credit === undefined) return undefined;
    const { bytes, copiedAt: captureTime, length, sent = 0 } = content;
    const payload = bytes.subarray(sent, sent + maxClipboardPartBytes);
    if (this.#sentBytes + payload.length > this.#credit) return undefined;
    const key = content.sent === undefined;
    content.sent = sent + payload.length;
    this.#sentBytes += payload.length;
    if (content.sent === bytes.length) this.#content = undefined;
    return { key, captureTime, extensions: key ? [contentLength.write(length)] : [], payload };
  }

  /** Whether the receiver takes contents. */
  get isOpen(): boolean {
    return this.#credit !== undefined;
  }

  /** Whether everything that was offered has been sent, and is where it belongs. */
  get isSettled(): boolean {
    if (this.#content !== undefined) return false;
    return this.#credit === Infinity || this.#credit === this.#firstCredit + this.#sentBytes;
  }

  /** Bytes that the receiver has acknowledged and those that were sent: they grow while there is progress. */
  get progress(): number {
    return this.#sentBytes + (this.#credit ?? 0);
  }
}
