/**
 * How a user comes in: by the one-time token in the address, by the cookie of an earlier visit, or through the login view.
 */
import type { Credential, LoginOutcome } from './session-api.ts';

/** What the page shows first. */
export type Entry =
  /** The page came over plain http, and the server does not allow that. */
  | { readonly type: 'insecure' }
  | { readonly type: 'desktop' }
  | {
      readonly type: 'login';
      readonly acceptsPassword: boolean;
      /** Why the user has to sign in again, for display. */
      readonly notice: string | undefined;
    }
  | { readonly type: 'unreachable' };

/** Whether this browser has a session, and if not, how to get one. */
export type SessionStatus =
  | { readonly type: 'open' }
  | {
      readonly type: 'closed';
      readonly acceptsPassword: boolean;
      /** Whether the server lets pages over plain http in. */
      readonly allowsPlainHttp: boolean;
    };

/** The requests that entering needs; they throw when the server does not answer. */
export interface EntryApi {
  login(credential: Credential): Promise<LoginOutcome>;
  sessionStatus(): Promise<SessionStatus>;
}

const TOKEN_PARAMETER = 'token';

/** What a user of a page over plain http has to know before typing anything. */
const READABLE = 'This page is not encrypted: others on the network can read what you type.';

/** A place with an address, as `window.location` and `window.history` offer it. */
export interface AddressBar {
  readonly hash: string;
  readonly pathname: string;
  readonly search: string;
  replace(address: string): void;
}

/** Takes the one-time token out of the address, so that it stays neither in the history nor in a bookmark. */
export function takeToken(bar: AddressBar): string | undefined {
  const parameters = new URLSearchParams(bar.hash.replace(/^#/, ''));
  const token = parameters.get(TOKEN_PARAMETER);
  if (token === null) return undefined;
  bar.replace(`${bar.pathname}${bar.search}`);
  return token === '' ? undefined : token;
}

/** Finds out what to show, using up the token if there is one. */
export async function enter(
  api: EntryApi,
  { token, isSecure }: { readonly token: string | undefined; readonly isSecure: boolean },
): Promise<Entry> {
  try {
    let notice = isSecure ? undefined : READABLE;
    if (token !== undefined) {
      const outcome = await api.login({ type: 'token', token });
      if (outcome.type === 'accepted') return { type: 'desktop' };
      notice = refusalText(outcome, 'token');
    }
    const status = await api.sessionStatus();
    if (status.type === 'open') return { type: 'desktop' };
    if (!isSecure && !status.allowsPlainHttp) return { type: 'insecure' };
    return { type: 'login', acceptsPassword: status.acceptsPassword, notice };
  } catch {
    // Every failure here means the same to the user: there is no server to talk to right now.
    return { type: 'unreachable' };
  }
}

/** Says in the user's words why a credential was refused. */
export function refusalText(
  refusal: Extract<LoginOutcome, { type: 'refused' }>,
  credential: Credential['type'],
): string {
  if (refusal.retryAfterMs !== undefined) {
    const seconds = Math.max(1, Math.ceil(refusal.retryAfterMs / 1000));
    return `Too many attempts. Try again in ${seconds === 1 ? 'a second' : `${seconds} seconds`}.`;
  }
  return credential === 'token'
    ? 'This link has expired or was used already.'
    : 'That password is not right.';
}

/**
 * Asks the server who this browser is (`GET /api/session`) and, when it is nobody yet, what it may log in with (`GET /api/login`).
 *
 * @throws Error when the server does not answer or is in trouble itself
 */
export async function fetchSessionStatus(): Promise<SessionStatus> {
  const session = await get('/api/session');
  if (session.ok) return { type: 'open' };
  if (session.status !== 401) {
    throw new Error(`session: expected 200 or 401, got ${session.status}`);
  }
  const login = await get('/api/login');
  const offer: unknown = login.ok ? await login.json() : undefined;
  const says = (name: string): boolean =>
    typeof offer === 'object' && offer !== null && Reflect.get(offer, name) === true;
  return {
    type: 'closed',
    acceptsPassword: says('password'),
    allowsPlainHttp: says('plainHttp'),
  };
}

function get(path: string): Promise<Response> {
  return fetch(new URL(`.${path}`, location.href), {
    credentials: 'same-origin',
    cache: 'no-store',
  });
}
