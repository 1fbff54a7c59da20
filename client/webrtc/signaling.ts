/** The page's side of the signaling of WebRTC: JSON in one POST (docs/webrtc.md). */
import type { PeerAddress } from './peer-messages.ts';

/** What an offer was answered with. */
export interface OfferAnswer {
  readonly sdp: string;
  /** Names the connection to the gateway until it ends. */
  readonly resource: string;
}

/** @throws Error when the gateway refuses the offer or does not answer, or `signal` aborts */
export async function sendOffer(
  { url, ticket }: PeerAddress,
  sdp: string,
  signal: AbortSignal,
): Promise<OfferAnswer> {
  const response = await post(url, { type: 'offer', sdp, ticket }, { signal });
  const answer: unknown = response.ok ? await response.json() : undefined;
  if (!isAnswer(answer)) throw new Error(`the gateway answered the offer with ${response.status}`);
  return answer;
}

/** Ends a connection, also while the page is closing. Without effect where that is known already. */
export async function sendBye(url: string, resource: string): Promise<void> {
  try {
    await post(url, { type: 'bye', resource }, { keepalive: true });
  } catch {
    // A gateway that cannot be reached notices by itself, after 3 s.
  }
}

function post(url: string, body: object, init: RequestInit): Promise<Response> {
  return fetch(url, {
    ...init,
    method: 'POST',
    credentials: 'same-origin',
    cache: 'no-store',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

function isAnswer(value: unknown): value is OfferAnswer {
  if (typeof value !== 'object' || value === null) return false;
  const { sdp, resource } = value as Readonly<Record<string, unknown>>;
  return typeof sdp === 'string' && typeof resource === 'string';
}
