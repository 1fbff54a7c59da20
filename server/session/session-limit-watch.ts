import { millis } from '../../protocol/time.ts';
import type { Config } from '../config/schema.ts';
import type { Admission } from './admission.ts';
import type { DesktopSession } from './desktop-session.ts';
import { SessionLimits, type LimitOutput } from './session-limits.ts';

/** How often the limits are looked at, milliseconds: they are seconds. */
const LOOK_MS = 1_000;

/** The logins that the limits can end. */
export interface EndableLogins {
  isOpen(login: string): boolean;
  end(login: string): void;
  /** How long it had lasted when it came from another gateway, milliseconds. */
  broughtAgeMs(login: string): number;
}

/** The limits of logins, at work. */
export interface SessionLimitWatch {
  connected(admission: Admission): void;
  /** Somebody of this login typed or pointed. */
  active(login: string): void;
  close(): void;
}

/** Warns and ends logins by the limits of the configuration. */
export function watchSessionLimits(
  config: Pick<Config['session'], 'idleSeconds' | 'maxSeconds'>,
  logins: EndableLogins,
  desktop: DesktopSession,
): SessionLimitWatch {
  const limits = new SessionLimits({
    idleMs: config.idleSeconds * 1_000,
    maxMs: config.maxSeconds * 1_000,
  });
  const now = (): number => performance.now();
  const obey = (output: LimitOutput): void => {
    const { session } = output;
    switch (output.type) {
      case 'warn':
        desktop.warn(session, millis(output.remainingMs), output.message);
        break;
      case 'withdraw':
        desktop.warn(session, millis(0), '');
        break;
      case 'end':
        logins.end(session);
        desktop.logout(session, output.message);
        break;
    }
  };
  const timer = setInterval(() => {
    for (const output of limits.tick(now(), (login) => logins.isOpen(login))) obey(output);
  }, LOOK_MS);
  return {
    connected: ({ session, role }) => {
      // A login that another gateway opened has lasted for some time already.
      const isNew = limits.connected(session, role, now() - logins.broughtAgeMs(session));
      if (isNew) limits.active(session, now());
    },
    active: (login) => limits.active(login, now()),
    close: () => clearInterval(timer),
  };
}
