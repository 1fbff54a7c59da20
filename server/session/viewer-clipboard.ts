import { ClipboardInbox, type ReceivedClipboard } from '../../protocol/clipboard-inbox.ts';
import { ClipboardOutbox } from '../../protocol/clipboard-outbox.ts';
import type {
  CreditUnit,
  FlowAcceptUnit,
  FlowCloseUnit,
  FlowOpenUnit,
} from '../../protocol/control/flow-control.ts';
import { ProtocolError, StreamResetCode } from '../../protocol/errors.ts';
import type { FlowId } from '../../protocol/flow.ts';
import type { CompleteMessage } from '../../protocol/fragment.ts';
import { maxClipboardContentsPerSecond } from '../../protocol/limits.ts';
import type { Micros } from '../../protocol/time.ts';
import type { ServerTransport } from '../transport/transport.ts';
import type { Admission } from './admission.ts';
import { CLIPBOARD_FLOW } from './media-flows.ts';
import type { OutboundMedia } from './outbound-media.ts';
import type { ViewerDesktop } from './viewer-desktop.ts';

/** Whose clipboard it is, and what carries it. */
export interface ViewerClipboardOptions {
  readonly transport: Pick<ServerTransport, 'sendControl'>;
  readonly desktop: Pick<ViewerDesktop, 'clipboard' | 'claimControl' | 'hasControl'>;
  readonly admission: Admission;
  readonly media: Pick<OutboundMedia, 'openClipboard' | 'clipboard'>;
}

/** Units that concern it. */
export type ClipboardUnit = FlowOpenUnit | FlowAcceptUnit | FlowCloseUnit | CreditUnit;

/** Least time between two contents for one client, µs. */
const MIN_INTERVAL_US = 1e6 / maxClipboardContentsPerSecond;

/** The flow on which a client sends. */
interface Inbound {
  readonly flow: FlowId;
  readonly inbox: ClipboardInbox;
}

/**
 * The clipboard between one client and the desktop: both ways only while its login has control. Neither kept nor logged here beyond what is
 * under way.
 */
export class ViewerClipboard {
  readonly #options: ViewerClipboardOptions;
  readonly #outbox = new ClipboardOutbox();
  #inbound: Inbound | undefined;
  /** Flows up to this one were opened; what comes late of a closed one means nothing. */
  #newestFlow = -1;
  /** Number of the content that the client was sent last, or gave. */
  #told = 0;
  #toldAt = -Infinity;
  #hasLeft = false;

  constructor(options: ViewerClipboardOptions) {
    this.#options = options;
  }

  /** Opens the flow to a client that may have control. */
  enter(): void {
    const { desktop, admission, media } = this.#options;
    if (desktop.clipboard.ways.fromDesktop && admission.role === 'controller')
      media.openClipboard();
  }

  /** Sends the desktop's newest content if it is news for the client, and may be sent now. Again later otherwise. */
  tell(now: Micros): void {
    const { newest } = this.#options.desktop.clipboard;
    const isDue = now - this.#toldAt >= MIN_INTERVAL_US && this.#outbox.isOpen;
    if (newest === undefined || newest.number === this.#told || !isDue || !this.#controls) return;
    this.#told = newest.number;
    this.#toldAt = now;
    const { content, copiedAt } = newest;
    if (content.type === 'text') this.#outbox.offer(content.text, copiedAt);
    else this.#outbox.refuse(content.bytes, copiedAt);
    this.#send();
  }

  /** Takes a unit about flows of the client, or about ours. */
  take(unit: ClipboardUnit, now: Micros): void {
    switch (unit.type) {
      case 'flowOpen':
        this.#open(unit, now);
        break;
      case 'flowClose':
        if (unit.flow === this.#inbound?.flow) this.#inbound = undefined;
        break;
      case 'flowAccept':
        if (unit.flow !== CLIPBOARD_FLOW) break;
        this.#outbox.accepted(unit.credit);
        this.tell(now);
        break;
      case 'credit':
        if (unit.flow !== CLIPBOARD_FLOW) break;
        this.#outbox.credited(unit.absoluteBytes);
        this.#send();
        break;
    }
  }

  /**
   * Takes a message of the client.
   *
   * @throws ProtocolError where it breaks a rule of its flow, or the flow is not open
   */
  message({ header, payload }: CompleteMessage, now: Micros): void {
    const inbound = this.#inbound;
    if (inbound?.flow !== header.flow) {
      if (header.flow <= this.#newestFlow) return;
      throw new ProtocolError('E_FLOW_STATE', `flow ${header.flow} is not open`);
    }
    const { contents, credit } = inbound.inbox.push({ header, payload }, now);
    this.#give(inbound, credit);
    for (const content of contents) void this.#received(inbound, content, now);
  }

  /** Nothing is sent any more. Idempotent. */
  leave(): void {
    this.#hasLeft = true;
    this.#inbound = undefined;
  }

  get #controls(): boolean {
    const { desktop, admission } = this.#options;
    return !this.#hasLeft && desktop.hasControl(admission.session);
  }

  #open({ flow, kind }: FlowOpenUnit, now: Micros): void {
    const { desktop, transport } = this.#options;
    this.#newestFlow = Math.max(this.#newestFlow, flow);
    if (kind !== 'clipboard' || !desktop.clipboard.ways.toDesktop || this.#inbound !== undefined) {
      const code = StreamResetCode.notWanted;
      transport.sendControl({ type: 'flowClose', flow, finalSeq: 0, code });
      return;
    }
    const inbox = new ClipboardInbox(now);
    this.#inbound = { flow, inbox };
    transport.sendControl({ type: 'flowAccept', flow, credit: inbox.credit });
  }

  async #received(inbound: Inbound, content: ReceivedClipboard, now: Micros): Promise<void> {
    if (content.type !== 'text') return;
    const { desktop, admission } = this.#options;
    // As with input, who brings something takes control that nobody has.
    if (desktop.claimControl(admission.session, now)) {
      const { number, done } = desktop.clipboard.put(content.text);
      this.#told = number;
      await done;
    }
    // Only now, since keys that paste wait for it.
    this.#give(inbound, inbound.inbox.release(content.heldBytes));
  }

  #give({ flow }: Inbound, absoluteBytes: number): void {
    if (this.#hasLeft) return;
    this.#options.transport.sendControl({ type: 'credit', flow, absoluteBytes });
  }

  #send(): void {
    if (!this.#controls) return;
    for (let part = this.#outbox.next(); part !== undefined; part = this.#outbox.next())
      this.#options.media.clipboard(part);
  }
}
