import { decodeControl, type ControlUnit } from '../../protocol/control/control-unit.ts';
import { decodeDataUnit } from '../../protocol/data-unit.ts';
import type { AckUnit } from '../../protocol/control/acknowledgement.ts';
import { Reassembler } from '../../protocol/fragment.ts';
import { maxClientFlows, maxClientMessageBytes } from '../../protocol/limits.ts';
import type { Micros } from '../../protocol/time.ts';
import { isDataUnitId } from '../../protocol/unit-id.ts';
import { InboundGuard } from './inbound-guard.ts';
import type { TransportSink } from './transport.ts';

/** Where the units of a peer go. */
export interface UnitInboundSink extends Pick<TransportSink, 'control' | 'message'> {
  acknowledge(unit: AckUnit, now: Micros): void;
  /** Send this back at once. */
  answer(unit: ControlUnit): void;
}

/**
 * Sorts what a peer sends over a wire of whole units: acknowledgements, pings, other control units, and messages put
 * together again from their fragments. Breaches are thrown as ProtocolError. A pure core.
 */
export class UnitInbound {
  readonly #guard: InboundGuard;
  readonly #reassembler = new Reassembler({
    maxMessageBytes: maxClientMessageBytes,
    maxFlows: maxClientFlows,
  });

  constructor(now: Micros) {
    this.#guard = new InboundGuard(now);
  }

  /** Whether the peer was silent for too long. */
  isSilent(now: Micros): boolean {
    return this.#guard.isSilent(now);
  }

  /** Any byte came. */
  heard(now: Micros): void {
    this.#guard.heard(now);
  }

  /** Takes one unit that arrived at `now`; payloads that it hands on are views of it. */
  take(bytes: Uint8Array, sink: UnitInboundSink, now: Micros): void {
    this.#guard.unit(bytes.byteLength, now);
    if (isDataUnitId(bytes[0] ?? 0)) {
      const message = this.#reassembler.push(decodeDataUnit(bytes));
      if (message) sink.message(message);
    } else {
      this.#control(decodeControl(bytes), sink, now);
    }
  }

  #control(unit: ControlUnit, sink: UnitInboundSink, now: Micros): void {
    const admitted = this.#guard.control(unit, now);
    if (admitted.type === 'answer') sink.answer(admitted.unit);
    else if (unit.type === 'ack') sink.acknowledge(unit, now);
    else {
      if (unit.type === 'abandon') this.#reassembler.abandon(unit.flow, unit);
      if (unit.type === 'flowClose') this.#reassembler.abandon(unit.flow);
      sink.control(unit);
    }
  }
}
