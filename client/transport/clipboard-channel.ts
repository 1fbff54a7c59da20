import { ClipboardInbox, type ReceivedClipboard } from '../../protocol/clipboard-inbox.ts';
import {
  ClipboardOutbox,
  clipboardType,
  type ClipboardPart,
} from '../../protocol/clipboard-outbox.ts';
import type {
  CreditUnit,
  FlowAcceptUnit,
  FlowCloseUnit,
  FlowOpenUnit,
} from '../../protocol/control/flow-control.ts';
import type { HelloAck } from '../../protocol/control/hello.ts';
import { flowId, Priority, sequence, type FlowId } from '../../protocol/flow.ts';
import type { CompleteMessage } from '../../protocol/fragment.ts';
import { encodeMessage } from '../../protocol/message.ts';
import { micros, millis, type Micros, type Micros32 } from '../../protocol/time.ts';
import { localMicros } from '../local-time.ts';
import type { ClientTransport } from './transport.ts';

/** Which ways the clipboard goes. */
export interface ClipboardWays {
  readonly toDesktop: boolean;
  readonly fromDesktop: boolean;
}

/** Is told what comes over one connection. */
export interface ClipboardListener {
  received(content: ReceivedClipboard): void;
  /** What was sent is nearer to where it belongs, or there. */
  progressed(): void;
  ways(ways: ClipboardWays): void;
}

/** What carries it, and the time. */
export interface ClipboardChannelOptions {
  readonly transport: ClientTransport;
  /** The session clock at a local time, as far as it is known. */
  readonly sessionTime: (local: number) => { readonly stamp: Micros32; readonly now: Micros };
}

/** The client's flow; it has no other. */
const FLOW = flowId(1);

/** Units that may concern it. */
type ClipboardUnit = FlowOpenUnit | FlowAcceptUnit | FlowCloseUnit | CreditUnit;

/** The clipboard on one connection, both ways. */
export class ClipboardChannel {
  readonly #options: ClipboardChannelOptions;
  readonly #outbox = new ClipboardOutbox();
  #inbound: { readonly flow: FlowId; readonly inbox: ClipboardInbox } | undefined;
  #listener: ClipboardListener | undefined;
  /** What came before somebody listened. */
  #early: ReceivedClipboard | undefined;
  #seq = 0;
  /** Whether the server takes contents, as far as it has said. */
  #isTaken = false;
  #joinedAt = micros(0);
  #isClosed = false;

  constructor(options: ClipboardChannelOptions) {
    this.#options = options;
  }

  /** HELLO_ACK: who may have control opens a flow. */
  begin({ mayControl, clock }: HelloAck): void {
    this.#joinedAt = clock;
    this.#isTaken = mayControl;
    if (!mayControl) return;
    this.#options.transport.sendControl({
      ...{ type: 'flowOpen', flow: FLOW, parent: undefined, kind: 'clipboard' },
      ...{ priority: Priority.interface, budget: millis(0), metadata: { type: clipboardType } },
    });
  }

  /** The session clock at HELLO_ACK. */
  get joinedAt(): Micros {
    return this.#joinedAt;
  }

  get ways(): ClipboardWays {
    return { toDesktop: this.#isTaken, fromDesktop: this.#inbound !== undefined };
  }

  /** Whether everything that was sent is the desktop's clipboard now. */
  get isSettled(): boolean {
    return this.#outbox.isSettled;
  }

  /** Grows while what was sent is under way. */
  get progress(): number {
    return this.#outbox.progress;
  }

  /** What comes is told from now on, and what came before at once. */
  attach(listener: ClipboardListener): void {
    this.#listener = listener;
    listener.ways(this.ways);
    if (this.#early !== undefined) listener.received(this.#early);
    this.#early = undefined;
  }

  /** Sends a text, at most 1 MiB of UTF-8 and not empty; what has not been sent of an older one is given up. */
  send(text: string): void {
    this.#outbox.offer(text, this.#options.sessionTime(localMicros()).now);
    this.#pump();
  }

  /** Takes a unit that may concern the clipboard. Returns whether it does. */
  take(unit: ClipboardUnit): boolean {
    if (unit.type === 'flowOpen') return unit.kind === 'clipboard' && this.#opened(unit.flow);
    if (unit.flow === this.#inbound?.flow) {
      if (unit.type === 'flowClose') this.#inbound = undefined;
    } else if (unit.flow !== FLOW) return false;
    else if (unit.type === 'flowAccept') this.#outbox.accepted(unit.credit);
    else if (unit.type === 'credit') this.#outbox.credited(unit.absoluteBytes);
    else this.#isTaken = false;
    if (unit.type !== 'credit') this.#listener?.ways(this.ways);
    this.#pump();
    this.#listener?.progressed();
    return true;
  }

  /**
   * Takes a message. Returns whether it is one of the clipboard.
   *
   * @throws ProtocolError where it breaks a rule
   */
  message(message: CompleteMessage): boolean {
    const inbound = this.#inbound;
    if (message.header.flow !== inbound?.flow) return false;
    const { flow, inbox } = inbound;
    const { contents, credit } = inbox.push(message, localMicros());
    let absoluteBytes = credit;
    for (const content of contents) {
      if (content.type === 'text') absoluteBytes = inbox.release(content.heldBytes);
      if (this.#listener === undefined) this.#early = content;
      else this.#listener.received(content);
    }
    this.#options.transport.sendControl({ type: 'credit', flow, absoluteBytes });
    return true;
  }

  /** Nothing is sent any more. Idempotent. */
  close(): void {
    this.#isClosed = true;
    this.#listener = undefined;
  }

  #opened(flow: FlowId): boolean {
    const inbox = new ClipboardInbox(localMicros());
    this.#inbound = { flow, inbox };
    this.#options.transport.sendControl({ type: 'flowAccept', flow, credit: inbox.credit });
    this.#listener?.ways(this.ways);
    return true;
  }

  #pump(): void {
    if (this.#isClosed) return;
    for (let part = this.#outbox.next(); part !== undefined; part = this.#outbox.next())
      this.#options.transport.sendMessage(this.#encode(part));
  }

  #encode({ payload, ...given }: ClipboardPart): Uint8Array<ArrayBuffer> {
    const seq = sequence(this.#seq);
    this.#seq += 1;
    const usual = { discardable: false, epoch: false, recovery: false, late: false };
    const header = {
      ...{ ...given, ...usual, flow: FLOW, seq, budget: millis(0) },
      dependency: given.key ? 0 : 1,
      layer: { temporal: 0, spatial: 0, priority: Priority.interface },
    };
    return encodeMessage(this.#options.sessionTime(localMicros()).stamp, header, payload);
  }
}
