import type { InputEvent } from '../../protocol/input.ts';

/** A size in whole pixels. */
export interface PixelSize {
  readonly width: number;
  readonly height: number;
}

/**
 * Where the events of the controlling client go: the contract between the session and the desktop.
 *
 * `apply` never throws and never waits: what cannot be injected (the X server is away, the event is of a kind that
 * the desktop does not know) is counted and dropped. Who may send events, in which order, and what happens when a
 * client goes silent is the session's business.
 */
export interface DesktopInput {
  /** Injects one event, in the order of the calls. */
  apply(event: InputEvent): void;
  /** Releases every key, button and touch that this object holds down. Idempotent. */
  releaseAll(): void;
  /** The desktop's current size; absolute positions are clamped to it. */
  readonly size: PixelSize;
}
