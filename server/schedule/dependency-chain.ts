import type { MessageHeader } from '../../protocol/message.ts';
import { KeyframePrice } from './keyframe-price.ts';

/**
 * How far back a dependency may reach, in messages. Beyond it a reference counts as lost: H.264 keeps at most 16
 * reference frames, and a bound keeps the set of lost ones small.
 */
const MAX_DEPENDENCY = 256;

/**
 * What a receiver of a video flow can still decode, given what was dropped. Once a message that others need is lost, it
 * refuses everything up to the next keyframe.
 */
export class DependencyChain {
  readonly #lost = new Set<number>();
  readonly #price = new KeyframePrice();
  #lastKey = -1;
  #awaitingKey = true;

  /** True from the start, and from the loss of a needed message, until a keyframe is admitted. */
  get awaitingKey(): boolean {
    return this.#awaitingKey;
  }

  /** What a keyframe costs: the moving average of their sizes, weight 1/2; 0 before the first. */
  get keyframeBytes(): number {
    return this.#price.bytes;
  }

  /** What the next one will cost of an encoder that is asked for so many bits per second; 0 = unknown. */
  keyframeBytesAt(bps: number): number {
    return this.#price.bytesAt(bps);
  }

  /**
   * Whether the message can be decoded if all that is queued before it arrives. A keyframe starts over.
   *
   * @param bps what its encoder is asked for; 0 = unknown
   */
  admits(header: MessageHeader, bytes: number, bps: number): boolean {
    if (header.key) {
      this.#lastKey = header.seq;
      this.#awaitingKey = false;
      this.#price.seen(bytes, bps);
      return true;
    }
    const reachesBack = header.seq - header.dependency < this.#lastKey;
    return !this.#awaitingKey && !reachesBack && !this.isOrphan(header);
  }

  /** Whether the message depends on one that was lost. */
  isOrphan(header: MessageHeader): boolean {
    if (header.key) return false;
    return header.dependency > MAX_DEPENDENCY || this.#lost.has(header.seq - header.dependency);
  }

  /** A message will not arrive. Without its dependents the chain goes on only if it was discardable. */
  lose(header: MessageHeader): void {
    this.#lost.add(header.seq);
    if (this.#lost.size > MAX_DEPENDENCY) this.#forgetBefore(header.seq - MAX_DEPENDENCY);
  }

  /** The chain is broken: nothing but a keyframe helps. */
  break(): void {
    this.#awaitingKey = true;
  }

  #forgetBefore(seq: number): void {
    for (const lost of this.#lost) if (lost < seq) this.#lost.delete(lost);
  }
}
