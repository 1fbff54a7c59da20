import { encodeControl, type ControlUnit } from '../../protocol/control/control-unit.ts';
import { inputEventBytes, type InputEvent } from '../../protocol/input.ts';
import { micros, toMicros32, type Micros32 } from '../../protocol/time.ts';
import { localMicros } from '../local-time.ts';
import { InputSender, type InputBatch } from './input-sender.ts';
import type { ClientTransport } from './transport.ts';

/** Sends the input of one connection, and sends it again while it is not acknowledged: InputSender with its timer. */
export class InputChannel {
  readonly #transport: ClientTransport;
  readonly #sessionStamp: (local: number) => Micros32;
  #sender: InputSender;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;

  /** @param sessionStamp the session clock at a local time */
  constructor(transport: ClientTransport, sessionStamp: (local: number) => Micros32) {
    this.#transport = transport;
    this.#sessionStamp = sessionStamp;
    this.#sender = new InputSender({ isLossy: transport.isLossy, sizeOf: inputEventBytes });
  }

  get unacknowledged(): number {
    return this.#sender.unacknowledged;
  }

  send(events: readonly InputEvent[]): void {
    if (this.#isClosed) return;
    this.#sender.push(events.filter(isEncodable), localMicros());
    this.#sendDue();
  }

  /** Ends sending here, and returns what another connection of the session has to send. */
  release(): InputBatch {
    this.close();
    return this.#sender.remainder;
  }

  /** Goes on where another connection of the session stopped. Before anything was sent here. */
  adopt(continues: InputBatch): void {
    const { isLossy } = this.#transport;
    this.#sender = new InputSender({ isLossy, sizeOf: inputEventBytes, continues });
    this.#sendDue();
  }

  /** INPUT_ACK. */
  acknowledge(cumulative: number): void {
    this.#sender.acknowledge(cumulative);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #sendDue(): void {
    const now = localMicros();
    const due = this.#sender.due(now);
    for (const batch of due.unreliable) this.#transport.sendUnreliable(this.#unit(batch, now));
    for (const batch of due.reliable) this.#transport.sendControl(this.#unit(batch, now));
    clearTimeout(this.#timer);
    const { nextDueAt } = this.#sender;
    if (nextDueAt === undefined || this.#isClosed) return;
    this.#timer = setTimeout(() => this.#sendDue(), Math.max(1, (nextDueAt - now) / 1000));
  }

  #unit({ first, events }: InputBatch, now: number): ControlUnit {
    return { type: 'input', sendTime: this.#sessionStamp(now), first, events };
  }
}

/** An event with a value out of range is a fault of the page; it must not stop those after it. */
function isEncodable(event: InputEvent): boolean {
  try {
    encodeControl({ type: 'input', sendTime: toMicros32(micros(0)), first: 0, events: [event] });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
