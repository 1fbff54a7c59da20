/**
 * When to make the next certificate, on which port it is shown, and when a port may go. A pure core: it looks at what is
 * open and at the time, and says the one next thing to do; `server/transport/certificate-ports.ts` does it and asks again.
 *
 * A QUIC listener reads its certificate once, so that a new certificate means a new listener. On the main port, the only one
 * that a container or a firewall lets through, it can take the place of the old one only while nobody is connected there.
 * So it waits for such a moment, and only when none comes a second port is opened beside the main one:
 *
 * ```
 *   days      0                    5                    10           13
 *   main port |--- certificate 1 --|- 1, replaced by 2 -|            |
 *             |                    |  when it is quiet  |            |
 *   else      |                    |                    |- 2 on another port; 1 stays for its sessions, at most until it ends
 *   then      |                    |                    |            |- 2 on the main port too, once that is free
 * ```
 *
 * Every ticket names the hashes of the current and of the next certificate, so that it works on either side of a change.
 */

/** When a certificate is valid. */
export interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** A certificate that is shown on a UDP port. */
export interface ServedPort extends Validity {
  /** Whether the port is the one that pages should be given. */
  readonly isMain: boolean;
  /** Sessions that are open on it. */
  readonly openSessions: number;
  /** When a page was last told of it; the time of its opening before that. */
  readonly lastOffered: Date;
}

/** What the plan is made of. */
export interface RotationState {
  /** In the order in which they were opened: the last one is what pages are given. */
  readonly ports: readonly ServedPort[];
  /** The certificate that comes after the newest one shown. */
  readonly next: Validity | undefined;
  /** Until then the main port is not tried again, because another program has it. */
  readonly mainBlockedUntil: Date | undefined;
}

/** The one next thing to do. Indexes are into `ports`. */
export type RotationStep =
  /** Makes the next certificate, valid from `from` on. */
  | { readonly type: 'make'; readonly from: Date }
  /** Closes port `close`, then opens the main port with the next certificate. */
  | { readonly type: 'replace'; readonly close: number }
  /** Opens a port with the next certificate, beside those that are open. */
  | { readonly type: 'open'; readonly where: 'main' | 'beside' }
  /** Opens the main port with the newest certificate, which is shown on another port. */
  | { readonly type: 'return' }
  | { readonly type: 'close'; readonly port: number; readonly reason: 'ended' | 'unused' }
  /** Nothing before this moment, unless a session ends. */
  | { readonly type: 'wait'; readonly until: Date };

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/**
 * After how long a certificate is replaced if its port is quiet: five days, and the hour by which its validity begins before
 * it is shown (certificate.ts). The next one then overlaps it by 8 of its 13 days.
 */
const RENEW_AFTER_MS = 5 * DAY_MS + HOUR_MS;

/** A next certificate that has waited for so long is made anew, so that one that is shown has most of its time before it. */
const STALE_AFTER_MS = DAY_MS;

/**
 * How long before its end a certificate is replaced whatever happens on its port: a gateway that fails to make one then has
 * a weekend with a valid certificate.
 */
const RENEW_BEFORE_END_MS = 3 * DAY_MS;

/**
 * How long after a page was told of a port it may still be on its way there: the 15 s that a ticket lives, and the 5 s that a
 * connection has for its HELLO, and a little.
 */
const GRACE_MS = 25_000;

/** Clocks jump (suspended machines), so that the plan is looked at this often whatever it says. */
const LONGEST_WAIT_MS = HOUR_MS;

/** The next thing to do. `now` is the wall clock, because validity is. */
export function nextRotationStep(state: RotationState, now: Date): RotationStep {
  const time = now.getTime();
  const current = state.ports.at(-1);
  const isCurrentValid = current !== undefined && isValid(current, time);
  if (!isUsable(state.next, { time, isCurrentValid })) {
    return { type: 'make', from: isCurrentValid ? laterOf(now, renewalTime(current)) : now };
  }
  if (current === undefined) {
    return { type: 'open', where: isMainFree(state, time) ? 'main' : 'beside' };
  }
  const close = closing(state.ports, time);
  if (close !== undefined) return close;
  const isDue = !isCurrentValid || renewalTime(current) <= time;
  const step = isDue ? renewal(state, current, time) : homecoming(state, current, time);
  return step ?? { type: 'wait', until: new Date(wakeUpTime(state, time)) };
}

/** Whether the next certificate can still be shown, and in time. */
function isUsable(
  next: Validity | undefined,
  { time, isCurrentValid }: { readonly time: number; readonly isCurrentValid: boolean },
): boolean {
  if (next === undefined || next.notBefore.getTime() + STALE_AFTER_MS <= time) return false;
  return isCurrentValid || next.notBefore.getTime() <= time;
}

/** A port that pages are not given any more goes when nobody is on it, at the latest when its certificate ends. */
function closing(ports: readonly ServedPort[], time: number): RotationStep | undefined {
  for (const [port, served] of ports.slice(0, -1).entries()) {
    if (served.notAfter.getTime() <= time) return { type: 'close', port, reason: 'ended' };
    if (isQuiet(served, time)) return { type: 'close', port, reason: 'unused' };
  }
  return undefined;
}

/** What becomes of a certificate that is due. */
function renewal(
  state: RotationState,
  current: ServedPort,
  time: number,
): RotationStep | undefined {
  const isPressing = !isValid(current, time) || latestRenewalTime(current) <= time;
  if (current.isMain) {
    // Tickets for a certificate that has ended are lost in any case.
    const disturbsNobody = isValid(current, time)
      ? isQuiet(current, time)
      : current.openSessions === 0;
    if (disturbsNobody) return { type: 'replace', close: state.ports.length - 1 };
  } else if (isMainFree(state, time)) {
    return { type: 'open', where: 'main' };
  }
  return isPressing ? { type: 'open', where: 'beside' } : undefined;
}

/** Back to the main port, once that is free. */
function homecoming(
  state: RotationState,
  current: ServedPort,
  time: number,
): RotationStep | undefined {
  return !current.isMain && isMainFree(state, time) ? { type: 'return' } : undefined;
}

function wakeUpTime({ ports, next, mainBlockedUntil }: RotationState, time: number): number {
  const moments = [
    ...ports.flatMap((port) => [
      renewalTime(port),
      latestRenewalTime(port),
      port.notAfter.getTime(),
      quietTime(port),
    ]),
    ...(next === undefined
      ? []
      : [next.notBefore.getTime(), next.notBefore.getTime() + STALE_AFTER_MS]),
    ...(mainBlockedUntil === undefined ? [] : [mainBlockedUntil.getTime()]),
  ];
  return Math.min(time + LONGEST_WAIT_MS, ...moments.filter((moment) => moment > time));
}

function isMainFree({ ports, mainBlockedUntil }: RotationState, time: number): boolean {
  const isBlocked = mainBlockedUntil !== undefined && time < mainBlockedUntil.getTime();
  return !isBlocked && ports.every((port) => !port.isMain);
}

function isValid({ notBefore, notAfter }: Validity, time: number): boolean {
  return notBefore.getTime() <= time && time < notAfter.getTime();
}

/** When it is replaced if that disturbs nobody. */
function renewalTime({ notBefore }: Validity): number {
  return notBefore.getTime() + RENEW_AFTER_MS;
}

/** From when on it is replaced even where a second port is needed. */
function latestRenewalTime({ notAfter }: Validity): number {
  return notAfter.getTime() - RENEW_BEFORE_END_MS;
}

function isQuiet(port: ServedPort, time: number): boolean {
  return port.openSessions === 0 && quietTime(port) <= time;
}

/** From when on nobody is on the way to the port, unless it is offered again. */
function quietTime({ lastOffered }: ServedPort): number {
  return lastOffered.getTime() + GRACE_MS;
}

function laterOf(moment: Date, time: number): Date {
  return new Date(Math.max(moment.getTime(), time));
}
