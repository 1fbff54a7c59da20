import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { HttpFault } from './fault.ts';
import { requireRoom, type GatewayOptions } from './gateway.ts';
import type { Grant } from './grant.ts';
import { iceServerLinks } from './ice-servers.ts';
import type { LoginThrottle } from './login-throttle.ts';
import type { OriginPolicy } from './origin-policy.ts';
import { reachedAddresses } from './reached-addresses.ts';
import { hashOfSecret, newId } from './secret.ts';
import type { DoorRefusal, WebRtcDoor } from './webrtc-door.ts';
import { WhepPlayers } from './whep-players.ts';

/** Where players post their offers (draft-ietf-wish-whep, section 4). */
export const WHEP_PATH = '/whep';

/** Bytes of an offer; the signaling core has the same bound. */
const MAX_SDP_BYTES = 65_536;

/** Tokens have 43 characters; what is many times as long is none. */
const MAX_BEARER_CHARACTERS = 256;

const OFFER_TYPE = 'application/sdp';
const FRAGMENT_TYPE = 'application/trickle-ice-sdpfrag';

/** What there is at each of the two addresses. */
const ENDPOINT_METHODS = 'OPTIONS, POST';
const RESOURCE_METHODS = 'OPTIONS, PATCH, DELETE';

export type WhepOptions = GatewayOptions & {
  readonly policy: OriginPolicy;
  readonly throttle: LoginThrottle;
  /** Asked for each request: WebRTC may not be there (yet). */
  readonly door: () => WebRtcDoor | undefined;
  /** Origins of pages elsewhere that may play. */
  readonly corsOrigins: readonly string[];
};

/**
 * WHEP (draft-ietf-wish-whep) over HTTP, for players of any kind. A player brings the token of a one-time link, or a ticket, as a Bearer
 * token (RFC 6750); a login of its own lasts as long as its session, and watches only.
 */
export async function registerWhep(fastify: FastifyInstance, options: WhepOptions): Promise<void> {
  const players = new WhepPlayers();
  await fastify.register((whep, _, done) => {
    for (const type of [OFFER_TYPE, FRAGMENT_TYPE]) {
      const parsed = { parseAs: 'string', bodyLimit: MAX_SDP_BYTES } as const;
      whep.addContentTypeParser(type, parsed, (_request, body, parsedTo) => parsedTo(null, body));
    }
    whep.addHook('onRequest', async (request, reply) => {
      void reply.header('cache-control', 'no-store');
      allowOrigin(request, reply, options);
    });
    whep.addHook('onSend', async (_request, reply) => {
      // RFC 6750, section 3.
      if (reply.statusCode === 401) void reply.header('www-authenticate', 'Bearer');
    });
    const resourcePath = `${WHEP_PATH}/:resource`;
    whep.options(WHEP_PATH, (_request, reply) => preflight(reply, ENDPOINT_METHODS));
    whep.options(resourcePath, (_request, reply) => preflight(reply, RESOURCE_METHODS));
    whep.post(WHEP_PATH, (request, reply) => offer(request, reply, { options, players }));
    whep.patch(resourcePath, (request, reply) => {
      const { resource, session } = playerOf(request, players);
      const fragment = textOf(request, FRAGMENT_TYPE);
      const tags = strongTags(request.headers['if-match']);
      const refusal = doorOf(options).candidates({ session, resource, fragment, tags });
      return refusal === undefined ? reply.code(204).send() : refuse(reply, refusal);
    });
    whep.delete(resourcePath, (request, reply) => {
      if (players.takeLeave(resourceOf(request), hashOfSecret(bearerOf(request)))) {
        return reply.code(200).send();
      }
      const { resource, session } = playerOf(request, players);
      const refusal = doorOf(options).bye(session, resource);
      if (refusal !== undefined) return refuse(reply, refusal);
      players.saidGoodbye(resource);
      return reply.code(200).send();
    });
    // Reserved (RFC 9725, sections 4.2 and 4.3): a player that tries them learns what there is instead.
    const refused = ['GET', 'PUT'];
    whep.route({
      url: WHEP_PATH,
      method: [...refused, 'PATCH', 'DELETE'],
      handler: (_request, reply) => refuseMethod(reply, ENDPOINT_METHODS),
    });
    whep.route({
      url: resourcePath,
      method: [...refused, 'POST'],
      handler: (_request, reply) => refuseMethod(reply, RESOURCE_METHODS),
    });
    done();
  });
}

/** The answer to whoever is refused by the signaling, in the shape of every other refusal. */
export function refuse(reply: FastifyReply, { status, code, message }: DoorRefusal): FastifyReply {
  return reply.code(status).send({ error: { code, message } });
}

function doorOf({ door }: Pick<WhepOptions, 'door'>): WebRtcDoor {
  const open = door();
  if (open === undefined) throw new HttpFault('webRtcUnavailable');
  return open;
}

/** Pages of other sites play only where the settings name them; what is no page has no Origin, and needs a token like everybody. */
function allowOrigin(request: FastifyRequest, reply: FastifyReply, options: WhepOptions): void {
  const { origin } = request.headers;
  if (origin === undefined) return;
  const { policy, corsOrigins } = options;
  const { host, isSecure } = policy.seen(request.raw);
  void reply.header('vary', 'Origin');
  if (!corsOrigins.includes(origin)) {
    if (policy.judge(origin, host, isSecure) === 'foreign') throw new HttpFault('originRefused');
    return;
  }
  void reply.headers({
    'access-control-allow-origin': origin,
    'access-control-expose-headers': 'Location, Link, ETag',
  });
}

function preflight(reply: FastifyReply, methods: string): FastifyReply {
  return reply
    .code(204)
    .headers({
      'accept-post': OFFER_TYPE,
      'access-control-allow-methods': methods,
      'access-control-allow-headers': 'Authorization, Content-Type, If-Match',
      'access-control-max-age': '600',
    })
    .send();
}

function refuseMethod(reply: FastifyReply, methods: string): never {
  void reply.header('allow', methods);
  throw new HttpFault('methodRefused');
}

/** If-Match (RFC 9110, section 13.1.1): a weak tag matches nothing there. */
function strongTags(header: string | undefined): readonly string[] | '*' | undefined {
  if (header === undefined) return undefined;
  if (header.trim() === '*') return '*';
  return [...header.matchAll(/(W\/)?"([^"]*)"/g)].flatMap(([, weak, tag = '']) =>
    weak === undefined ? [tag] : [],
  );
}

async function offer(
  request: FastifyRequest,
  reply: FastifyReply,
  { options, players }: { readonly options: WhepOptions; readonly players: WhepPlayers },
): Promise<FastifyReply> {
  const door = doorOf(options);
  const sdp = textOf(request, OFFER_TYPE);
  const bearer = bearerOf(request);
  const { grant, end } = admit(request, bearer, options);
  let resource = '';
  const onEnded = (): void => {
    players.ended(resource);
    end();
  };
  const addresses = reachedAddresses(request.raw, options.policy);
  const answer = await door.offer({ grant, sdp, addresses, onEnded });
  if (answer.type === 'refused') {
    end();
    return refuse(reply, answer);
  }
  resource = answer.resource;
  players.began(resource, { bearerHash: hashOfSecret(bearer), session: grant.session });
  const base = options.config.listen.basePath ?? '';
  const links = iceServerLinks(options.webRtc?.iceServers?.(grant.session) ?? []);
  return reply
    .code(201)
    .type(OFFER_TYPE)
    .headers({
      location: `${base}${WHEP_PATH}/${resource}`,
      etag: `"${answer.etag}"`,
      'accept-patch': FRAGMENT_TYPE,
      ...(links.length > 0 && { link: [...links] }),
    })
    .send(answer.sdp);
}

/** In whose name a player asks. `end` ends a login that was opened for it. */
function admit(
  request: FastifyRequest,
  bearer: string,
  options: WhepOptions,
): { readonly grant: Grant; readonly end: () => void } {
  const { tickets, tokens, sessions, throttle, policy, now } = options;
  const { origin = '' } = request.headers;
  const ticket = tickets.redeem(bearer, 'webRtc');
  if (ticket !== undefined) {
    if (ticket.origin !== origin) throw new HttpFault('ticketRefused');
    requireRoom({ id: ticket.session, role: ticket.role }, options.admit);
    return { grant: ticket, end: () => undefined };
  }
  const attempt = { address: policy.seen(request.raw).address, kind: 'token' } as const;
  const outcome = throttle.attempt(attempt, now());
  if (outcome.type === 'delayed') {
    throw new HttpFault('tooManyAttempts', {
      retryAfterSeconds: Math.ceil(outcome.retryAfterMs / 1000),
    });
  }
  requireRoom({ id: '', role: 'viewer' }, options.admit);
  if (tokens.redeem(bearer) === undefined) throw new HttpFault('tokenRefused');
  throttle.succeeded(attempt);
  // Nobody types through a player: whatever the link allows, it only watches.
  const { cookie, session } = sessions.open('viewer');
  options.logger.info('logged in', { kind: 'whep', role: 'viewer' });
  const grant = { session: session.id, role: session.role, origin, attempt: newId() };
  return { grant, end: () => void sessions.close(cookie) };
}

function bearerOf({ headers }: FastifyRequest): string {
  const [, token] = /^Bearer ([\w.~+/=-]+)$/i.exec(headers.authorization ?? '') ?? [];
  if (token === undefined || token.length > MAX_BEARER_CHARACTERS) {
    throw new HttpFault('loginRequired');
  }
  return token;
}

function resourceOf({ params }: FastifyRequest): string {
  return (params as { readonly resource: string }).resource;
}

/** Who holds no session, or another one, learns that there is none. */
function playerOf(
  request: FastifyRequest,
  players: WhepPlayers,
): { readonly resource: string; readonly session: string } {
  const resource = resourceOf(request);
  const player = players.find(resource, hashOfSecret(bearerOf(request)));
  if (player === undefined) throw new HttpFault('notFound');
  return { resource, session: player.session };
}

function textOf({ body, headers }: FastifyRequest, type: string): string {
  const given = headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  if (given !== type || typeof body !== 'string') throw new HttpFault('bodyTypeRefused');
  return body;
}
