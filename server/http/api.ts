import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';

import { HttpFault } from './fault.ts';
import {
  requireOwnOrigin,
  requireRoom,
  loginOf,
  TRANSPORT_PATH,
  type GatewayOptions,
} from './gateway.ts';
import type { Role } from './grant.ts';
import type { IceServer } from './ice-servers.ts';
import type { LoginSession } from './login-sessions.ts';
import type { LoginAttempt, LoginThrottle } from './login-throttle.ts';
import type { OriginPolicy } from './origin-policy.ts';
import { MAX_PASSWORD_CHARACTERS } from './password.ts';
import { reachedAddresses } from './reached-addresses.ts';
import { WEBRTC_PATH } from './webrtc-api.ts';
import { clearSessionCookie, readSessionCookie, setSessionCookie } from './session-cookie.ts';

const loginBody = z.union([
  z.strictObject({ token: z.string().min(1).max(128) }),
  z.strictObject({ password: z.string().min(1).max(MAX_PASSWORD_CHARACTERS) }),
]);
type Credential = z.output<typeof loginBody>;

const linkBody = z.strictObject({ role: z.enum(['controller', 'viewer']).default('controller') });

/** Names of connections have 16 characters; what is many times as long is none. */
const leaveBody = z.strictObject({ connection: z.string().min(1).max(128) });

/** What the API needs: the gateway, whose pages may ask, and how often a login may be tried. */
export type ApiOptions = GatewayOptions & {
  readonly policy: OriginPolicy;
  readonly throttle: LoginThrottle;
};

/**
 * The API of the page. Everything that changes something needs an Origin of ours, so that no other
 * site's page can ask for it in its visitor's name.
 */
export function registerApi(fastify: FastifyInstance, options: ApiOptions): void {
  const { sessions, tickets, tokens, policy, logger, throttle } = options;

  fastify.addHook('onRequest', async (request, reply) => {
    if (!request.url.startsWith('/api/')) return;
    void reply.header('cache-control', 'no-store');
    if (request.headers.origin !== undefined || request.method !== 'GET') {
      requireOwnOrigin(request.raw, policy);
    }
    const site = request.headers['sec-fetch-site'];
    if (site !== undefined && site !== 'same-origin' && site !== 'none') {
      throw new HttpFault('originRefused');
    }
  });

  /** What the login page can offer. */
  fastify.get('/api/login', () => ({
    password: options.password !== undefined,
    ...(policy.allowsPlainHttp ? { plainHttp: true } : {}),
  }));

  fastify.post('/api/login', async (request, reply) => {
    const credential = parse(loginBody, request.body);
    const kind = 'token' in credential ? 'token' : 'password';
    const attempt: LoginAttempt = { address: policy.seen(request.raw).address, kind };
    const outcome = throttle.attempt(attempt, options.now());
    if (outcome.type === 'delayed') {
      throw new HttpFault('tooManyAttempts', {
        retryAfterSeconds: Math.ceil(outcome.retryAfterMs / 1000),
      });
    }
    const role = await roleOf(credential, options);
    throttle.succeeded(attempt);
    const previous = readSessionCookie(request.raw, policy);
    const replaced = previous === undefined ? undefined : sessions.close(previous);
    if (replaced !== undefined) options.onLogout?.(replaced.id);
    const { cookie } = sessions.open(role);
    setSessionCookie(reply, policy, cookie);
    logger.info('logged in', { kind, role });
    return reply.code(204).send();
  });

  fastify.get('/api/session', (request, reply) => {
    const { role } =
      loginOf(request.raw, options) ?? logInByProxy(request, reply, options) ?? refuseLogin();
    return {
      role,
      desktop: options.desktop() ?? null,
      ...(options.webRtc?.door() === undefined ? {} : { webRtc: true }),
    };
  });

  fastify.post('/api/ticket', async (request, reply) => {
    // A page that comes back to another gateway asks for nothing else first: its proxy may log it in here too.
    const session =
      loginOf(request.raw, options) ?? logInByProxy(request, reply, options) ?? refuseLogin();
    const origin = requireOwnOrigin(request.raw, policy);
    requireRoom(session, options.admit);
    const offer = await options.webTransport();
    return {
      tickets: tickets.issue(session, origin, reachedAddresses(request.raw, policy)),
      webSocketPath: (options.config.listen.basePath ?? '') + TRANSPORT_PATH,
      webRtcPath:
        options.webRtc?.door() === undefined
          ? null
          : (options.config.listen.basePath ?? '') + WEBRTC_PATH,
      ...iceServers(options, session),
      webTransport:
        offer === undefined
          ? null
          : {
              port: offer.hasOwnPort ? offer.port : portOf(origin),
              path: TRANSPORT_PATH,
              certificateHashes: offer.certificateHashes.map((hash) =>
                Buffer.from(hash).toString('base64'),
              ),
            },
    };
  });

  /** For everybody who watches: it names nobody. */
  const { statistics } = options;
  if (statistics !== undefined) {
    fastify.get('/api/statistics', (request) => {
      requireSession(request, options);
      return statistics();
    });
  }

  fastify.post('/api/links', (request) => {
    const session = requireSession(request, options);
    if (session.role !== 'controller') throw new HttpFault('roleRefused');
    const { role } = parse(linkBody, request.body ?? {});
    const { token } = tokens.issue(role);
    const origin = requireOwnOrigin(request.raw, policy);
    return {
      link: loginLink(origin + (options.config.listen.basePath ?? ''), token),
      role,
      expiresInSeconds: tokens.lifetimeSeconds,
    };
  });

  /**
   * A page says goodbye by a beacon, because a browser that closes a tab may send nothing over WebTransport. A connection
   * that is unknown, ended or another login's is no error: nothing is left to do.
   */
  fastify.post('/api/leave', (request, reply) => {
    const session = requireSession(request, options);
    const { connection } = parse(leaveBody, request.body);
    options.onLeave?.(session.id, connection);
    return reply.code(204).send();
  });

  fastify.get(TRANSPORT_PATH, () => {
    throw new HttpFault('upgradeRequired');
  });

  fastify.post('/api/logout', (request, reply) => logOut(request, reply, options));
}

/**
 * The address that logs somebody in: the token stays in the browser, as fragments are not sent.
 *
 * @param base origin of the page, with the path under which it is, without a slash at the end
 */
export function loginLink(base: string, token: string): string {
  return `${base}/#token=${token}`;
}

function logOut(request: FastifyRequest, reply: FastifyReply, options: ApiOptions): FastifyReply {
  const cookie = readSessionCookie(request.raw, options.policy);
  const session = cookie === undefined ? undefined : options.sessions.close(cookie);
  if (session !== undefined) {
    options.logger.info('logged out', { role: session.role });
    options.onLogout?.(session.id);
  }
  clearSessionCookie(reply, options.policy);
  return reply.code(204).send();
}

async function roleOf(credential: Credential, options: ApiOptions): Promise<Role> {
  if ('token' in credential) {
    const role = options.tokens.redeem(credential.token);
    if (role === undefined) throw new HttpFault('tokenRefused');
    return role;
  }
  if (options.password === undefined) throw new HttpFault('passwordUnavailable');
  if (!(await options.password.matches(credential.password))) {
    throw new HttpFault('passwordRefused');
  }
  return 'controller';
}

function requireSession(request: FastifyRequest, options: ApiOptions): LoginSession {
  return loginOf(request.raw, options) ?? refuseLogin();
}

function refuseLogin(): never {
  throw new HttpFault('loginRequired');
}

/** Opens a login for whom a trusted proxy names; one of somebody else in the same browser ends. */
function logInByProxy(
  request: FastifyRequest,
  reply: FastifyReply,
  { sessions, policy, logger, onLogout }: ApiOptions,
): LoginSession | undefined {
  const { identity } = policy.seen(request.raw);
  if (identity === undefined) return undefined;
  const previous = readSessionCookie(request.raw, policy);
  const replaced = previous === undefined ? undefined : sessions.close(previous);
  if (replaced !== undefined) onLogout?.(replaced.id);
  const { cookie, session } = sessions.open(identity.role, identity.name);
  setSessionCookie(reply, policy, cookie);
  logger.info('logged in', { kind: 'proxy', role: identity.role });
  return session;
}

/** For the page's WebRTC connection, where there are any. */
function iceServers(
  { webRtc }: ApiOptions,
  { id }: LoginSession,
): { readonly iceServers?: readonly IceServer[] } {
  const servers = webRtc?.iceServers?.(id) ?? [];
  return servers.length === 0 ? {} : { iceServers: servers };
}

function parse<T>(schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body);
  if (!result.success) throw new HttpFault('badRequest');
  return result.data;
}

/** One port carries everything, and a forwarded one may have another number outside. */
function portOf(origin: string): number {
  const { port, protocol } = new URL(origin);
  if (port !== '') return Number(port);
  return protocol === 'https:' ? 443 : 80;
}
