import type { AckUnit } from '../../protocol/control/acknowledgement.ts';
import { ProtocolError } from '../../protocol/errors.ts';
import {
  encodeFragmentFirst,
  encodeFragmentLast,
  encodeFragmentMiddle,
} from '../../protocol/fragment.ts';
import {
  fragmentBytesFor,
  initialWindowBytes,
  minFragmentBytes,
  urgentWindowBytes,
} from '../../protocol/limits.ts';
import { encodeMessage } from '../../protocol/message.ts';
import { fromMicros32, micros, toMicros32, type Micros } from '../../protocol/time.ts';
import { Pacer } from './pacer.ts';
import type { AckSample, Piece, PieceLimit, SendRates } from './transport.ts';

/** Bytes of a fragment that are not payload, as a rule: unit, send stamp, header without extensions, length. */
const HEAD_ALLOWANCE_BYTES = 48;

/** The fewest bytes after which a peer is asked to acknowledge; from the draft, two fragments of 1,400. */
const MIN_ACK_BYTES = 2_800;

/**
 * The window above TCP: how many bytes of data units are written and not acknowledged, what may be written now, and how
 * pieces become units. A pure core.
 */
export class FragmentWindow {
  readonly #pacer = new Pacer();
  #windowBytes = initialWindowBytes;
  #fragmentBytes = minFragmentBytes;
  #sentBytes = 0;
  #acknowledgedBytes = 0;
  #receivedAt: Micros | undefined;

  get inFlightBytes(): number {
    return this.#sentBytes - this.#acknowledgedBytes;
  }

  /** After how many bytes the peer should acknowledge: max(2 fragments, an eighth of the window, 2,800). */
  get ackBytes(): number {
    const eighth = Math.round(this.#windowBytes / 8);
    return Math.max(2 * this.#fragmentBytes, eighth, MIN_ACK_BYTES);
  }

  resize(windowBytes: number, rates: SendRates | undefined, now: Micros): void {
    this.#windowBytes = windowBytes;
    if (rates === undefined) return;
    const { bandwidthBps, capacityBps, standing } = rates;
    this.#pacer.resize(capacityBps, now);
    if (standing !== undefined) this.#pacer.expect(standing, now);
    this.#fragmentBytes = fragmentBytesFor(bandwidthBps);
  }

  /** What may be written now; undefined when nothing may. The last fragment may exceed the window by its size. */
  limit(now: Micros): PieceLimit | undefined {
    const maxBytes = this.#fragmentBytes - HEAD_ALLOWANCE_BYTES;
    if (this.inFlightBytes < this.#windowBytes && this.#pacer.delay(now) === 0) {
      return { maxBytes, urgentOnly: false };
    }
    const urgentWindow = this.#windowBytes + urgentWindowBytes;
    return this.inFlightBytes < urgentWindow ? { maxBytes, urgentOnly: true } : undefined;
  }

  /** Microseconds until the pacer lets the next piece go; 0 when it holds nothing back. */
  delay(now: Micros): number {
    return this.#pacer.delay(now);
  }

  /** The data unit of a piece, counted as sent. */
  encode({ message, offset, bytes, last }: Piece, now: Micros): Uint8Array {
    const { header, payload } = message;
    const sendTime = toMicros32(now);
    const unit =
      offset > 0
        ? (last ? encodeFragmentLast : encodeFragmentMiddle)(sendTime, header.flow, bytes)
        : last
          ? encodeMessage(sendTime, header, bytes)
          : encodeFragmentFirst(sendTime, header, payload.byteLength, bytes);
    this.#sentBytes += unit.byteLength;
    this.#pacer.sent(unit.byteLength, now);
    return unit;
  }

  /**
   * What an ACK tells; undefined for one that acknowledges nothing new.
   *
   * @throws {@link ProtocolError} E_ACK_RANGE when it covers more than was sent.
   */
  acknowledge(unit: AckUnit, now: Micros): AckSample | undefined {
    const { cumulativeBytes } = unit;
    if (cumulativeBytes > this.#sentBytes) {
      const message = `cumBytes: expected at most ${this.#sentBytes} sent bytes, got ${cumulativeBytes}`;
      throw new ProtocolError('E_ACK_RANGE', message);
    }
    const bytes = cumulativeBytes - this.#acknowledgedBytes;
    if (bytes <= 0) return undefined;
    this.#acknowledgedBytes = cumulativeBytes;
    const sentAt = micros(Math.min(now, fromMicros32(unit.echo, now)));
    // The peer's clock may be anywhere in its 32 bits: each stamp is read close to the one before.
    this.#receivedAt = fromMicros32(unit.received, this.#receivedAt ?? now);
    const hold = micros(Math.min(unit.hold, now - sentAt));
    return { bytes, cumulativeBytes, sentAt, receivedAt: this.#receivedAt, hold, now };
  }
}
