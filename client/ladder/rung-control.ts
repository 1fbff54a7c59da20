import { localMicros } from '../local-time.ts';
import type { FromVideoWorker } from '../video/video-messages.ts';
import type { LadderFacts } from './facts.ts';
import { Ladder, type LadderEvent, type RungReport } from './ladder.ts';
import { pathOf, type RungChoice, type RungName } from './rungs.ts';

/** What becomes of a path, in the video worker or past it. */
export type PathMessage = Extract<FromVideoWorker, { type: 'path' | 'pathFailed' }>;

/** What the page shows of the ladder. */
export interface RungsView {
  /** Undefined until one is in use. */
  readonly current: RungName | undefined;
  readonly choice: RungChoice;
  /** The best first. */
  readonly rungs: readonly RungReport[];
}

/** What the user chose of the ladder, and who carries its decisions out. */
export interface RungControlOptions {
  readonly choice: RungChoice;
  /** Begins on a rung, or goes over to it. */
  readonly onUse: (rung: RungName, facts: LadderFacts) => void;
  /** There is no rung; whole sentences. */
  readonly onNone: (reasons: string) => void;
  readonly onView: (view: RungsView) => void;
}

/** The ladder with its timer: told what was tried and what happens, it says which rung to use. */
export class RungControl {
  readonly #options: RungControlOptions;
  readonly #ladder: Ladder;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: RungControlOptions) {
    this.#options = options;
    this.#ladder = new Ladder(options.choice);
  }

  get view(): RungsView {
    const { current, choice } = this.#ladder;
    return { current, choice, rungs: this.#ladder.report() };
  }

  /** A probe has an answer. */
  learned(facts: Partial<LadderFacts>): void {
    this.#push({ type: 'learned', facts });
  }

  /** The user's choice; whether it holds. One that cannot be had changes nothing. */
  choose(choice: RungChoice): boolean {
    const state = this.#ladder.report().find(({ rung }) => rung === choice)?.state;
    if (state?.type === 'unusable' && !this.#isWorthAnotherTry(choice)) return false;
    this.#push({ type: 'chosen', choice });
    return true;
  }

  /** The gateway's advice, which the user's choice outweighs; undefined takes it back. */
  favour(rung: RungName | undefined): void {
    this.#push({ type: 'favoured', rung });
  }

  /** What a path tells; of one that is not that of the rung in use it does not matter any more. */
  onPath(message: PathMessage): void {
    const { current } = this.#ladder;
    if (current === undefined || pathOf(current) !== message.path) return;
    if (message.type === 'pathFailed')
      this.#push({ type: 'failed', rung: current, why: message.why });
    else this.#push({ type: message.event });
  }

  /** Idempotent. */
  close(): void {
    clearTimeout(this.#timer);
  }

  /** What failed may work now; what is missing is missing. */
  #isWorthAnotherTry(choice: RungChoice): boolean {
    return choice !== 'auto' && this.#ladder.hasFailed(choice);
  }

  #push(event: LadderEvent): void {
    const { onUse, onNone, onView } = this.#options;
    for (const output of this.#ladder.push(event, localMicros())) {
      if (output.type === 'use') onUse(output.rung, this.#ladder.facts);
      else onNone(this.#reasons());
    }
    this.#setTimer();
    onView(this.view);
  }

  #setTimer(): void {
    clearTimeout(this.#timer);
    const { wakeAt } = this.#ladder;
    if (wakeAt === undefined) return;
    this.#timer = setTimeout(() => this.#tick(), Math.max(0, (wakeAt - localMicros()) / 1000) + 1);
  }

  /** Browsers show nothing in a page that nobody looks at, so that no time passes there. */
  #tick(): void {
    if (document.visibilityState === 'visible') this.#push({ type: 'tick' });
    else document.addEventListener('visibilitychange', () => this.#setTimer(), { once: true });
  }

  #reasons(): string {
    const reasons = this.#ladder
      .report()
      .flatMap(({ state }) =>
        state.type === 'unusable' ? [state.obstacle.reason, state.obstacle.fix ?? ''] : [],
      );
    return [...new Set(reasons)].filter((text) => text !== '').join(' ');
  }
}
