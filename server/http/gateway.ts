import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

import type { WebSocket } from 'ws';

import type { Config } from '../config/schema.ts';
import type { Logger } from '../observe/logger.ts';
import { HttpFault, type FaultCode } from './fault.ts';
import type { Grant } from './grant.ts';
import type { IceServer } from './ice-servers.ts';
import type { LoginSession, LoginSessions } from './login-sessions.ts';
import type { LoginTokens } from './login-tokens.ts';
import type { OriginPolicy } from './origin-policy.ts';
import type { PasswordCheck } from './password.ts';
import type { Probes } from './probes.ts';
import type { TrustedProxies } from './proxies.ts';
import { readSessionCookie } from './session-cookie.ts';
import type { Tickets } from './tickets.ts';
import type { WebRtcDoor } from './webrtc-door.ts';

/** Whether one more connection fits. */
export type Admittance =
  { readonly type: 'admitted' } | { readonly type: 'full'; readonly retryAfterSeconds: number };

/** What the HTTP part needs of the rest of the server; compose.ts brings them together. */
export interface GatewayOptions {
  readonly config: Pick<Config, 'listen' | 'clientDirectory'>;
  readonly logger: Logger;
  /** The time in milliseconds, from any origin, never falling; the one that tokens, sessions and tickets were given. */
  readonly now: () => number;
  readonly tokens: LoginTokens;
  readonly sessions: LoginSessions;
  readonly tickets: Tickets;
  /** Reverse proxies whose headers are believed; none unless given. */
  readonly proxies?: TrustedProxies | undefined;
  /** Absent when no password is set. */
  readonly password?: PasswordCheck | undefined;
  /** Where WebTransport listens and which certificates it may show (SHA-256, current and next); none for trusted ones. */
  readonly webTransport: () =>
    WebTransportOffer | undefined | Promise<WebTransportOffer | undefined>;
  /** The signaling of WebRTC, and the origins of pages elsewhere that may play by it; absent: WebRTC is off. */
  readonly webRtc?: {
    readonly door: () => WebRtcDoor | undefined;
    readonly corsOrigins: readonly string[];
    /** STUN and TURN servers for a login; none unless given. */
    readonly iceServers?: (session: string) => readonly IceServer[];
  };
  /** The gateway's own figures for GET /api/statistics, JSON; not served unless given. */
  readonly statistics?: () => object;
  /** Size of the desktop in pixels, when it is known. */
  readonly desktop: () => { readonly width: number; readonly height: number } | undefined;
  /** Asked for each ticket and before each WebSocket. */
  readonly admit: (session: LoginSession) => Admittance;
  readonly probes: Probes;
  /** A WebSocket that has passed every check; the callee owns it from here on. Called synchronously. */
  readonly onConnection: (socket: WebSocket, grant: Grant, tcp: Socket) => void;
  /** A login was ended by its owner: its connections should end. */
  readonly onLogout?: (session: string) => void;
  /** A page of a login goes away: the connection of this name (HELLO_ACK `session`) should end. */
  readonly onLeave?: (session: string, connection: string) => void;
  /** Each refused request, to be counted. */
  readonly onRefused?: (code: FaultCode) => void;
}

/** What a ticket says of WebTransport. */
export interface WebTransportOffer {
  /** The UDP port here. */
  readonly port: number;
  /** Whether it has another number than the TCP port of the page. */
  readonly hasOwnPort: boolean;
  readonly certificateHashes: readonly Uint8Array[];
}

/** Path of both transports (docs/protocol.md). */
export const TRANSPORT_PATH = '/dtf/1';

/** What it takes to find a login by its cookie. */
interface LoginLookup {
  readonly sessions: LoginSessions;
  readonly policy: OriginPolicy;
}

/** The login that a request's cookie stands for, or the connection that carried it. */
export function sessionOf(
  request: IncomingMessage,
  { sessions, policy }: LoginLookup,
): LoginSession | undefined {
  const { carried } = policy;
  if (carried !== undefined) {
    const { session: id, role } = carried;
    return sessions.isOpen(id) ? { id, role } : undefined;
  }
  const cookie = readSessionCookie(request, policy);
  return cookie === undefined ? undefined : sessions.find(cookie);
}

/**
 * The login that a request may use: that of its cookie, unless somebody else has logged in at a proxy since, or nobody.
 */
export function loginOf(
  request: IncomingMessage,
  { sessions, policy }: LoginLookup,
): LoginSession | undefined {
  const session = sessionOf(request, { sessions, policy });
  if (session?.identity === undefined) return session;
  return policy.seen(request).identity?.name === session.identity ? session : undefined;
}

/** The path of a request without the sub-path that the server goes by; a proxy may have taken it away. */
export function withoutBasePath(url: string, basePath: string | undefined): string {
  if (basePath === undefined || !url.startsWith(basePath)) return url;
  const rest = url.slice(basePath.length);
  if (rest.startsWith('/')) return rest;
  return rest === '' || rest.startsWith('?') ? `/${rest}` : url;
}

/** Refuses requests under a name that is not ours. */
export function requireOwnHost(request: IncomingMessage, policy: OriginPolicy): void {
  if (!policy.isHostAllowed(policy.seen(request).host)) throw new HttpFault('hostRefused');
}

/** Refuses requests that a page of this server did not send; returns its origin. */
export function requireOwnOrigin(request: IncomingMessage, policy: OriginPolicy): string {
  const { origin } = request.headers;
  const { host, isSecure } = policy.seen(request);
  const verdict = policy.judge(origin, host, isSecure);
  if (verdict === 'insecure') throw new HttpFault('originInsecure');
  if (verdict !== 'allowed' || origin === undefined) throw new HttpFault('originRefused');
  return origin;
}

/** Refuses when no more connections fit. */
export function requireRoom(session: LoginSession, admit: GatewayOptions['admit']): void {
  const admittance = admit(session);
  if (admittance.type === 'full') {
    throw new HttpFault('full', { retryAfterSeconds: admittance.retryAfterSeconds });
  }
}
