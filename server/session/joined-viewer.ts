import type { ControlUnit } from '../../protocol/control/control-unit.ts';
import type { Refused, SettingsUnit } from '../../protocol/control/stream.ts';
import { SessionCode } from '../../protocol/errors.ts';
import { millis, millisToMicros, type Micros } from '../../protocol/time.ts';
import type { Logger } from '../observe/logger.ts';
import type { ServerTransport, WireFeedback } from '../transport/transport.ts';
import type { Admission } from './admission.ts';
import type { Continuity } from './continuity.ts';
import type { Greeted } from './greeting.ts';
import type { OutboundMedia } from './outbound-media.ts';
import { SenderLog } from './sender-log.ts';
import type { SessionObserver } from './session-observer.ts';
import type { ViewerAccount } from './viewer-account.ts';
import type { ViewerDesktop } from './viewer-desktop.ts';
import { ViewerClipboard } from './viewer-clipboard.ts';
import { ViewerInput } from './viewer-input.ts';
import { ViewerMoves } from './viewer-moves.ts';
import type { ViewerSettings } from './viewer-settings.ts';

/**
 * How long a viewer may wait for a kind of picture that it decodes: a new encoder is given up after 10 s
 * (server/media/switching-video.ts), and has to be shown what it is good for.
 */
const LONGEST_DARK = millisToMicros(millis(12_000));

/** Who has joined, and with what. */
export interface JoinedViewerOptions {
  readonly transport: ServerTransport;
  readonly desktop: ViewerDesktop;
  readonly admission: Admission;
  readonly logger: Logger;
  readonly observer: SessionObserver;
  readonly account: ViewerAccount;
  readonly continuity: Continuity;
  /** What the answer to its HELLO gave it. */
  readonly greeted: Greeted;
}

/** With what a connection has to be closed. */
export interface Ending {
  readonly code: SessionCode;
  readonly reason: string;
}

/** What a connection is from its HELLO on: it is shown the desktop, types, has wishes, and may have control. */
export class JoinedViewer {
  readonly continuity: Continuity;
  readonly settings: ViewerSettings;
  readonly media: OutboundMedia;
  readonly moves: ViewerMoves;
  readonly clipboard: ViewerClipboard;
  readonly #options: JoinedViewerOptions;
  readonly #input: ViewerInput;
  readonly #senderLog: SenderLog;
  #leaveDesktop: () => void = () => undefined;
  #hasLeft = false;
  #controls: boolean;

  constructor(options: JoinedViewerOptions) {
    const { admission, continuity, greeted, logger } = options;
    this.#options = options;
    this.continuity = continuity;
    this.settings = greeted.settings;
    this.media = greeted.media;
    this.#controls = greeted.controls;
    this.clipboard = new ViewerClipboard({ ...options, media: this.media });
    this.moves = new ViewerMoves({ ...options, choice: continuity.choice });
    this.#senderLog = new SenderLog(logger, admission.attempt);
    this.#input = new ViewerInput({
      ...options,
      session: admission.session,
      onClaimed: () => this.#tellRole(),
    });
  }

  /** Whether its client was told that it has control. */
  get controls(): boolean {
    return this.#controls;
  }

  /** Begins to get what the desktop shows, and tells the client what that is. */
  enter(): void {
    const { desktop, observer } = this.#options;
    const { media, settings } = this;
    this.#leaveDesktop = desktop.join({
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
    this.clipboard.enter();
    this.tellStream();
  }

  /** Releases what is held, and leaves the desktop. Idempotent. */
  leave(): void {
    if (this.#hasLeft) return;
    this.#hasLeft = true;
    this.#leaveDesktop();
    this.clipboard.leave();
    this.#input.leave();
    this.#options.account.dropped(this.media.totals.dropped);
  }

  /** What the wire says by itself. */
  feedback(feedback: WireFeedback, now: Micros): void {
    const { media } = this;
    if (feedback.type === 'keyframeWanted') media.keyframeRequested();
    else if (feedback.type === 'limited') media.limited(feedback.bps, now);
    else media.reported(feedback.report, now);
  }

  /** Lets time pass. Returns with what the connection has to be closed; undefined while it may stay. */
  tick(now: Micros): Ending | undefined {
    const { media } = this;
    this.#input.tick(now);
    media.setMaxVideoBps(this.#options.desktop.maxVideoBps, now);
    media.tick(now);
    this.#senderLog.look(media, now);
    this.#options.account.dropped(media.totals.dropped);
    this.#tellRole();
    this.tellStream();
    this.clipboard.tell(now);
    if (media.darkFor(now) > LONGEST_DARK)
      return { code: SessionCode.ok, reason: 'the encoder that this browser needs did not start' };
    if (this.moves.tick(media.carried, now))
      return { code: SessionCode.superseded, reason: 'the client has moved to another connection' };
    return undefined;
  }

  /** The client has sent something. */
  heard(now: Micros): void {
    this.#input.heard(now);
  }

  /** Takes what the client sends. The caller has checked its role. */
  take(unit: Exclude<ControlUnit, { type: 'hello' }>, now: Micros): void {
    switch (unit.type) {
      case 'input':
        this.#input.take(unit.first, unit.events, now);
        break;
      case 'keyRequest':
        this.media.keyframeRequested();
        break;
      case 'report':
        this.media.reported(unit, now);
        this.#options.account.reported(unit, this.#options.transport.kind);
        break;
      case 'settings':
        this.#takeSettings(unit);
        break;
      case 'flowOpen':
      case 'flowClose':
      case 'flowAccept':
      case 'credit':
        this.clipboard.take(unit, now);
        break;
      default:
        break;
    }
  }

  /** Tells what has changed about the stream, or answers a wish. */
  tellStream(answer?: { readonly id: number; readonly refused: Refused }): void {
    if (this.#hasLeft) return;
    const stream = this.settings.news(this.#controls, answer);
    if (stream !== undefined) this.#options.transport.sendControl({ type: 'stream', stream });
  }

  /** Control comes with input and goes with another login's: the client hears of both. */
  #tellRole(): void {
    const { desktop, transport, admission } = this.#options;
    const controls = desktop.hasControl(admission.session);
    if (controls === this.#controls) return;
    this.#controls = controls;
    if (!controls) this.#input.letGo();
    transport.sendControl({ type: 'role', role: controls ? 'controller' : 'viewer' });
  }

  #takeSettings({ id, settings: change }: SettingsUnit): void {
    const { desktop, admission } = this.#options;
    const { settings, media, continuity } = this;
    const refused = settings.ask(change, desktop.hasControl(admission.session));
    if (change.transport !== undefined)
      continuity.choice.isPinned = settings.wished.transport !== 'auto';
    desktop.settingsWished();
    media.setMode(settings.mode);
    media.setVideoShown(settings.isVideoShown);
    this.#tellRole();
    this.tellStream({ id, refused });
  }
}
