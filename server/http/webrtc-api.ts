import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';

import { HttpFault } from './fault.ts';
import { loginOf, requireOwnOrigin, requireRoom } from './gateway.ts';
import type { LoginSession } from './login-sessions.ts';
import { reachedAddresses } from './reached-addresses.ts';
import type { WebRtcDoor } from './webrtc-door.ts';
import { refuse, type WhepOptions } from './whep.ts';

/** Where this server's own page makes its offers. */
export const WEBRTC_PATH = '/api/webrtc';

/** Bytes of a body: an offer of 64 KB and what is around it. */
const MAX_BODY_BYTES = 98_304;

const resource = z.string().min(1).max(128);
const message = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('offer'), sdp: z.string(), ticket: z.string().min(1).max(128) }),
  z.strictObject({ type: z.literal('candidates'), resource, fragment: z.string() }),
  z.strictObject({ type: z.literal('bye'), resource }),
]);

/** The signaling of WebRTC as one POST that takes and gives JSON: what WHEP says with methods and headers, for our own page. */
export function registerWebRtcApi(fastify: FastifyInstance, options: WhepOptions): void {
  fastify.post(WEBRTC_PATH, { bodyLimit: MAX_BODY_BYTES }, (request, reply) => {
    const session = loginOf(request.raw, options);
    if (session === undefined) throw new HttpFault('loginRequired');
    const door = options.door();
    if (door === undefined) throw new HttpFault('webRtcUnavailable');
    const parsed = message.safeParse(request.body);
    if (!parsed.success) throw new HttpFault('badRequest');
    const asked = parsed.data;
    if (asked.type === 'offer') return offer({ request, reply, session, door }, asked, options);
    const refusal =
      asked.type === 'bye'
        ? door.bye(session.id, asked.resource)
        : door.candidates({ session: session.id, tags: undefined, ...asked });
    return refusal === undefined ? reply.code(204).send() : refuse(reply, refusal);
  });
}

interface Asking {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly session: LoginSession;
  readonly door: WebRtcDoor;
}

async function offer(
  { request, reply, session, door }: Asking,
  { sdp, ticket }: { readonly sdp: string; readonly ticket: string },
  { policy, tickets, admit }: WhepOptions,
): Promise<FastifyReply> {
  const origin = requireOwnOrigin(request.raw, policy);
  requireRoom(session, admit);
  // Last, since it uses the ticket up.
  const grant = tickets.redeem(ticket, 'webRtc');
  if (grant?.session !== session.id || grant.origin !== origin)
    throw new HttpFault('ticketRefused');
  const addresses = reachedAddresses(request.raw, policy);
  const answer = await door.offer({ grant, sdp, addresses, onEnded: () => undefined });
  if (answer.type === 'refused') return refuse(reply, answer);
  const { candidates, resource: name } = answer;
  return reply.code(201).send({ type: 'answer', sdp: answer.sdp, candidates, resource: name });
}
