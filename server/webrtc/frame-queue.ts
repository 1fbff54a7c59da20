/**
 * What becomes of a frame while the other side does not read: of media the newest counts, so that the oldest gives way; what must not
 * be lost waits, within a bound for each peer; the end of a peer, said once, always has room.
 */
export type FrameRule = 'newest' | 'lossless' | 'final';

/** Bytes of media that may wait: a keyframe of 200 KB for each of ten viewers. */
export const MAX_MEDIA_BYTES = 2 * 1024 * 1024;

/** What a frame costs beside its bytes: the objects around it (a guess). */
const OVERHEAD_BYTES = 64;

/** Bytes for one peer that must not be lost and may wait: four times what a transport lets wait for its peer before it closes. */
export const MAX_LOSSLESS_BYTES = 1024 * 1024;

interface Waiting {
  readonly peer: number;
  readonly frame: Buffer;
}

/** Frames that wait to be written. What must not be lost goes first: there is little of it. A pure core. */
export class FrameQueue {
  readonly #lossless: Waiting[] = [];
  readonly #media: Waiting[] = [];
  /** Of each peer for which something waits that must not be lost. */
  readonly #losslessBytes = new Map<number, number>();
  #mediaBytes = 0;

  get isEmpty(): boolean {
    return this.#lossless.length === 0 && this.#media.length === 0;
  }

  /** Returns false for a frame that must not be lost and has no room: its peer has to be closed. */
  push(peer: number, frame: Buffer, rule: FrameRule): boolean {
    if (rule !== 'newest') return this.#keep(peer, frame, rule);
    this.#media.push({ peer, frame });
    this.#mediaBytes += sizeOf(frame);
    while (this.#mediaBytes > MAX_MEDIA_BYTES) this.#nextMedia();
    return true;
  }

  /** Takes frames of at least `bytes` together, or all that wait. */
  take(bytes: number): readonly Buffer[] {
    const taken: Buffer[] = [];
    let size = 0;
    while (size < bytes) {
      const frame = this.#nextLossless() ?? this.#nextMedia();
      if (frame === undefined) break;
      taken.push(frame);
      size += frame.byteLength;
    }
    return taken;
  }

  #keep(peer: number, frame: Buffer, rule: FrameRule): boolean {
    const bytes = (this.#losslessBytes.get(peer) ?? 0) + sizeOf(frame);
    if (bytes > MAX_LOSSLESS_BYTES && rule !== 'final') return false;
    this.#losslessBytes.set(peer, bytes);
    this.#lossless.push({ peer, frame });
    return true;
  }

  #nextLossless(): Buffer | undefined {
    const next = this.#lossless.shift();
    if (next === undefined) return undefined;
    const left = (this.#losslessBytes.get(next.peer) ?? 0) - sizeOf(next.frame);
    if (left > 0) this.#losslessBytes.set(next.peer, left);
    else this.#losslessBytes.delete(next.peer);
    return next.frame;
  }

  #nextMedia(): Buffer | undefined {
    const next = this.#media.shift();
    if (next === undefined) return undefined;
    this.#mediaBytes -= sizeOf(next.frame);
    return next.frame;
  }
}

function sizeOf(frame: Buffer): number {
  return frame.byteLength + OVERHEAD_BYTES;
}
