import type { Config } from '../config/schema.ts';
import { LoginCookies } from './login-cookies.ts';
import { LoginSessions } from './login-sessions.ts';

/** The logins, with the key of the settings where there is one; `now`: milliseconds, from any origin, never falling. */
export function openLogins(
  { auth, session }: Pick<Config, 'auth' | 'session'>,
  now: () => number,
): LoginSessions {
  return new LoginSessions({
    now,
    cookies: new LoginCookies({ key: auth.loginKey, password: auth.password }),
    ...(session.maxSeconds > 0 ? { maxAgeMs: session.maxSeconds * 1_000 } : {}),
  });
}
