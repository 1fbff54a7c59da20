import type { ProbeAnswer } from '../http/probes.ts';

/** What is known of the gateway at one moment. */
export interface Vitals {
  /** The X display that is shown; undefined where none is needed. */
  readonly display: { readonly name: string; readonly isConnected: boolean } | undefined;
  /** An encoder of the picture delivers, or is paused and could. */
  readonly hasPicture: boolean;
  /** The same of the sound; undefined where none is sent. */
  readonly hasSound: boolean | undefined;
  /** Pictures come from another program, which starts when it likes. */
  readonly isFed: boolean;
}

/** How often the vitals are looked at, milliseconds. */
export const BEAT_MS = 500;

/**
 * An encoder that cannot be kept alive for so long although there is a screen to encode will not come back by being started once more:
 * restarts come at least every 5 s (gst/restart-policy.ts), so a dozen have failed. Milliseconds; a guess.
 */
const BARREN_MS = 60_000;

/** A beat that comes later than this says that the event loop hung, and so many in a row that it does not recover. Guesses. */
const LATE_MS = 1_000;
const LATE_BEATS = 5;

/**
 * Answers the three probes of the process. A pure core, told of the vitals every `BEAT_MS`; times in milliseconds, of any origin.
 *
 * Ready: a client that connects now sees a picture. Live: starting the process anew would not help, so a screen that is away, or an
 * encoder that is being started again, is no reason to say no.
 */
export class GatewayHealth {
  #vitals: Vitals | undefined;
  #beatAt: number | undefined;
  #lateBeats = 0;
  /** Since when there is a screen and nothing is encoded. */
  #barrenSince: number | undefined;
  #now = 0;
  #isStopping = false;

  beat(vitals: Vitals, now: number): void {
    const late = this.#beatAt === undefined ? 0 : now - this.#beatAt - BEAT_MS;
    this.#lateBeats = late > LATE_MS ? this.#lateBeats + 1 : 0;
    this.#beatAt = now;
    this.#now = now;
    this.#vitals = vitals;
    const hasScreen = !vitals.isFed && (vitals.display?.isConnected ?? true);
    if (vitals.hasPicture || !hasScreen) this.#barrenSince = undefined;
    else this.#barrenSince ??= now;
  }

  /** The gateway is going away: nobody new should be sent here. */
  stopping(): void {
    this.#isStopping = true;
  }

  /** Whether a client that connects now would see a picture, as of the last beat. */
  get ready(): ProbeAnswer {
    if (this.#isStopping) return failing(['the gateway is stopping']);
    const vitals = this.#vitals;
    if (vitals === undefined) return failing(['the gateway is starting']);
    const { display, hasPicture, hasSound } = vitals;
    const reasons = [
      ...(display?.isConnected === false ? [`waits for the X display ${display.name}`] : []),
      ...(hasPicture ? [] : ['no encoder is running']),
    ];
    const notes = hasSound === false ? ['waits for the sound server'] : [];
    return { isOk: reasons.length === 0, reasons, notes };
  }

  /** Whether the process works, as of the last beat; one that hangs does not answer at all. */
  get live(): ProbeAnswer {
    const reasons: string[] = [];
    if (this.#lateBeats >= LATE_BEATS) reasons.push('the event loop hangs');
    if (this.#barrenSince !== undefined && this.#now - this.#barrenSince >= BARREN_MS) {
      reasons.push(`no encoder stays alive for ${BARREN_MS / 1_000} s`);
    }
    return reasons.length === 0 ? { isOk: true, reasons, notes: [] } : failing(reasons);
  }
}

const failing = (reasons: readonly string[]): ProbeAnswer => ({
  isOk: false,
  reasons,
  notes: [],
});
