import { GenericNack, RtcpTransportLayerFeedback, type RtpPacket } from 'werift';
import type { WeriftPeer } from './werift-peer.ts';

/** Numbers of packets come round. */
const ROUND = 0x1_0000;

/** Packets named in one report, which stays within one datagram. */
const MAX_NAMED = 60;

/** Type of a packet of several NAL units (RFC 6184, section 5.7.1): a keyframe begins with its parameter sets in one. */
const STAP_A = 24;

/**
 * Knows which packets of a picture's track are missing, and asks for them as a browser does: at once when a gap shows (RFC 4585,
 * section 6.2.1). What came before a keyframe is missed no more.
 */
export class GapWitness {
  readonly #peer: WeriftPeer;
  readonly #missing = new Set<number>();
  #repaired = 0;
  #forgiven = 0;
  /** Counted on past the end of a round. */
  #highest: number | undefined;
  #source = 0;

  constructor(peer: WeriftPeer) {
    this.#peer = peer;
  }

  /** The newest number so far; undefined before the first packet. */
  get highest(): number | undefined {
    return this.#highest;
  }

  /** Packets that were missing and came after all. */
  get repaired(): number {
    return this.#repaired;
  }

  /** Packets that never came, and that a keyframe made worthless. */
  get forgiven(): number {
    return this.#forgiven;
  }

  get isWhole(): boolean {
    return this.#missing.size === 0;
  }

  take({ header, payload }: RtpPacket): void {
    this.#source = header.ssrc;
    const highest = this.#highest ?? header.sequenceNumber - 1;
    const step =
      ((((header.sequenceNumber - highest) % ROUND) + ROUND + ROUND / 2) % ROUND) - ROUND / 2;
    const number = highest + step;
    if (this.#missing.delete(number)) this.#repaired += 1;
    if (((payload[0] ?? 0) & 0x1f) === STAP_A) {
      const earlier = [...this.#missing].filter((one) => one < number);
      for (const one of earlier) this.#missing.delete(one);
      this.#forgiven += earlier.length;
    }
    if (step <= 0) return;
    for (let gap = highest + 1; gap < number; gap += 1) this.#missing.add(gap);
    this.#highest = number;
    if (step > 1) this.ask();
  }

  /** Asks for everything that is missing. */
  ask(): void {
    const named = [...this.#missing].slice(0, MAX_NAMED).map(
      (number) =>
        new RtcpTransportLayerFeedback({
          feedback: new GenericNack({
            senderSsrc: 1,
            mediaSourceSsrc: this.#source,
            lost: [number % ROUND],
          }),
        }),
    );
    if (named.length > 0) void this.#peer.transport.sendRtcp(named);
  }
}
