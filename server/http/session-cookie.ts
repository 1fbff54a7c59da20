import type { IncomingMessage } from 'node:http';

import { fastifyCookie } from '@fastify/cookie';
import type { FastifyReply } from 'fastify';

import type { OriginPolicy } from './origin-policy.ts';

/**
 * Name of the cookie. `__Host-` makes browsers take it only with Secure, without Domain and for the whole host
 * (RFC 6265bis, section 4.1.3.2), so that no neighbour can plant one. Chromium and Firefox take it on http://localhost and
 * http://127.0.0.1 as well, where they count as secure; a test shows it in Chromium. Over plain http, where that is allowed, browsers
 * take neither Secure nor the prefix. The port keeps two servers on one host apart, since cookies do not know ports.
 */
function cookieName({ socket }: IncomingMessage, isPlain: boolean): string {
  return `${isPlain ? '' : '__Host-'}oriel-${socket.localPort ?? 0}`;
}

/** The value of the session cookie of a request; undefined when there is none. */
export function readSessionCookie(
  request: IncomingMessage,
  policy: OriginPolicy,
): string | undefined {
  const { cookie } = request.headers;
  if (cookie === undefined) return undefined;
  return fastifyCookie.parse(cookie)[cookieName(request, policy.isPlain(request))];
}

/** Until the browser ends; how long the login itself lasts is kept on the server. */
export function setSessionCookie(reply: FastifyReply, policy: OriginPolicy, value: string): void {
  const { raw } = reply.request;
  const isPlain = policy.isPlain(raw);
  void reply.setCookie(cookieName(raw, isPlain), value, cookieOptions(isPlain));
}

/** Takes the cookie back. */
export function clearSessionCookie(reply: FastifyReply, policy: OriginPolicy): void {
  const { raw } = reply.request;
  const isPlain = policy.isPlain(raw);
  void reply.clearCookie(cookieName(raw, isPlain), cookieOptions(isPlain));
}

const cookieOptions = (isPlain: boolean) =>
  ({ path: '/', secure: !isPlain, httpOnly: true, sameSite: 'strict' }) as const;
