import { decodeControl, type ControlUnit } from '../../protocol/control/control-unit.ts';
import { decodeDataUnit, type DataUnit } from '../../protocol/data-unit.ts';
import type { FlowId } from '../../protocol/flow.ts';
import { Reassembler } from '../../protocol/fragment.ts';
import { maxMessageBytes, maxServerFlows } from '../../protocol/limits.ts';
import { isDataUnitId } from '../../protocol/unit-id.ts';
import type { TransportSink } from './transport.ts';

/** Looks at each unit before the sink gets it. */
export interface UnitWatch {
  readonly control?: (unit: ControlUnit) => void;
  readonly data?: (unit: DataUnit) => void;
}

/** Takes the units of a transport that brings one in each of its messages, in order, and puts the fragments together. */
export class UnitInbox {
  readonly #reassembler = new Reassembler({ maxMessageBytes, maxFlows: maxServerFlows });
  readonly #watch: UnitWatch;
  /** When the first fragment came of the newest message of each flow. */
  readonly #begunAt = new Map<FlowId, number>();

  constructor(watch: UnitWatch = {}) {
    this.#watch = watch;
  }

  /**
   * @param receivedAt local time, µs
   * @throws ProtocolError for bytes that are no unit
   */
  take(bytes: Uint8Array, receivedAt: number, sink: TransportSink): void {
    sink.received(bytes.length);
    if (!isDataUnitId(bytes[0] ?? 0)) {
      const unit = decodeControl(bytes);
      this.#watch.control?.(unit);
      if (unit.type === 'abandon') this.#reassembler.abandon(unit.flow, unit);
      sink.control(unit);
      return;
    }
    const unit = decodeDataUnit(bytes);
    this.#watch.data?.(unit);
    const complete = this.#reassembler.push(unit);
    if (unit.type === 'fragmentFirst') this.#begunAt.set(unit.header.flow, receivedAt);
    if (complete === undefined) return;
    const isWhole = unit.type === 'message';
    const begunAt = isWhole ? receivedAt : this.#begunAt.get(complete.header.flow);
    sink.message(complete, receivedAt, begunAt ?? receivedAt);
  }
}
