import {
  decodeControl,
  encodeControl,
  type ControlUnit,
} from '../../../protocol/control/control-unit.ts';
import type { RateUnit } from '../../../protocol/control/report.ts';
import { Reassembler } from '../../../protocol/fragment.ts';
import { decodeDataUnit } from '../../../protocol/message.ts';
import { micros, toMicros32, type Micros } from '../../../protocol/time.ts';
import { isDataUnitId } from '../../../protocol/unit-id.ts';
import type { MemoryClient } from '../../../server/transport/memory.ts';

/** The path between a server and a client in memory: one bottleneck of any depth, and a delay. */
export interface SlowPath {
  capacityBps: number;
  readonly oneWayUs: number;
}

/** A picture that has arrived whole. */
export interface Picture {
  readonly capturedAt: number;
  readonly latencyUs: number;
}

/** A client behind a slow path: what the server wrote reaches it later, and so do its acknowledgements. */
export class SlowClient {
  readonly pictures: Picture[] = [];
  readonly rates: { readonly at: number; readonly unit: RateUnit }[] = [];
  readonly #wire: MemoryClient;
  readonly #path: SlowPath;
  readonly #now: () => Micros;
  readonly #reassembler = new Reassembler({ maxMessageBytes: 8 << 20, maxFlows: 16 });
  #underway: { readonly at: number; readonly bytes: Uint8Array }[] = [];
  #answers: { readonly at: number; readonly unit: ControlUnit }[] = [];
  #freeAt = 0;
  #received = 0;

  constructor(wire: MemoryClient, path: SlowPath, now: () => Micros) {
    this.#wire = wire;
    this.#path = path;
    this.#now = now;
    wire.receive((unit) => this.#enter(Uint8Array.from(unit)));
    const hello = { versions: [1], video: [], audio: [], mode: 'balanced' } as const;
    this.send({ type: 'hello', hello });
  }

  send(unit: ControlUnit): void {
    this.#wire.send(encodeControl(unit));
  }

  /** Lets time pass; call it at least every millisecond. */
  advance(): void {
    const now = this.#now();
    while ((this.#underway[0]?.at ?? Infinity) <= now) {
      const first = this.#underway.shift();
      if (first) this.#arrive(first.bytes, now);
    }
    const due = this.#answers.filter(({ at }) => at <= now);
    this.#answers = this.#answers.filter(({ at }) => at > now);
    for (const { unit } of due) this.send(unit);
  }

  #enter(bytes: Uint8Array): void {
    const begin = Math.max(this.#freeAt, this.#now());
    this.#freeAt = begin + (bytes.byteLength * 8e6) / this.#path.capacityBps;
    this.#underway.push({ at: this.#freeAt + this.#path.oneWayUs, bytes });
  }

  #arrive(bytes: Uint8Array, now: Micros): void {
    if (!isDataUnitId(bytes[0] ?? 0)) {
      const control = decodeControl(bytes);
      if (control.type === 'abandon') this.#reassembler.abandon(control.flow, control);
      if (control.type === 'rate') this.rates.push({ at: now, unit: control });
      return;
    }
    const unit = decodeDataUnit(bytes);
    this.#received += bytes.byteLength;
    if (unit.type === 'padding') return;
    const complete = this.#reassembler.push(unit);
    if (complete?.header.layer.priority === 4) {
      const capturedAt = complete.header.captureTime;
      this.pictures.push({ capturedAt, latencyUs: now - capturedAt });
    }
    this.#answers.push({
      at: now + this.#path.oneWayUs,
      unit: {
        type: 'ack',
        cumulativeBytes: this.#received,
        echo: unit.sendTime,
        received: toMicros32(micros(now + 77_000_000)),
        hold: micros(0),
      },
    });
  }
}
