import {
  decodeControl,
  encodeControl,
  type ControlUnit,
} from '../../protocol/control/control-unit.ts';
import { decodeDataUnit } from '../../protocol/data-unit.ts';
import { encodeFragmentFirst, encodeFragmentLast, Reassembler } from '../../protocol/fragment.ts';
import { maxMessageBytes, maxServerFlows } from '../../protocol/limits.ts';
import { encodeMessage, type MessageHeader } from '../../protocol/message.ts';
import { micros, micros32, toMicros32 } from '../../protocol/time.ts';
import { isDataUnitId } from '../../protocol/unit-id.ts';
import {
  ArrivalLog,
  type Arrival,
  type ConformancePeer,
  type PeerClosed,
} from './conformance-peer.ts';

/** A connection that carries whole units, from the client's end. */
export interface UnitClientWire {
  send(unit: Uint8Array): void;
  setReading(isReading: boolean): void;
  close(code: number, reason: string): void;
  vanish(): void;
  readonly closed: Promise<PeerClosed>;
}

/** Payload bytes above which a message of the client goes in two fragments. */
const SPLIT_BYTES = 1000;

/** A peer over a wire of whole units; acknowledges each data unit at once. Feed it with `take`. */
export class UnitPeer implements ConformancePeer {
  readonly #wire: UnitClientWire;
  readonly #log = new ArrivalLog();
  readonly #reassembler = new Reassembler({ maxMessageBytes, maxFlows: maxServerFlows });
  #receivedBytes = 0;

  constructor(wire: UnitClientWire) {
    this.#wire = wire;
    void wire.closed.then((how) => this.#log.end(how));
  }

  get arrivals(): readonly Arrival[] {
    return this.#log.arrivals;
  }

  get closed(): Promise<PeerClosed> {
    return this.#wire.closed;
  }

  /** Bytes of data units that arrived: what an ACK may cover. */
  get receivedBytes(): number {
    return this.#receivedBytes;
  }

  take(bytes: Uint8Array): void {
    if (isDataUnitId(bytes[0] ?? 0)) this.#takeData(bytes);
    else {
      const unit = decodeControl(bytes);
      if (unit.type === 'abandon') this.#reassembler.abandon(unit.flow, unit);
      this.#log.add({ type: 'control', unit });
    }
  }

  until(holds: (arrivals: readonly Arrival[]) => boolean): Promise<void> {
    return this.#log.until(holds);
  }

  sendControl(unit: ControlUnit): void {
    this.#wire.send(encodeControl(unit));
  }

  sendRawControl(bytes: Uint8Array): void {
    this.#wire.send(bytes);
  }

  sendMessage(header: MessageHeader, payload: Uint8Array): void {
    if (payload.byteLength <= SPLIT_BYTES) {
      this.#wire.send(encodeMessage(micros32(0), header, payload));
      return;
    }
    const [head, tail] = [payload.subarray(0, SPLIT_BYTES), payload.subarray(SPLIT_BYTES)];
    this.#wire.send(encodeFragmentFirst(micros32(0), header, payload.byteLength, head));
    this.#wire.send(encodeFragmentLast(micros32(0), header.flow, tail));
  }

  setReading(isReading: boolean): void {
    this.#wire.setReading(isReading);
  }

  close(code: number, reason: string): void {
    this.#wire.close(code, reason);
  }

  vanish(): void {
    this.#wire.vanish();
  }

  #takeData(bytes: Uint8Array): void {
    const unit = decodeDataUnit(bytes);
    this.#receivedBytes += bytes.byteLength;
    const message = this.#reassembler.push(unit);
    if (message) this.#log.add({ type: 'message', message });
    if (unit.type === 'padding') return;
    this.sendControl({
      type: 'ack',
      cumulativeBytes: this.#receivedBytes,
      echo: unit.sendTime,
      received: toMicros32(micros(performance.now() * 1000)),
      hold: micros(0),
    });
  }
}
