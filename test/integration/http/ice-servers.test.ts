import { expect, it } from 'vitest';

import type { WebRtcDoor } from '../../../server/http/webrtc-door.ts';
import { appPerTest, ask, logIn, post } from './app-under-test.ts';

const start = appPerTest();

const answered = {
  type: 'answered',
  sdp: 'v=0',
  candidates: [],
  resource: 'r',
  etag: 'e',
} as const;
const unknown = { type: 'refused', status: 404, code: 'resourceUnknown', message: '' } as const;

/** Answers every offer. */
const door: WebRtcDoor = {
  offer: () => Promise.resolve(answered),
  candidates: () => unknown,
  bye: () => unknown,
  connected: (socket) => socket.destroy(),
};

/** Names the login, so that the test sees whose it was. */
const iceServers = (session: string) => [
  { urls: ['stun:stun.example'] },
  { urls: ['turn:turn.example'], username: `9:${session}`, credential: 'c2VjcmV0' },
];

it('a page gets STUN and TURN servers with its ticket, for its login', async () => {
  const server = await start({ webRtc: { door: () => door, corsOrigins: [], iceServers } });
  const headers = { cookie: await logIn(server) };
  const reply = await post(server.origin, '/api/ticket', { headers });
  const { iceServers: given, tickets } = reply.json as {
    readonly iceServers: ReturnType<typeof iceServers>;
    readonly tickets: { readonly webRtc: string };
  };
  const grant = server.tickets.redeem(tickets.webRtc, 'webRtc');
  expect(given).toEqual(iceServers(grant?.session ?? ''));
});

it('a player gets them with the answer, as links', async () => {
  const server = await start({ webRtc: { door: () => door, corsOrigins: [], iceServers } });
  const authorization = `Bearer ${server.tokens.issue('viewer').token}`;
  const headers = { authorization, 'content-type': 'application/sdp' };
  const reply = await ask(server.origin, '/whep', { method: 'POST', headers, body: 'v=0' });
  expect(reply.status).toBe(201);
  expect(reply.headers['link']).toMatch(
    /^<stun:stun\.example>; rel="ice-server", <turn:turn\.example>; rel="ice-server"; username="9:[\w-]{16}"; credential="c2VjcmV0"; credential-type="password"$/,
  );
});
