import type { InputEvent } from '../../protocol/input.ts';
import type { Micros } from '../../protocol/time.ts';
import type { ServerTransport } from '../transport/transport.ts';
import type { Continuity } from './continuity.ts';
import type { SessionObserver } from './session-observer.ts';
import type { ViewerDesktop } from './viewer-desktop.ts';

/** Whose input it is, and where it goes. */
export interface ViewerInputOptions {
  /** The login session that needs control for what it types. */
  readonly session: string;
  readonly continuity: Continuity;
  readonly desktop: ViewerDesktop;
  readonly transport: Pick<ServerTransport, 'sendControl'>;
  readonly observer: Pick<SessionObserver, 'denied'>;
  /** Input may have taken control; called before the events are injected. */
  onClaimed(): void;
}

/** What one connection types and points: every event once, only with control, and nothing stays held without it. */
export class ViewerInput {
  readonly #options: ViewerInputOptions;

  /** Counts as a connection of its client until `leave`. */
  constructor(options: ViewerInputOptions) {
    this.#options = options;
    options.continuity.enter();
  }

  /** Takes INPUT: acknowledges it, and injects what is new of it. */
  take(first: number, events: readonly InputEvent[], now: Micros): void {
    const { session, continuity, desktop, transport, observer } = this.#options;
    const fresh = continuity.input.take(first, events);
    transport.sendControl({ type: 'inputAck', cumulative: continuity.input.cumulative });
    if (fresh.length === 0) return;
    // A snapshot of what is held is a precaution, not a wish: it takes control from nobody's hands.
    const acts = fresh.some(({ type }) => type !== 'heldKeys');
    const controls = acts ? desktop.claimControl(session, now) : desktop.hasControl(session);
    this.#options.onClaimed();
    if (!controls) {
      if (acts) observer.denied('input');
      return;
    }
    for (const event of fresh) desktop.inject(continuity.held.apply(event, now));
  }

  /** The client has sent something. */
  heard(now: Micros): void {
    this.#options.continuity.held.heard(now);
  }

  /** Lets time pass: who holds something and falls silent lets it go. */
  tick(now: Micros): void {
    if (this.#options.continuity.held.isSilent(now)) this.letGo();
  }

  /** Releases everything; that reaches the desktop even when control has just been lost. */
  letGo(): void {
    this.#inject(this.#options.continuity.held.releaseAll());
  }

  /** The connection ends; what is held is let go unless the client has moved to another one. */
  leave(): void {
    this.#inject(this.#options.continuity.leave());
  }

  #inject(events: readonly InputEvent[]): void {
    if (events.length > 0) this.#options.desktop.inject(events);
  }
}
