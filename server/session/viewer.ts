import type { ControlUnit } from '../../protocol/control/control-unit.ts';
import type { Hello } from '../../protocol/control/hello.ts';
import { ProtocolError, SessionCode } from '../../protocol/errors.ts';
import type { Refused, SettingsUnit } from '../../protocol/control/stream.ts';
import { millis, millisToMicros, type Micros, type Millis } from '../../protocol/time.ts';
import type { Logger } from '../observe/logger.ts';
import type { Clock } from '../session-clock.ts';
import type { ServerTransport, TransportClosed } from '../transport/transport.ts';
import type { Admission } from './admission.ts';
import type { Continuity } from './continuity.ts';
import type { LinkDemand } from './encoder-steering.ts';
import { greet, refusalOf } from './greeting.ts';
import { LinkSilence } from './link-silence.ts';
import type { OutboundMedia } from './outbound-media.ts';
import { mayClientSend } from './roles.ts';
import { SenderLog } from './sender-log.ts';
import type { SessionObserver } from './session-observer.ts';
import { ViewerAccount } from './viewer-account.ts';
import type { ViewerDesktop } from './viewer-desktop.ts';
import { ViewerInput } from './viewer-input.ts';
import { ViewerMoves } from './viewer-moves.ts';
import type { ViewerSettings } from './viewer-settings.ts';
import type { ViewerStatus } from './viewer-status.ts';

/**
 * How long a viewer may wait for a kind of picture that it decodes: a new encoder is given up after 10 s
 * (server/media/switching-video.ts), and has to be shown what it is good for.
 */
const LONGEST_DARK = millisToMicros(millis(12_000));

export interface ViewerOptions {
  readonly transport: ServerTransport;
  readonly desktop: ViewerDesktop;
  readonly admission: Admission;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Asked at HELLO: what this connection joins with; the one who gives nothing has closed it. */
  join(viewer: Viewer, move: string | undefined): Joining | undefined;
  readonly observer: SessionObserver;
  /** What waits for the viewer may have become shorter. */
  onQueueMoved(viewer: Viewer, now: Micros): void;
}

/** What a connection begins with. */
export interface Joining {
  readonly continuity: Continuity;
  /** The connection that this one moves away from; it stands until the client closes it. */
  readonly from?: Viewer;
}

/** What a connection has from its HELLO on. */
interface Joined {
  readonly continuity: Continuity;
  readonly settings: ViewerSettings;
  readonly media: OutboundMedia;
  readonly input: ViewerInput;
  readonly moves: ViewerMoves;
}

/** One connection of one client to a desktop, from its HELLO to its end. */
export class Viewer {
  /** Settles when the connection is over; keys are released and the desktop is left by then. */
  readonly closed: Promise<TransportClosed>;
  readonly #options: ViewerOptions;
  readonly #account: ViewerAccount;
  readonly #senderLog: SenderLog;
  readonly #silence: LinkSilence;
  #joined: Joined | undefined;
  #leave: () => void = () => undefined;
  #isOver = false;
  #controls = false;

  constructor(options: ViewerOptions) {
    this.#options = options;
    this.#account = new ViewerAccount(options.observer);
    this.#senderLog = new SenderLog(options.logger, options.admission.attempt);
    this.#silence = new LinkSilence(options.clock.now());
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
        message: (message) => {
          throw new ProtocolError('E_FLOW_STATE', `flow ${message.header.flow} is not open`);
        },
        acknowledged: (sample) => {
          this.#silence.moved(sample.now);
          this.#joined?.media.acknowledged(sample);
          options.onQueueMoved(this, sample.now);
        },
        sent: (bytes, now) => this.#joined?.media.sent(bytes, now),
        feedback: (feedback) => {
          if (feedback.type === 'keyframeWanted') this.#joined?.media.keyframeRequested();
          else this.#joined?.media.reported(feedback.report, options.clock.now());
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
    const { carried, path } = this.#joined.media;
    return { viewer: this, ...observed, controls: this.#controls, carried, path };
  }

  /** Lets time pass: silence, stalls and deadlines. Called about every 50 ms. */
  tick(now: Micros): void {
    if (this.#isOver) return;
    this.#joined?.input.tick(now);
    const overdue = this.#silence.overdue(this.#joined?.media.queuedBytes, now);
    if (overdue !== undefined) this.close(SessionCode.timeout, overdue);
    else if (this.#joined !== undefined) this.#tickJoined(this.#joined, now);
  }

  #tickJoined({ media, moves }: Joined, now: Micros): void {
    media.setMaxVideoBps(this.#options.desktop.maxVideoBps, now);
    media.tick(now);
    this.#senderLog.look(media, now);
    this.#account.dropped(media.totals.dropped);
    this.#tellRole();
    this.tellStream();
    if (media.darkFor(now) > LONGEST_DARK)
      this.close(SessionCode.ok, 'the encoder that this browser needs did not start');
    else if (moves.tick(media.carried, now))
      this.close(SessionCode.superseded, 'the client has moved to another connection');
  }

  /** Tells what has changed about the stream, or answers a wish. */
  tellStream(answer?: { readonly id: number; readonly refused: Refused }): void {
    if (this.#isOver) return;
    const stream = this.settings?.news(this.#controls, answer);
    if (stream !== undefined) this.#options.transport.sendControl({ type: 'stream', stream });
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
    this.#leave();
    this.#leave = () => undefined;
    if (this.#joined === undefined) return;
    this.#joined.input.leave();
    this.#account.dropped(this.#joined.media.totals.dropped);
  }

  /** Control comes with input and goes with another login's: the client hears of both. */
  #tellRole(): void {
    const { desktop, transport, admission } = this.#options;
    const controls = desktop.hasControl(admission.session);
    if (controls === this.#controls) return;
    this.#controls = controls;
    if (!controls) this.#joined?.input.letGo();
    transport.sendControl({ type: 'role', role: controls ? 'controller' : 'viewer' });
  }

  #control(unit: ControlUnit): void {
    const { clock, desktop, observer } = this.#options;
    const { session, role } = this.admission;
    const now = clock.now();
    this.#joined?.input.heard(now);
    desktop.heartbeat(session, now);
    if (!mayClientSend(role, unit.type)) {
      observer.denied(unit.type);
      return;
    }
    if (this.#joined === undefined && unit.type === 'hello') this.#greet(unit.hello, now);
    else if (this.#joined === undefined || unit.type === 'hello')
      throw new ProtocolError('E_STATE', `${unit.type}: not expected now`);
    else this.#controlJoined(unit, this.#joined, now);
  }

  #controlJoined(unit: Exclude<ControlUnit, { type: 'hello' }>, joined: Joined, now: Micros): void {
    const { media, input } = joined;
    switch (unit.type) {
      case 'input':
        input.take(unit.first, unit.events, now);
        break;
      case 'keyRequest':
        media.keyframeRequested();
        break;
      case 'report':
        media.reported(unit, now);
        this.#account.reported(unit, this.#options.transport.kind);
        break;
      case 'settings':
        this.#takeSettings(unit, joined);
        break;
      default:
        // Acknowledgements of flows and credit change nothing yet for flows that the server sends.
        break;
    }
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
    const { settings, media, controls } = greet({ ...this.#options, hello, continuity, from }, now);
    this.#controls = controls;
    const { session, role } = this.admission;
    const onClaimed = (): void => this.#tellRole();
    const input = new ViewerInput({ ...this.#options, session, continuity, onClaimed });
    const moves = new ViewerMoves({ ...this.#options, choice: continuity.choice });
    this.#joined = { continuity, settings, media, input, moves };
    this.#enter(this.#joined);
    const hasMoved = from !== undefined;
    this.#account.joined({ transport: transport.kind, role, hasMoved, session: continuity });
    this.tellStream();
    logger.info('viewer joined', {
      transport: transport.kind,
      backend: transport.backend,
      mode: settings.wished.mode,
      controls,
      moved: hasMoved,
    });
  }

  /** Begins to get what the desktop shows. */
  #enter({ media, settings }: Joined): void {
    const { desktop, observer } = this.#options;
    this.#leave = desktop.join({
      accessUnit: (unit, changedBefore) => media.accessUnit(unit, changedBefore),
      pointer: (image) => media.pointer(image),
      get wantsVideo() {
        return settings.isVideoShown;
      },
    });
    desktop.settingsWished();
    if (desktop.pointer !== undefined) media.pointer(desktop.pointer);
    observer.keyframeWanted('joined');
    desktop.requestKeyframe();
  }

  #takeSettings({ id, settings: change }: SettingsUnit, joined: Joined): void {
    const { desktop } = this.#options;
    const { settings, media, continuity } = joined;
    const refused = settings.ask(change, desktop.hasControl(this.admission.session));
    if (change.transport !== undefined)
      continuity.choice.isPinned = settings.wished.transport !== 'auto';
    desktop.settingsWished();
    media.setMode(settings.mode);
    media.setVideoShown(settings.isVideoShown);
    this.#tellRole();
    this.tellStream({ id, refused });
  }
}
