import { afterAll, beforeAll, expect } from 'vitest';
import { Gateway } from './gateway.ts';
import type { WeriftPeer } from './werift-peer.ts';

/** A small and slow test picture, with sound: what travels counts, not what it shows. */
const FLAGS = [
  ...['--webrtc', '--source', 'test', '--video-frame-rate', '15'],
  ...['--desktop-width', '320', '--desktop-height', '180'],
];

/** A gateway that takes WebRTC peers, from `beforeAll` to `afterAll`; call it at the top of a test file. */
export function webRtcGateway(): () => Gateway {
  let gateway: Gateway | undefined;
  beforeAll(async () => {
    gateway = await Gateway.start(FLAGS);
  });
  afterAll(async () => {
    expect(await gateway?.stop()).toBe(0);
  });
  return () => {
    if (gateway === undefined) throw new Error('the gateway: expected a test to have begun');
    return gateway;
  };
}

/** A request to the WHEP endpoint; an offer to `/whep` unless given otherwise. */
export interface WhepRequest {
  /** `/whep`, or the `Location` of a session. */
  readonly path: string;
  /** Of the body. */
  readonly type: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What a player does with a link: the token is its Bearer token. */
export async function whep(
  link: string,
  method: string,
  given: Partial<WhepRequest> = {},
): Promise<Response> {
  const { origin, hash } = new URL(link);
  const { path = '/whep', type = 'application/sdp', body, headers = {} } = given;
  return fetch(origin + path, {
    method,
    headers: {
      authorization: `Bearer ${hash.replace('#token=', '')}`,
      ...(body === undefined ? {} : { 'content-type': type }),
      ...headers,
    },
    ...(body === undefined ? {} : { body }),
  });
}

/** Lets a peer play a link; the headers of the answer. */
export async function play(peer: WeriftPeer, link: string): Promise<Headers> {
  const answer = await whep(link, 'POST', { body: await peer.offer() });
  expect(answer.status).toBe(201);
  await peer.answered(await answer.text());
  return answer.headers;
}
