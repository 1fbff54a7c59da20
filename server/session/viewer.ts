import type { ControlUnit } from '../../protocol/control/control-unit.ts';
import { protocolVersion, type Hello } from '../../protocol/control/hello.ts';
import { ProtocolError, SessionCode } from '../../protocol/errors.ts';
import type { ReportUnit } from '../../protocol/control/report.ts';
import type { Refused, SettingsUnit } from '../../protocol/control/stream.ts';
import type { InputEvent } from '../../protocol/input.ts';
import { clientLimits } from '../../protocol/limits.ts';
import { takesStream } from '../../protocol/video-codec.ts';
import { millis, millisToMicros, type Micros, type Millis } from '../../protocol/time.ts';
import type { Logger } from '../observe/logger.ts';
import { zeroDropCounters, type DropCounters, type DropReason } from '../schedule/drop-policy.ts';
import type { LinkEstimateSnapshot } from '../schedule/path-estimate.ts';
import type { Clock } from '../session-clock.ts';
import type { ServerTransport, SessionCodeValue, TransportClosed } from '../transport/transport.ts';
import type { Continuity } from './continuity.ts';
import { ClientReport } from './client-report.ts';
import type { LinkDemand } from './encoder-steering.ts';
import { OutboundMedia } from './outbound-media.ts';
import { mayClientSend, type Role } from './roles.ts';
import { SenderLog } from './sender-log.ts';
import type { ObservedViewer, SessionObserver } from './session-observer.ts';
import type { CarriedSample } from './transport-choice.ts';
import type { ViewerDesktop } from './viewer-desktop.ts';
import { ViewerSettings } from './viewer-settings.ts';

/** A client that connects has to say HELLO within this time. */
const HELLO_TIMEOUT = millisToMicros(millis(5_000));

/** A viewer whose link takes nothing at all for this long is closed; it can reconnect. */
const STALL_TIMEOUT = millisToMicros(millis(10_000));

/**
 * After a move the older connection may stand for so long: the client closes it at its first picture on the newer one, and gives a
 * newer one up after 6 s (a guess: twice a bad network's time for a handshake and a keyframe).
 */
const MOVE_OVERLAP = millisToMicros(millis(10_000));

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

/** Who connects, as the ticket says. */
export interface Admission {
  /** The login session; its newest connection replaces the older ones. */
  readonly session: string;
  /** What the login may become. */
  readonly role: Role;
  /** One attempt to connect: a client races its transports with tickets of the same attempt, and one of them wins. */
  readonly attempt: string;
}

/** How a connection stands. */
export interface ViewerStatus extends ObservedViewer {
  /** The connection itself, to tell it from others. */
  readonly viewer: object;
  readonly controls: boolean;
  readonly carried: CarriedSample;
  readonly path: LinkEstimateSnapshot | undefined;
}

/** One connection of one client to a desktop, from its HELLO to its end. */
export class Viewer {
  /** Settles when the connection is over; keys are released and the desktop is left by then. */
  readonly closed: Promise<TransportClosed>;
  readonly #options: ViewerOptions;
  readonly #report = new ClientReport();
  readonly #senderLog: SenderLog;
  readonly #connectedAt: Micros;
  #media: OutboundMedia | undefined;
  #settings: ViewerSettings | undefined;
  #continuity: Continuity | undefined;
  #successor: { readonly viewer: Viewer; readonly since: Micros } | undefined;
  #leave: () => void = () => undefined;
  #isOver = false;
  #controls = false;
  #movedAt: Micros;
  #dropsTold: DropCounters = zeroDropCounters();
  #observed: ObservedViewer | undefined;

  constructor(options: ViewerOptions) {
    this.#options = options;
    this.#senderLog = new SenderLog(options.logger, options.admission.attempt);
    this.#connectedAt = options.clock.now();
    this.#movedAt = this.#connectedAt;
    this.closed = options.transport.closed.then((how) => {
      this.#end();
      if (this.#observed !== undefined) options.observer.left(this.#observed, how);
      const { code, reason, clean } = how;
      options.logger.info('viewer left', { code, reason, clean, ...this.#media?.totals });
      return how;
    });
    options.transport.start(
      { next: (now, limit) => this.#media?.next(now, limit) },
      {
        control: (unit) => this.#control(unit),
        message: (message) => {
          throw new ProtocolError('E_FLOW_STATE', `flow ${message.header.flow} is not open`);
        },
        acknowledged: (sample) => {
          this.#movedAt = sample.now;
          this.#media?.acknowledged(sample);
          options.onQueueMoved(this, sample.now);
        },
        sent: (bytes, now) => this.#media?.sent(bytes, now),
      },
    );
  }

  get admission(): Admission {
    return this.#options.admission;
  }

  /** Whether HELLO was answered. Stays true after the end. */
  get hasJoined(): boolean {
    return this.#media !== undefined;
  }

  /** Whether it has joined and was not closed; the peer's part of a close may still be under way when it is not. */
  get isLive(): boolean {
    return this.hasJoined && !this.#isOver;
  }

  /** What it shares with the connection to which it moves; undefined before HELLO. */
  get continuity(): Continuity | undefined {
    return this.#continuity;
  }

  /** A newer connection of the same client was joined to take this one's place; it is closed if the client forgets to. */
  replacedBy(viewer: Viewer, since: Micros): void {
    this.#successor = { viewer, since };
  }

  /** What its client wants of the stream; undefined before HELLO. */
  get settings(): ViewerSettings | undefined {
    return this.#settings;
  }

  /** What its link asks of the encoder; undefined before HELLO and after the end. */
  get demand(): LinkDemand | undefined {
    return this.#isOver ? undefined : this.#media?.demand;
  }

  /** How it stands; undefined before HELLO and after the end. */
  get status(): ViewerStatus | undefined {
    if (this.#isOver || this.#media === undefined || this.#observed === undefined) return undefined;
    const { carried, path } = this.#media;
    return { viewer: this, ...this.#observed, controls: this.#controls, carried, path };
  }

  /** Lets time pass: silence, stalls and deadlines. Called about every 50 ms. */
  tick(now: Micros): void {
    if (this.#isOver) return;
    const held = this.#continuity?.held;
    if (held?.isSilent(now) === true) this.#inject(held.releaseAll());
    if (this.#media === undefined) {
      if (now - this.#connectedAt > HELLO_TIMEOUT)
        this.close(SessionCode.timeout, 'no HELLO in 5 s');
      return;
    }
    if (this.#media.queuedBytes === 0) this.#movedAt = now;
    else if (now - this.#movedAt > STALL_TIMEOUT) {
      this.close(SessionCode.timeout, 'the link took nothing for 10 s');
      return;
    }
    this.#media.setMaxVideoBps(this.#options.desktop.maxVideoBps, now);
    this.#media.tick(now);
    this.#senderLog.look(this.#media, now);
    this.#tellDrops();
    this.#tellRole();
    this.tellStream();
    this.#giveWay(now);
    this.#chooseTransport(this.#media.carried, now);
  }

  /** Tells what has changed about the stream, or answers a wish. */
  tellStream(answer?: { readonly id: number; readonly refused: Refused }): void {
    if (this.#isOver) return;
    const stream = this.#settings?.news(this.#controls, answer);
    if (stream !== undefined) this.#options.transport.sendControl({ type: 'stream', stream });
  }

  /** Tells the client that its connection will be closed; an empty message withdraws that. */
  goaway(remaining: Millis, message: string): void {
    if (this.isLive) this.#options.transport.sendControl({ type: 'goaway', remaining, message });
  }

  /** Ends the connection: keys are released and the desktop is left at once. Idempotent. */
  close(code: SessionCodeValue, reason: string): void {
    this.#end();
    this.#options.transport.close(code, reason);
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#leave();
    this.#leave = () => undefined;
    this.#inject(this.#continuity?.leave() ?? []);
    this.#tellDrops();
  }

  /** A client that has moved closes its older connection itself; one whose newer connection ended has stayed. */
  #giveWay(now: Micros): void {
    const successor = this.#successor;
    if (successor === undefined) return;
    if (!successor.viewer.isLive) {
      this.#successor = undefined;
      this.#continuity?.choice.stayedOn(this.#options.transport.kind, now);
    } else if (now - successor.since > MOVE_OVERLAP)
      this.close(SessionCode.superseded, 'the client has moved to another connection');
  }

  #chooseTransport(carried: CarriedSample, now: Micros): void {
    const { transport, logger } = this.#options;
    const wish = this.#continuity?.choice.observe(transport.kind, carried, now);
    if (wish === undefined) return;
    logger.info('a move is asked for', { from: transport.kind, ...wish });
    transport.sendControl({ type: 'move', ...wish });
  }

  #tellDrops(): void {
    if (this.#media === undefined) return;
    const { dropped } = this.#media.totals;
    for (const reason of Object.keys(dropped) as DropReason[]) {
      const count = dropped[reason] - this.#dropsTold[reason];
      if (count > 0) this.#options.observer.dropped(reason, count);
    }
    this.#dropsTold = dropped;
  }

  #tellReport(unit: ReportUnit): void {
    const { observer, transport } = this.#options;
    for (const [reason, count] of this.#report.take(unit)) observer.unused(reason, count);
    const frame = this.#report.shown(unit);
    if (frame !== undefined) observer.shown(frame, transport.kind);
  }

  /** Control comes with input and goes with another login's: the client hears of both. */
  #tellRole(): void {
    const { desktop, transport, admission } = this.#options;
    const controls = desktop.hasControl(admission.session);
    if (controls === this.#controls) return;
    this.#controls = controls;
    if (!controls) this.#inject(this.#continuity?.held.releaseAll() ?? []);
    transport.sendControl({ type: 'role', role: controls ? 'controller' : 'viewer' });
  }

  #control(unit: ControlUnit): void {
    const { clock, desktop } = this.#options;
    const { session, role } = this.#options.admission;
    const now = clock.now();
    this.#continuity?.held.heard(now);
    desktop.heartbeat(session, now);
    if (!mayClientSend(role, unit.type)) {
      this.#options.observer.denied(unit.type);
      return;
    }
    if ((unit.type === 'hello') !== (this.#media === undefined)) {
      throw new ProtocolError('E_STATE', `${unit.type}: not expected now`);
    }
    switch (unit.type) {
      case 'hello':
        this.#greet(unit.hello, now);
        break;
      case 'input':
        this.#takeInput(unit.first, unit.events, now);
        break;
      case 'keyRequest':
        this.#media?.keyframeRequested();
        break;
      case 'report':
        this.#media?.reported(unit, now);
        this.#tellReport(unit);
        break;
      case 'settings':
        this.#takeSettings(unit);
        break;
      default:
        // Acknowledgements of flows and credit change nothing yet for flows that the server sends.
        break;
    }
  }

  #greet(hello: Hello, now: Micros): void {
    const { transport, desktop, clock, logger, observer } = this.#options;
    const { session, role, attempt } = this.#options.admission;
    if (!hello.versions.includes(protocolVersion)) {
      this.close(SessionCode.version, `this gateway speaks DTF/${protocolVersion}`);
      return;
    }
    const codec = desktop.video?.codec;
    if (codec !== undefined && !takesStream(hello.video, codec)) {
      // OK: to connect anew would not help.
      this.close(
        SessionCode.ok,
        `this browser cannot decode the picture of this desktop (${codec})`,
      );
      return;
    }
    const joining = this.#options.join(this, hello.move);
    if (joining === undefined) return;
    const { continuity, from } = joining;
    continuity.enter();
    continuity.choice.isPinned = hello.pinned ?? false;
    const isTry = continuity.choice.isTry(transport.kind);
    continuity.choice.carriedBy(transport.kind, now);
    this.#continuity = continuity;
    const mayControl = role === 'controller';
    const controls = mayControl && desktop.claimControl(session, now);
    this.#controls = controls;
    transport.sendControl({
      type: 'helloAck',
      helloAck: {
        version: protocolVersion,
        session: attempt,
        clock: now,
        role: controls ? 'controller' : 'viewer',
        mayControl,
        desktop: desktop.size,
        limits: clientLimits,
        ...(from === undefined ? {} : { input: continuity.input.cumulative }),
      },
    });
    const settings = new ViewerSettings(() => desktop.stream, hello.video);
    if (hello.mode !== undefined) settings.greet({ mode: hello.mode });
    this.#settings = settings;
    const media = new OutboundMedia({
      transport,
      clock,
      mode: settings.mode,
      video: { codec: 'avc1.42C028', ...desktop.size, ...desktop.video },
      sound: desktop.sound,
      maxVideoBps: desktop.maxVideoBps,
      // What the older connection carried is the best guess for the newer one, but where that is in question: from a low start
      // TCP over BBR showed 0.8 Mbit/s in 30 s where it carried 2.1 from a high one.
      startVideoBps: isTry ? desktop.maxVideoBps : (from?.demand?.targetBps ?? desktop.maxVideoBps),
      onSent: (queuedUs, sendingUs) => observer.pictureSent(queuedUs, sendingUs),
      requestKeyframe: (cause) => {
        observer.keyframeWanted(cause);
        desktop.requestKeyframe(session);
      },
    });
    this.#media = media;
    this.#leave = desktop.join({
      accessUnit: (unit) => media.accessUnit(unit),
      pointer: (image) => media.pointer(image),
      get wantsVideo() {
        return settings.isVideoShown;
      },
    });
    desktop.settingsWished();
    if (desktop.pointer !== undefined) media.pointer(desktop.pointer);
    observer.keyframeWanted('joined');
    desktop.requestKeyframe();
    const hasMoved = from !== undefined;
    this.#observed = { transport: transport.kind, role, hasMoved, session: continuity };
    observer.joined(this.#observed);
    this.tellStream();
    logger.info('viewer joined', {
      transport: transport.kind,
      backend: transport.backend,
      mode: settings.wished.mode,
      controls,
      moved: from !== undefined,
    });
  }

  #takeSettings({ id, settings: change }: SettingsUnit): void {
    const { desktop } = this.#options;
    const settings = this.#settings;
    if (settings === undefined) return;
    const refused = settings.ask(change, desktop.hasControl(this.admission.session));
    const { transport } = change;
    if (transport !== undefined && this.#continuity !== undefined) {
      this.#continuity.choice.isPinned = settings.wished.transport !== 'auto';
    }
    desktop.settingsWished();
    this.#media?.setMode(settings.mode);
    this.#media?.setVideoShown(settings.isVideoShown);
    this.#tellRole();
    this.tellStream({ id, refused });
  }

  #takeInput(first: number, events: readonly InputEvent[], now: Micros): void {
    const { desktop, transport } = this.#options;
    const { session } = this.#options.admission;
    const continuity = this.#continuity;
    if (continuity === undefined) return;
    const fresh = continuity.input.take(first, events);
    transport.sendControl({ type: 'inputAck', cumulative: continuity.input.cumulative });
    if (fresh.length === 0) return;
    // A snapshot of what is held is a precaution, not a wish: it takes control from nobody's hands.
    const acts = fresh.some(({ type }) => type !== 'heldKeys');
    const controls = acts ? desktop.claimControl(session, now) : desktop.hasControl(session);
    this.#tellRole();
    if (!controls) {
      if (acts) this.#options.observer.denied('input');
      return;
    }
    for (const event of fresh) desktop.inject(continuity.held.apply(event, now));
  }

  /** Releases reach the desktop even when control has just been lost. */
  #inject(events: readonly InputEvent[]): void {
    if (events.length > 0) this.#options.desktop.inject(events);
  }
}
