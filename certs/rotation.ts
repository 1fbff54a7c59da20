/**
 * When to make the next certificate, which one new clients get and when an old one may go. A pure core: it looks at what
 * is served and at the time, and says what to do.
 *
 * A QUIC listener reads its certificate once, so that each certificate has its own UDP port. Sessions live on after
 * their certificate has ended; only new handshakes need a valid one.
 *
 * ```
 *   certificate 1  |========================= valid =========================|
 *                  | new clients            | sessions end by themselves ... | retired when the last one has
 *   certificate 2                           |========================= valid ================...
 *                                           | new clients
 *                                           ^ RENEW_BEFORE ahead of the end
 * ```
 */

/** A certificate that is being served on its own port. */
export interface ServedCertificate {
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** When its port was opened. */
  readonly servedSince: Date;
  /** Sessions that are open on its port. */
  readonly openSessions: number;
}

/** What to do now. Indexes are into the list that was given. */
export interface RotationPlan {
  /** True when a further certificate is to be made and served now. */
  readonly create: boolean;
  /** The certificate whose port new clients get; undefined when none is valid. */
  readonly current: number | undefined;
  /** Certificates whose port can be closed: superseded for a while, or ended, and without sessions. */
  readonly retire: readonly number[];
  /** When to ask again, at the latest; in the future. */
  readonly askAgainAt: Date;
}

const HOUR_MS = 3_600_000;

/**
 * How long before its end a certificate is replaced, at most: three days of thirteen leave a gateway that fails to
 * make one for a weekend with a valid certificate.
 */
const RENEW_BEFORE_MS = 72 * HOUR_MS;

/** The same as a part of the lifetime, for certificates that are shorter than usual. */
const RENEW_BEFORE_SHARE = 0.25;

/**
 * How long a superseded certificate is served on, so that a client that got its port and hash just before still
 * connects: the 15 s that a ticket lives, four times over.
 */
const GRACE_MS = 60_000;

/** Clocks jump (suspended machines), so that the plan is looked at this often whatever it says. */
const LONGEST_WAIT_MS = HOUR_MS;

/** Certificates in the order in which they were made. `now` is the wall clock, because validity is. */
export function planRotation(served: readonly ServedCertificate[], now: Date): RotationPlan {
  const time = now.getTime();
  const current = served.findLastIndex((one) => isValid(one, time));
  const newest = served.at(-1);
  const create = newest === undefined || !isValid(newest, time) || renewalTime(newest) <= time;
  const retire = served.flatMap((one, index) =>
    one.openSessions === 0 && isDone(one, served[index + 1], time) ? [index] : [],
  );
  const moments = served.flatMap((one, index) => [
    renewalTime(one),
    one.notAfter.getTime(),
    ...(index > 0 ? [supersedingTime(one)] : []),
  ]);
  const next = Math.min(time + LONGEST_WAIT_MS, ...moments.filter((moment) => moment > time));
  return {
    create,
    current: current === -1 ? undefined : current,
    retire,
    askAgainAt: new Date(next),
  };
}

function isValid(certificate: ServedCertificate, time: number): boolean {
  return certificate.notBefore.getTime() <= time && time < certificate.notAfter.getTime();
}

function renewalTime({ notBefore, notAfter }: ServedCertificate): number {
  const lifetime = notAfter.getTime() - notBefore.getTime();
  return notAfter.getTime() - Math.min(RENEW_BEFORE_MS, lifetime * RENEW_BEFORE_SHARE);
}

/** From when on the certificate before this one is not needed. */
function supersedingTime({ servedSince }: ServedCertificate): number {
  return servedSince.getTime() + GRACE_MS;
}

function isDone(
  certificate: ServedCertificate,
  successor: ServedCertificate | undefined,
  time: number,
): boolean {
  if (successor === undefined) return false;
  if (certificate.notAfter.getTime() <= time) return true;
  return isValid(successor, time) && supersedingTime(successor) <= time;
}
