import { MAX_WAITING_BYTES } from './connection-bounds.ts';
import type { SendStream } from './webtransport-backend.ts';

/**
 * Our half of the control stream. Units are kept until the client has opened the stream, then written at once; how many
 * bytes the stack has not taken is counted.
 */
export class ControlStream {
  #stream: SendStream | undefined;
  #early: Uint8Array[] = [];
  #waitingBytes = 0;
  #isEnded = false;

  /** True when the client has opened the stream. */
  get isOpen(): boolean {
    return this.#stream !== undefined;
  }

  /** True when the peer takes nothing and more may not be queued. */
  get isOverfull(): boolean {
    return this.#waitingBytes > MAX_WAITING_BYTES;
  }

  /** The client has opened the stream. */
  attach(stream: SendStream): void {
    this.#stream = stream;
    for (const bytes of this.#early.splice(0)) void this.#writeTo(stream, bytes);
  }

  /** Writes a unit with its length before it. */
  write(bytes: Uint8Array): void {
    if (this.#isEnded) return;
    this.#waitingBytes += bytes.length;
    if (this.#stream === undefined) this.#early.push(bytes);
    else void this.#writeTo(this.#stream, bytes);
  }

  /** Writes a last unit and ends the stream. Resolves when the stack has taken it, at once when there is no stream. */
  async end(bytes: Uint8Array): Promise<void> {
    if (this.#isEnded || this.#stream === undefined) return;
    this.#isEnded = true;
    const written = this.#stream.write(bytes);
    this.#stream.finish();
    await written;
  }

  async #writeTo(stream: SendStream, bytes: Uint8Array): Promise<void> {
    await stream.write(bytes);
    this.#waitingBytes -= bytes.length;
  }
}
