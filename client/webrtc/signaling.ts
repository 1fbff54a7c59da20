/**
 * The page's side of the signaling of WebRTC: JSON (docs/webrtc.md), by the session's connection where one stands that carries it, else in
 * a POST of its own.
 */
import type { ApiAnswer, ApiRequest } from '../transport/request-channel.ts';
import type { PeerAddress } from './peer-messages.ts';

/** Asks the HTTP API by the session's connection; undefined where none carries it. */
export type Carry = (asked: ApiRequest) => Promise<ApiAnswer | undefined>;

/** What an offer was answered with. */
export interface OfferAnswer {
  readonly sdp: string;
  /** Names the connection to the gateway until it ends. */
  readonly resource: string;
  /** Whether the session's connection carried the offer. */
  readonly isCarried: boolean;
}

/** Path of the signaling, below that of the page. */
const PATH = '/api/webrtc';

/** @throws Error when the gateway refuses the offer or does not answer, or `signal` aborts */
export async function sendOffer(
  { url, ticket }: PeerAddress,
  sdp: string,
  { carry, signal }: { readonly carry: Carry; readonly signal: AbortSignal },
): Promise<OfferAnswer> {
  const offer = { type: 'offer', sdp, ticket };
  const carried = await carry(asked(offer));
  const { status, body } = carried ?? (await post(url, offer, { signal }));
  const answer: unknown = status === 201 ? JSON.parse(body) : undefined;
  if (!isAnswer(answer)) throw new Error(`The gateway answered the offer with ${status}.`);
  return { ...answer, isCarried: carried !== undefined };
}

/** Tells candidates, by the session's connection alone: the gateway connects without them, so that no request of their own is worth it. */
export async function sendCandidates(
  carry: Carry,
  resource: string,
  fragment: string,
): Promise<void> {
  await carry(asked({ type: 'candidates', resource, fragment }));
}

/** Ends a connection, also while the page is closing. Without effect where that is known already. */
export async function sendBye(url: string, resource: string): Promise<void> {
  try {
    await post(url, { type: 'bye', resource }, { keepalive: true });
  } catch {
    // A gateway that cannot be reached notices by itself, after 3 s.
  }
}

const asked = (message: object): ApiRequest => ({
  method: 'POST',
  path: PATH,
  body: JSON.stringify(message),
});

async function post(url: string, message: object, init: RequestInit): Promise<ApiAnswer> {
  const response = await fetch(url, {
    ...init,
    method: 'POST',
    credentials: 'same-origin',
    cache: 'no-store',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(message),
  });
  return { status: response.status, body: await response.text() };
}

function isAnswer(value: unknown): value is Omit<OfferAnswer, 'isCarried'> {
  if (typeof value !== 'object' || value === null) return false;
  const { sdp, resource } = value as Readonly<Record<string, unknown>>;
  return typeof sdp === 'string' && typeof resource === 'string';
}
