import { noFacts, type LadderFacts } from './facts.ts';
import { prospectOf, type Obstacle } from './obstacle.ts';
import { pathOf, rungNames, type RungChoice, type RungName } from './rungs.ts';

/** What happens to a ladder. */
export type LadderEvent =
  /** A probe has an answer. */
  | { readonly type: 'learned'; readonly facts: Partial<LadderFacts> }
  | { readonly type: 'chosen'; readonly choice: RungChoice }
  /** The gateway measured that this one brings more; undefined: it does not say so any more. */
  | { readonly type: 'favoured'; readonly rung: RungName | undefined }
  /** The rung in use was given its first keyframe, in a page that is looked at. */
  | { readonly type: 'fed' }
  /** It has made a picture of what it got. */
  | { readonly type: 'firstMedia' }
  /** It cannot go on; one sentence. */
  | { readonly type: 'failed'; readonly rung: RungName; readonly why: string }
  | { readonly type: 'tick' };

/** What is to be done. */
export type LadderOutput =
  | { readonly type: 'use'; readonly rung: RungName }
  /** Every rung that is known is out of reach. */
  | { readonly type: 'none' };

/** Where a rung stands, for the settings. */
export type RungState =
  | { readonly type: 'inUse' }
  /** It would serve, and is not needed or not wanted. */
  | { readonly type: 'usable' }
  | { readonly type: 'unknown' }
  | { readonly type: 'unusable'; readonly obstacle: Obstacle };

/** A rung and where it stands. */
export interface RungReport {
  readonly rung: RungName;
  readonly state: RungState;
}

/** Why a rung was left. One that was only slow is better than none. */
interface Failure {
  readonly why: string;
  readonly isSlow: boolean;
}

/**
 * From its first keyframe a rung has this long to show a picture, µs; then the next one is tried. Decoders that start cold take 0.1 to
 * 0.3 s (measured).
 */
export const FIRST_MEDIA_TIMEOUT = 1_500_000;

/**
 * Decides on which rung the picture comes: the pinned one while it works, else the one that the gateway favours, else the best that has not failed. What failed is tried again
 * only when the user asks for it; of those that were too slow the best is taken when nothing else is left. A pure core; times in µs.
 */
export class Ladder {
  #facts: LadderFacts = noFacts;
  #choice: RungChoice;
  #favoured: RungName | undefined;
  #current: RungName | undefined;
  readonly #failures = new Map<RungName, Failure>();
  #isPatient = false;
  #deadline: number | undefined;

  constructor(choice: RungChoice) {
    this.#choice = choice;
  }

  /** What is in use; undefined before the first. */
  get current(): RungName | undefined {
    return this.#current;
  }

  get choice(): RungChoice {
    return this.#choice;
  }

  get facts(): LadderFacts {
    return this.#facts;
  }

  /** Whether the rung was left since the user last chose. */
  hasFailed(rung: RungName): boolean {
    return this.#failures.has(rung);
  }

  /** When a tick is needed; undefined: not before the next event. */
  get wakeAt(): number | undefined {
    return this.#deadline;
  }

  push(event: LadderEvent, now: number): readonly LadderOutput[] {
    switch (event.type) {
      case 'learned':
        this.#facts = { ...this.#facts, ...event.facts };
        break;
      case 'chosen':
        this.#choice = event.choice;
        this.#favoured = undefined;
        this.#failures.clear();
        this.#isPatient = false;
        break;
      case 'favoured':
        this.#favoured = event.rung;
        // The gateway asks again only when there is a new reason to hope.
        if (event.rung !== undefined) this.#failures.delete(event.rung);
        break;
      case 'fed':
        if (this.#current !== undefined && !this.#isPatient)
          this.#deadline ??= now + FIRST_MEDIA_TIMEOUT;
        return [];
      case 'firstMedia':
        this.#deadline = undefined;
        // It works: a stall from now on is the network's, and no reason to leave.
        this.#isPatient = true;
        return [];
      case 'failed':
        this.#fail(event.rung, { why: event.why, isSlow: false });
        break;
      case 'tick':
        if (this.#deadline === undefined || now < this.#deadline) return [];
        this.#tooSlow();
        break;
    }
    return this.#decide();
  }

  /** Where every rung stands, the best first. */
  report(): readonly RungReport[] {
    return rungNames.map((rung) => ({ rung, state: this.#stateOf(rung) }));
  }

  #tooSlow(): void {
    this.#deadline = undefined;
    const why = 'It showed no picture within 1.5 s.';
    if (this.#current !== undefined) this.#fail(this.#current, { why, isSlow: true });
  }

  /** What fails is the way of the picture: rungs that share it differ in their sound alone. */
  #fail(rung: RungName, failure: Failure): void {
    const path = pathOf(rung);
    for (const one of rungNames) if (pathOf(one) === path) this.#failures.set(one, failure);
  }

  #decide(): readonly LadderOutput[] {
    const best = this.#best();
    const wanted = best === 'wait' ? this.#current : best;
    const isFailed = wanted !== undefined && this.#failures.has(wanted);
    if (best === 'wait' || (wanted !== undefined && wanted === this.#current)) {
      // It stays although it failed: there is nothing to hurry to.
      this.#isPatient ||= isFailed;
      return [];
    }
    this.#current = wanted;
    this.#deadline = undefined;
    this.#isPatient = isFailed;
    return wanted === undefined ? [{ type: 'none' }] : [{ type: 'use', rung: wanted }];
  }

  #best(): RungName | 'wait' | undefined {
    const order = this.#order;
    for (const rung of order) {
      if (this.#failures.has(rung)) continue;
      const { type } = prospectOf(rung, this.#facts);
      if (type === 'usable') return rung;
      if (type === 'unknown') return 'wait';
    }
    // A machine on which every one was too slow: the best of them gets all the time it needs.
    return order.find(
      (rung) =>
        this.#failures.get(rung)?.isSlow === true &&
        prospectOf(rung, this.#facts).type === 'usable',
    );
  }

  /** A user's choice before what was measured, and that before what is best as a rule. */
  get #order(): readonly RungName[] {
    const first = this.#choice === 'auto' ? this.#favoured : this.#choice;
    return first === undefined ? rungNames : [first, ...rungNames];
  }

  #stateOf(rung: RungName): RungState {
    if (rung === this.#current) return { type: 'inUse' };
    const prospect = prospectOf(rung, this.#facts);
    if (prospect.type === 'impossible') return { type: 'unusable', obstacle: prospect.obstacle };
    const failure = this.#failures.get(rung);
    if (failure === undefined) return { type: prospect.type };
    const fix = 'Choose it again to try once more.';
    return { type: 'unusable', obstacle: { reason: failure.why, fix } };
  }
}
