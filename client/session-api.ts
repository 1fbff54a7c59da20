/**
 * The few HTTP requests of the client: log in, ask who one is, fetch tickets for the next connection.
 *
 * Works on the page and in workers (same origin, the session cookie travels by itself).
 */
import type { IceServer, PeerAddress } from './webrtc/peer-messages.ts';

/** What the user proves to be allowed in with: the one-time token of a link, or a password. */
export type Credential =
  | { readonly type: 'token'; readonly token: string }
  | { readonly type: 'password'; readonly password: string };

/** The answer to a login attempt; `retryAfterMs` is set when the server asks to wait. */
export type LoginOutcome =
  | { readonly type: 'accepted' }
  | {
      readonly type: 'refused';
      readonly code: string;
      readonly message: string;
      readonly retryAfterMs: number | undefined;
    };

/** Where and with what proof the next connection may be opened. Single use, valid for 15 s. */
export interface ConnectionTicket {
  readonly webSocketUrl: string;
  readonly webSocketTicket: string;
  /** Absent when the server has no WebTransport, or the browser cannot use it. */
  readonly webTransport:
    | {
        readonly url: string;
        /** SHA-256 hashes of acceptable certificates, current and next; empty for a publicly trusted one. */
        readonly certificateHashes: readonly Uint8Array<ArrayBuffer>[];
      }
    | undefined;
  /** Where to offer a WebRTC connection; absent where the server has none. */
  readonly webRtc?: PeerAddress | undefined;
}

/** Why a request of this file failed. `unauthorized` means: log in again. */
export class SessionApiError extends Error {
  override readonly name = 'SessionApiError';
  readonly code: 'unauthorized' | 'unreachable' | 'rejected' | 'malformed';
  /** How long the server asks to wait before trying again, in milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(
    code: SessionApiError['code'],
    message: string,
    options: { readonly cause?: unknown; readonly retryAfterMs?: number | undefined } = {},
  ) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** Exchanges a credential for the session cookie. Throws SessionApiError only when the server is unreachable. */
export async function login(credential: Credential): Promise<LoginOutcome> {
  const body =
    credential.type === 'token' ? { token: credential.token } : { password: credential.password };
  const response = await request('/api/login', { method: 'POST', body });
  if (response.ok) return { type: 'accepted' };
  const error = asRecord(asRecord(await readJson(response))['error']);
  return {
    type: 'refused',
    code: asString(error['code'], 'refused'),
    message: asString(error['message'], `the server answered ${response.status}`),
    retryAfterMs: retryAfter(response),
  };
}

/** Ends the session of this browser. */
export async function logout(): Promise<void> {
  await request('/api/logout', { method: 'POST' });
}

/**
 * Tells the server that this page goes away, while it does: the one request that a browser sends on after a tab was
 * closed. Keys are released and control is free when it arrives.
 *
 * @param connection `session` of HELLO_ACK; undefined: there is nothing to leave
 */
export function sayLeave(connection: string | undefined): void {
  if (connection === undefined) return;
  const body = new Blob([JSON.stringify({ connection })], { type: 'application/json' });
  navigator.sendBeacon(new URL('./api/leave', location.href), body);
}

/** Asks for one more one-time link to this desktop (controllers only). */
export async function createLink(): Promise<{ link: string; expiresInSeconds: number }> {
  const response = await request('/api/links', { method: 'POST' });
  if (!response.ok) throw refusal(response, 'link');
  const body = asRecord(await readJson(response));
  const { link, expiresInSeconds } = body;
  if (typeof link !== 'string' || typeof expiresInSeconds !== 'number') {
    throw new SessionApiError('malformed', 'links: expected link and expiresInSeconds');
  }
  return { link, expiresInSeconds };
}

/** Whether the server offers WebRTC to this login; false, too, where it does not say. */
export async function offersWebRtc(): Promise<boolean> {
  try {
    const response = await request('/api/session', { method: 'GET' });
    return response.ok && asRecord(await readJson(response))['webRtc'] === true;
  } catch (error) {
    if (error instanceof SessionApiError) return false;
    throw error;
  }
}

/**
 * Fetches fresh tickets for one connection attempt.
 *
 * @param page the page's address: scheme and host of the transports follow from it
 */
export async function requestTicket(page: URL, signal: AbortSignal): Promise<ConnectionTicket> {
  const response = await request('/api/ticket', { method: 'POST', signal, page });
  if (!response.ok) throw refusal(response, 'ticket');
  return parseTicket(await readJson(response), page);
}

/** Checks and turns the answer of POST /api/ticket into addresses; exported for tests. */
export function parseTicket(value: unknown, page: URL): ConnectionTicket {
  const body = asRecord(value);
  const tickets = asRecord(body['tickets']);
  const path = asString(body['webSocketPath'], '/dtf/1');
  const webSocketTicket = tickets['webSocket'];
  if (typeof webSocketTicket !== 'string') {
    throw new SessionApiError('malformed', 'ticket: expected tickets.webSocket to be a string');
  }
  const webSocketUrl = new URL(path, page);
  webSocketUrl.protocol = page.protocol === 'https:' ? 'wss:' : 'ws:';
  return {
    webSocketUrl: webSocketUrl.href,
    webSocketTicket,
    webTransport: parseWebTransport(body['webTransport'], tickets['webTransport'], page),
    webRtc: parseWebRtc(body, tickets['webRtc'], page),
  };
}

function parseWebRtc(
  { webRtcPath: path, iceServers: servers }: Readonly<Record<string, unknown>>,
  ticket: unknown,
  page: URL,
): PeerAddress | undefined {
  if (typeof path !== 'string' || typeof ticket !== 'string') return undefined;
  const iceServers = Array.isArray(servers) ? servers.map(parseIceServer) : [];
  return {
    url: new URL(path, page).href,
    ticket,
    ...(iceServers.length > 0 && { iceServers }),
  };
}

function parseIceServer(value: unknown): IceServer {
  const { urls, username, credential } = asRecord(value);
  if (!Array.isArray(urls)) {
    throw new SessionApiError('malformed', 'ticket: expected iceServers {urls}');
  }
  return {
    urls: urls.map((url) => asString(url, '')),
    ...(typeof username === 'string' && { username }),
    ...(typeof credential === 'string' && { credential }),
  };
}

function parseWebTransport(
  value: unknown,
  ticket: unknown,
  page: URL,
): ConnectionTicket['webTransport'] {
  if (value === null || value === undefined || typeof ticket !== 'string') return undefined;
  const { port, path, certificateHashes } = asRecord(value);
  if (typeof port !== 'number' || !Array.isArray(certificateHashes)) {
    throw new SessionApiError(
      'malformed',
      'ticket: expected webTransport {port, certificateHashes}',
    );
  }
  const url = new URL(asString(path, '/dtf/1'), page);
  url.protocol = 'https:';
  url.port = String(port);
  url.searchParams.set('ticket', ticket);
  return {
    url: url.href,
    certificateHashes: certificateHashes.map((hash: unknown) => fromBase64(asString(hash, ''))),
  };
}

interface RequestOptions {
  readonly method: 'GET' | 'POST';
  readonly body?: unknown;
  readonly signal?: AbortSignal;
  /** The page, for a worker; its own address unless given. */
  readonly page?: URL;
}

async function request(path: string, options: RequestOptions): Promise<Response> {
  const { method, body, signal, page = location.href } = options;
  try {
    return await fetch(new URL(`.${path}`, page), {
      method,
      credentials: 'same-origin',
      cache: 'no-store',
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (cause) {
    if (signal?.aborted === true) throw cause;
    throw new SessionApiError('unreachable', `${method} ${path}: the server does not answer`, {
      cause,
    });
  }
}

function refusal(response: Response, what: string): SessionApiError {
  const code = response.status === 401 ? 'unauthorized' : 'rejected';
  return new SessionApiError(code, `${what}: the server answered ${response.status}`, {
    retryAfterMs: retryAfter(response),
  });
}

function retryAfter(response: Response): number | undefined {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}

async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    // An answer that is not JSON (a proxy's error page) holds no field; callers check each one.
    return undefined;
  }
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function asString(value: unknown, fallback: string): string {
  return typeof value === 'string' ? value : fallback;
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const standard = text.replaceAll('-', '+').replaceAll('_', '/');
  return Uint8Array.from(atob(standard), (character) => character.charCodeAt(0));
}
