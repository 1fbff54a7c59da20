import { cutPayloads, type CodedUnit, type RtpPayload } from './rtp-payload.ts';

/**
 * Cuts each access unit once, however many viewers get it: they share its bytes, and so they do what their packets are made of. What
 * nobody holds any more goes with its bytes.
 */
export class SharedPayloads {
  readonly #cut = new WeakMap<Uint8Array, readonly RtpPayload[]>();

  /** The payloads of an access unit. A picture and its codec never change while its bytes live. */
  of(unit: CodedUnit): readonly RtpPayload[] {
    const known = this.#cut.get(unit.data);
    if (known !== undefined) return known;
    const payloads = cutPayloads(unit);
    this.#cut.set(unit.data, payloads);
    return payloads;
  }
}
