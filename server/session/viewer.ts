import type { ControlUnit } from '../../protocol/control/control-unit.ts';
import type { Hello } from '../../protocol/control/hello.ts';
import { ProtocolError, SessionCode } from '../../protocol/errors.ts';
import type { CompleteMessage } from '../../protocol/fragment.ts';
import type { Micros, Millis } from '../../protocol/time.ts';
import type { Logger } from '../observe/logger.ts';
import type { Clock } from '../session-clock.ts';
import type { ServerTransport, TransportClosed } from '../transport/transport.ts';
import type { Admission } from './admission.ts';
import type { Continuity } from './continuity.ts';
import type { LinkDemand } from './encoder-steering.ts';
import { greet, refusalOf } from './greeting.ts';
import { JoinedViewer } from './joined-viewer.ts';
import { LinkSilence } from './link-silence.ts';
import { mayClientSend } from './roles.ts';
import type { RequestPort } from './request-port.ts';
import type { SessionObserver } from './session-observer.ts';
import { ViewerAccount } from './viewer-account.ts';
import type { ViewerDesktop } from './viewer-desktop.ts';
import { ViewerRequests } from './viewer-requests.ts';
import type { ViewerSettings } from './viewer-settings.ts';
import type { ViewerStatus } from './viewer-status.ts';

/** What one connection needs; its desktop outlives it. */
export interface ViewerOptions {
  readonly transport: ServerTransport;
  readonly desktop: ViewerDesktop;
  readonly admission: Admission;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Asked at HELLO: what this connection joins with; the one who gives nothing has closed it. */
  join(viewer: Viewer, move: string | undefined): Joining | undefined;
  readonly observer: SessionObserver;
  /** Answers requests of the HTTP API in this connection's name; absent: it takes none. */
  readonly requests?: RequestPort | undefined;
  /** What waits for the viewer may have become shorter. */
  onLinkMoved(viewer: Viewer, now: Micros): void;
}

/** What a connection begins with. */
export interface Joining {
  readonly continuity: Continuity;
  /** The connection that this one moves away from; it stands until the client closes it. */
  readonly from?: Viewer;
}

/** One connection of one client to a desktop, from its HELLO to its end. */
export class Viewer {
  /** Settles when the connection is over; keys are released and the desktop is left by then. */
  readonly closed: Promise<TransportClosed>;
  readonly #options: ViewerOptions;
  readonly #account: ViewerAccount;
  readonly #silence: LinkSilence;
  readonly #requests: ViewerRequests | undefined;
  #joined: JoinedViewer | undefined;
  #isOver = false;

  constructor(options: ViewerOptions) {
    this.#options = options;
    this.#account = new ViewerAccount(options.observer);
    this.#silence = new LinkSilence(options.clock.now());
    const { requests: ask, logger, transport } = options;
    const send = (unit: ControlUnit): void => transport.sendControl(unit);
    this.#requests = ask && new ViewerRequests({ logger, ask, send });
    this.closed = options.transport.closed.then((how) => {
      this.#end();
      this.#account.left(how);
      const { code, reason, clean } = how;
      options.logger.info('viewer left', { code, reason, clean, ...this.#joined?.media.totals });
      return how;
    });
    options.transport.start(
      { next: (now, limit) => this.#joined?.media.next(now, limit) },
      {
        control: (unit) => this.#control(unit),
        message: (message) => this.#message(message),
        acknowledged: (sample) => {
          this.#silence.moved(sample.now);
          this.#joined?.media.acknowledged(sample);
          options.onLinkMoved(this, sample.now);
        },
        sent: (bytes, now) => this.#joined?.media.sent(bytes, now),
        feedback: (feedback) => {
          this.#joined?.feedback(feedback, options.clock.now());
        },
      },
    );
  }

  get admission(): Admission {
    return this.#options.admission;
  }

  /** Whether HELLO was answered. Stays true after the end. */
  get hasJoined(): boolean {
    return this.#joined !== undefined;
  }

  /** Whether it was closed, or has ended; the peer's part of a close may still be under way. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Whether it has joined and was not closed; the peer's part of a close may still be under way when it is not. */
  get isLive(): boolean {
    return this.hasJoined && !this.#isOver;
  }

  /** What it shares with the connection to which it moves; undefined before HELLO. */
  get continuity(): Continuity | undefined {
    return this.#joined?.continuity;
  }

  /** A newer connection of the same client was joined to take this one's place; it is closed if the client forgets to. */
  replacedBy(viewer: Viewer, since: Micros): void {
    this.#joined?.moves.replacedBy(viewer, since);
  }

  /** What its client wants of the stream; undefined before HELLO. */
  get settings(): ViewerSettings | undefined {
    return this.#joined?.settings;
  }

  /** What its link asks of the encoder; undefined before HELLO and after the end. */
  get demand(): LinkDemand | undefined {
    return this.#isOver ? undefined : this.#joined?.media.demand;
  }

  /** How it stands; undefined before HELLO and after the end. */
  get status(): ViewerStatus | undefined {
    const observed = this.#account.viewer;
    if (this.#isOver || this.#joined === undefined || observed === undefined) return undefined;
    const { controls, media } = this.#joined;
    const { carried, path } = media;
    return { viewer: this, ...observed, controls, carried, path };
  }

  /** Lets time pass: silence, stalls and deadlines. Called about every 50 ms. */
  tick(now: Micros): void {
    if (this.#isOver) return;
    const overdue = this.#silence.overdue(this.#joined?.media.queuedBytes, now);
    const ending =
      overdue === undefined
        ? this.#joined?.tick(now)
        : { code: SessionCode.timeout, reason: overdue };
    if (ending !== undefined) this.close(ending.code, ending.reason);
  }

  /** Tells what has changed about the stream. */
  tellStream(): void {
    this.#joined?.tellStream();
  }

  /** Tells what was copied on the desktop. */
  tellClipboard(now: Micros): void {
    if (this.isLive) this.#joined?.clipboard.tell(now);
  }

  /** Tells the client that its connection will be closed; an empty message withdraws that. */
  goaway(remaining: Millis, message: string): void {
    if (this.isLive) this.#options.transport.sendControl({ type: 'goaway', remaining, message });
  }

  /** Ends the connection: keys are released and the desktop is left at once. Idempotent. */
  close(code: SessionCode, reason: string): void {
    this.#end();
    this.#options.transport.close(code, reason);
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#joined?.leave();
  }

  #control(unit: ControlUnit): void {
    const { clock, desktop, observer } = this.#options;
    const { session, role } = this.admission;
    const now = clock.now();
    this.#joined?.heard(now);
    desktop.heartbeat(session, now);
    if (!mayClientSend(role, unit.type)) {
      observer.denied(unit.type);
      return;
    }
    if (this.#joined === undefined && unit.type === 'hello') this.#greet(unit.hello, now);
    else if (this.#joined === undefined || unit.type === 'hello')
      throw new ProtocolError('E_STATE', `${unit.type}: not expected now`);
    else if (unit.type === 'request' || unit.type === 'body') this.#requests?.take(unit);
    else this.#joined.take(unit, now);
    if (unit.type === 'report') this.#options.onLinkMoved(this, now);
  }

  /** Only the clipboard comes in messages. */
  #message(message: CompleteMessage): void {
    const { clock, desktop } = this.#options;
    const now = clock.now();
    if (this.#joined === undefined) {
      throw new ProtocolError('E_FLOW_STATE', `flow ${message.header.flow} is not open`);
    }
    this.#joined.heard(now);
    desktop.heartbeat(this.admission.session, now);
    this.#joined.clipboard.message(message, now);
  }

  #greet(hello: Hello, now: Micros): void {
    const { desktop, transport, logger } = this.#options;
    const refusal = refusalOf(hello, desktop, this.admission);
    if (refusal !== undefined) {
      this.close(refusal.code, refusal.reason);
      return;
    }
    const joining = this.#options.join(this, hello.move);
    if (joining === undefined) return;
    const { continuity, from } = joining;
    const takesRequests = this.#requests !== undefined;
    const greeted = greet({ ...this.#options, hello, continuity, from, takesRequests }, now);
    this.#joined = new JoinedViewer({
      ...this.#options,
      account: this.#account,
      continuity,
      greeted,
    });
    const { role } = this.admission;
    const hasMoved = from !== undefined;
    this.#account.joined({ transport: transport.kind, role, hasMoved, session: continuity });
    this.#joined.enter();
    logger.info('viewer joined', {
      transport: transport.kind,
      backend: transport.backend,
      mode: greeted.settings.wished.mode,
      controls: greeted.controls,
      moved: hasMoved,
    });
  }
}
