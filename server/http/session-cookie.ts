import type { Socket } from 'node:net';

import { fastifyCookie } from '@fastify/cookie';
import type { FastifyReply } from 'fastify';

/**
 * Name of the cookie. `__Host-` makes browsers take it only with Secure, without Domain and for the whole host
 * (RFC 6265bis, section 4.1.3.2), so that no neighbour can plant one. Chromium and Firefox take it on http://localhost and
 * http://127.0.0.1 as well, where they count as secure; a test shows it in Chromium. The port keeps two servers on one
 * host apart, since cookies do not know ports.
 */
export function sessionCookieName(socket: Socket): string {
  return `__Host-oriel-${socket.localPort ?? 0}`;
}

/** The value of the session cookie in a Cookie header; undefined when there is none. */
export function readSessionCookie(header: string | undefined, socket: Socket): string | undefined {
  if (header === undefined) return undefined;
  return fastifyCookie.parse(header)[sessionCookieName(socket)];
}

/** Until the browser ends; how long the login itself lasts is kept on the server. */
export function setSessionCookie(reply: FastifyReply, value: string): void {
  void reply.setCookie(sessionCookieName(reply.request.raw.socket), value, cookieOptions);
}

export function clearSessionCookie(reply: FastifyReply): void {
  void reply.clearCookie(sessionCookieName(reply.request.raw.socket), cookieOptions);
}

const cookieOptions = { path: '/', secure: true, httpOnly: true, sameSite: 'strict' } as const;
