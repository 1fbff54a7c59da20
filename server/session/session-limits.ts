import type { Role } from './roles.ts';

/** How long a login may be used; milliseconds, 0 = without an end. */
export interface SessionLimitsOptions {
  /** From the last key or click, for logins that may type. */
  readonly idleMs: number;
  /** From the first connection. */
  readonly maxMs: number;
}

/** What a limit asks for. Messages are for the user. */
export type LimitOutput =
  | {
      readonly type: 'warn';
      readonly session: string;
      readonly remainingMs: number;
      readonly message: string;
    }
  /** What was said by the last warning no longer holds. */
  | { readonly type: 'withdraw'; readonly session: string }
  | { readonly type: 'end'; readonly session: string; readonly message: string };

/** The user is warned so long before, or after half of a limit that is shorter. Enough to save a document; a guess. */
const WARNING_MS = 60_000;

interface Watched {
  readonly mayType: boolean;
  readonly since: number;
  activeAt: number;
  isWarned: boolean;
}

interface Limit {
  readonly endsAt: number;
  readonly ofMs: number;
  readonly isIdle: boolean;
}

/**
 * Ends logins that nobody uses and those that have lasted for long enough, and warns before. Whoever only watches is never idle. A pure
 * core: times are milliseconds of one origin.
 */
export class SessionLimits {
  readonly #options: SessionLimitsOptions;
  readonly #sessions = new Map<string, Watched>();

  constructor(options: SessionLimitsOptions) {
    this.#options = options;
  }

  /**
   * A connection of a login; a page that was loaded again is warned again.
   * @returns whether it is the login's first one
   */
  connected(session: string, role: Role, now: number): boolean {
    const known = this.#sessions.get(session);
    if (known !== undefined) {
      known.isWarned = false;
      return false;
    }
    const mayType = role === 'controller';
    this.#sessions.set(session, { mayType, since: now, activeAt: now, isWarned: false });
    return true;
  }

  /** Somebody typed, clicked or moved the pointer. */
  active(session: string, now: number): void {
    const watched = this.#sessions.get(session);
    if (watched !== undefined) watched.activeAt = now;
  }

  /** Lets time pass, about once a second; `isOpen` tells logins from those that have ended by themselves. */
  tick(now: number, isOpen: (session: string) => boolean): readonly LimitOutput[] {
    const outputs: LimitOutput[] = [];
    for (const [session, watched] of this.#sessions) {
      if (!isOpen(session)) this.#sessions.delete(session);
      else {
        const output = this.#look(session, watched, now);
        if (output !== undefined) outputs.push(output);
      }
    }
    return outputs;
  }

  #look(session: string, watched: Watched, now: number): LimitOutput | undefined {
    const limit = this.#nearest(watched);
    if (limit === undefined) return undefined;
    const remainingMs = limit.endsAt - now;
    if (remainingMs <= 0) {
      this.#sessions.delete(session);
      return { type: 'end', session, message: endText(limit) };
    }
    const isNear = remainingMs <= Math.min(WARNING_MS, limit.ofMs / 2);
    if (isNear === watched.isWarned) return undefined;
    watched.isWarned = isNear;
    if (!isNear) return { type: 'withdraw', session };
    return { type: 'warn', session, remainingMs, message: warningText(limit, remainingMs) };
  }

  #nearest({ mayType, since, activeAt }: Watched): Limit | undefined {
    const { idleMs, maxMs } = this.#options;
    const idle = { endsAt: activeAt + idleMs, ofMs: idleMs, isIdle: true };
    const total = { endsAt: since + maxMs, ofMs: maxMs, isIdle: false };
    const limits = [...(idleMs > 0 && mayType ? [idle] : []), ...(maxMs > 0 ? [total] : [])];
    return limits.sort((a, b) => a.endsAt - b.endsAt)[0];
  }
}

const warningText = ({ isIdle, ofMs }: Limit, remainingMs: number): string =>
  isIdle
    ? `This session ends in ${duration(remainingMs)} unless you type or click.`
    : `This session ends in ${duration(remainingMs)}: it may last for ${duration(ofMs)}.`;

const endText = ({ isIdle, ofMs }: Limit): string =>
  isIdle
    ? `Nobody typed or clicked for ${duration(ofMs)}.`
    : `A session may last for ${duration(ofMs)}.`;

/** A time in words, in the largest unit of which there are at least two. */
function duration(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1_000);
  const units = [
    ['hour', 3_600],
    ['minute', 60],
  ] as const;
  for (const [name, length] of units) {
    const count = Math.round(seconds / length);
    if (count >= 2 || (count === 1 && seconds === length)) return words(count, name);
  }
  return words(seconds, 'second');
}

const words = (count: number, unit: string): string => `${count} ${unit}${count === 1 ? '' : 's'}`;
