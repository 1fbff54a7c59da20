import { describe, expect, it } from 'vitest';
import {
  decodeControl,
  encodeControl,
  type ControlUnit,
} from '../../../protocol/control/control-unit.ts';
import { ApiClient } from '../../support/api-client.ts';
import { HeadlessViewer } from '../../support/headless-viewer.ts';
import { LoggedIn } from '../../support/logged-in.ts';
import { WeriftPeer } from '../../support/werift-peer.ts';
import { webRtcGateway } from '../../support/whep.ts';

/** A loaded machine. */
const SEEN = { timeout: 15_000, interval: 50 };

const gateway = webRtcGateway();

const ticketOf = (json: unknown): string =>
  (json as { readonly tickets: { readonly webRtc: string } }).tickets.webRtc;

describe('a session on WebSocket', () => {
  it('carries an offer and its candidates, of its own login alone', async () => {
    const viewer = await HeadlessViewer.open(await gateway().link());
    await expect.poll(() => viewer.stream, SEEN).toBeDefined();
    const signal = (message: object) => viewer.api.ask('POST', '/api/webrtc', message);
    const peer = new WeriftPeer('dtf.1');
    const sdp = await peer.offer();
    const other = await LoggedIn.open(await gateway().link());
    const { webRtc: foreign } = await other.tickets();
    expect((await signal({ type: 'offer', sdp, ticket: foreign })).status).toBe(401);

    const ticket = ticketOf((await viewer.api.ask('POST', '/api/ticket', {})).json);
    const answer = await signal({ type: 'offer', sdp, ticket });
    expect(answer).toMatchObject({ status: 201, json: { type: 'answer' } });
    const { sdp: answered, resource } = answer.json as Record<'sdp' | 'resource', string>;
    const candidate = 'a=candidate:1 1 udp 1 192.0.2.77 9 typ host\r\n';
    const trickle = async (ufrag: string): Promise<number> => {
      const fragment = `a=ice-ufrag:${ufrag}\r\n${candidate}`;
      return (await signal({ type: 'candidates', resource, fragment })).status;
    };
    expect(await trickle(/a=ice-ufrag:(\S+)/.exec(sdp)?.[1] ?? '')).toBe(204);
    expect(await trickle('other')).toBe(422);

    // The answer names addresses at which the gateway is reached, though no HTTP request asked for it.
    await peer.answered(answered);
    await expect.poll(() => peer.channel?.readyState, SEEN).toBe('open');
    expect((await signal({ type: 'bye', resource })).status).toBe(204);
    await peer.close();
    viewer.close();
  });
});

describe('a session on WebRTC', () => {
  it('reads the gateway’s figures over its data channel, and cannot log out there', async () => {
    const login = await LoggedIn.open(await gateway().link());
    const peer = new WeriftPeer('dtf.1');
    const { webRtc: ticket } = await login.tickets();
    const offer = { type: 'offer', sdp: await peer.offer(), ticket };
    const answer = await login.post('/api/webrtc', offer);
    await peer.answered(((await answer.json()) as { readonly sdp: string }).sdp);
    await expect.poll(() => peer.channel?.readyState, SEEN).toBe('open');
    const say = (unit: ControlUnit): void => peer.channel?.send(Buffer.from(encodeControl(unit)));
    const api = new ApiClient(say);
    peer.channel?.onMessage.subscribe((bytes) => {
      if (typeof bytes !== 'string' && (bytes[0] ?? 0) >= 0x1f) api.take(decodeControl(bytes));
    });
    say({ type: 'hello', hello: { versions: [1], video: ['avc1.42E01F'], audio: ['opus'] } });
    expect(await api.ask('GET', '/api/statistics')).toMatchObject({
      status: 200,
      json: { viewers: { webrtc: 1 }, video: { isRunning: true, restarts: 0 } },
    });
    expect((await api.ask('POST', '/api/logout', {})).status).toBe(404);
    await peer.close();
  });
});
