import type { FlowId, Sequence } from '../../protocol/flow.ts';
import type { AbandonReasonValue } from '../transport/transport.ts';

/** Consecutive messages of a flow that will not be sent, or not to their end: the content of one ABANDON unit. */
export interface Abandoned {
  readonly flow: FlowId;
  readonly first: Sequence;
  readonly count: number;
  readonly reason: AbandonReasonValue;
  /** Those of which a part was already sent. */
  readonly started: readonly Sequence[];
}

/** One message to add to the log. */
export interface AbandonedMessage {
  readonly flow: FlowId;
  readonly seq: Sequence;
  readonly reason: AbandonReasonValue;
  /** A part of it was sent. */
  readonly begun: boolean;
}

/** Records kept at most while nobody takes them; the oldest go first, the receiver then learns of the gap by itself. */
const MAX_RECORDS = 1024;

/** Collects abandoned messages and joins neighbours of a flow that share a reason. */
export class AbandonedLog {
  #records: Abandoned[] = [];

  add({ flow, seq, reason, begun }: AbandonedMessage): void {
    const started = begun ? [seq] : [];
    const index = this.#records.findLastIndex((record) => record.flow === flow);
    const last = this.#records[index];
    if (last?.reason === reason && last.first + last.count === seq) {
      const joined = { ...last, count: last.count + 1, started: [...last.started, ...started] };
      this.#records[index] = joined;
      return;
    }
    this.#records.push({ flow, first: seq, count: 1, reason, started });
    if (this.#records.length > MAX_RECORDS) this.#records.shift();
  }

  /** Everything since the last call, in order per flow. */
  take(): readonly Abandoned[] {
    const taken = this.#records;
    this.#records = [];
    return taken;
  }
}
