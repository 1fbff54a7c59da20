import { SessionCode } from '../../protocol/errors.ts';
import { millis, millisToMicros, type Micros } from '../../protocol/time.ts';
import { Continuity } from './continuity.ts';
import type { Joining, Viewer } from './viewer.ts';

/** So many events of one login in a time, and no more. */
interface Bound {
  readonly most: number;
  readonly period: Micros;
}

/** Two tabs of one login that push each other out: more takeovers than this are refused. */
const TAKEOVERS: Bound = { most: 3, period: millisToMicros(millis(5_000)) };

/** Each move costs everybody a keyframe (a guess; by itself a client moves far less). */
const MOVES: Bound = { most: 12, period: millisToMicros(millis(30_000)) };

/** What is known when a connection says HELLO. */
interface Circumstances {
  /** The other connections of its login. */
  readonly others: readonly Viewer[];
  /** `move` of its HELLO. */
  readonly move: string | undefined;
  readonly now: Micros;
}

/**
 * Decides which connections of a login live: one per attempt, the first of a race, and one per login, the newest of the tabs. Only a
 * client that moves has two for a while, which share what continues. Closes those that lose.
 */
export class Joins {
  readonly #takeovers = new RecentEvents(TAKEOVERS);
  readonly #moves = new RecentEvents(MOVES);

  /** What the connection begins with; undefined when it was closed. */
  join(joining: Viewer, { others, move, now }: Circumstances): Joining | undefined {
    const { session, attempt } = joining.admission;
    const older = others.filter((viewer) => viewer.isLive);
    if (older.some((viewer) => viewer.admission.attempt === attempt)) {
      joining.close(SessionCode.superseded, 'another transport was faster');
      return undefined;
    }
    const from = older.find((viewer) => viewer.admission.attempt === move);
    if (from !== undefined && !this.#moves.add(session, now)) {
      joining.close(SessionCode.rate, `more than ${MOVES.most} moves in 30 s`);
      return undefined;
    }
    if (from === undefined && older.length > 0 && !this.#takeovers.add(session, now)) {
      joining.close(SessionCode.rate, 'several tabs are taking this session from each other');
      return undefined;
    }
    for (const viewer of older) {
      if (viewer === from) continue;
      viewer.close(SessionCode.superseded, 'this session was opened in another tab');
    }
    if (from?.continuity === undefined) return { continuity: new Continuity() };
    from.replacedBy(joining, now);
    return { continuity: from.continuity, from };
  }

  /** The last connection of a login has ended. */
  forget(session: string): void {
    this.#takeovers.forget(session);
    this.#moves.forget(session);
  }
}

/** Events of each login within a bound. */
class RecentEvents {
  readonly #bound: Bound;
  readonly #moments = new Map<string, readonly Micros[]>();

  constructor(bound: Bound) {
    this.#bound = bound;
  }

  /** Notes one more, unless there were too many lately. */
  add(session: string, now: Micros): boolean {
    const { most, period } = this.#bound;
    const moments = this.#moments.get(session) ?? [];
    const recent = moments.filter((moment) => now - moment < period);
    if (recent.length >= most) return false;
    this.#moments.set(session, [...recent, now]);
    return true;
  }

  forget(session: string): void {
    this.#moments.delete(session);
  }
}
