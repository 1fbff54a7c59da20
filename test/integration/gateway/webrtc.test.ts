import { describe, expect, it } from 'vitest';
import { GenericNack, RtcpTransportLayerFeedback } from 'werift';
import { SessionCode } from '../../../protocol/errors.ts';
import { micros32 } from '../../../protocol/time.ts';
import { ChannelClient } from '../../support/channel-client.ts';
import { LoggedIn } from '../../support/logged-in.ts';
import { WeriftPeer } from '../../support/werift-peer.ts';
import { play, webRtcGateway, whep } from '../../support/whep.ts';

/** A loaded machine. */
const SEEN = { timeout: 15_000, interval: 50 };

/** New credentials of the player's side (RFC 8840), as it sends them to restart ICE. */
const RESTART = 'a=ice-ufrag:ysXw\r\na=ice-pwd:vw5LmwG4y/e6dPP/zAP9Gp5k\r\n';

const gateway = webRtcGateway();

describe('a player without a browser', () => {
  it('gets picture and sound, is sent again what it misses, and says goodbye', async () => {
    const peer = new WeriftPeer();
    const link = await gateway().link();
    const headers = await play(peer, link);
    const { video, audio } = peer.packets;
    await expect.poll(() => Math.min(video.length, audio.length), SEEN).toBeGreaterThan(30);
    // A keyframe's parameter sets come first, in one packet (STAP-A).
    expect((video[0]?.payload[0] ?? 0) & 0x1f).toBe(24);

    // Without a payload type for retransmissions a packet comes again as it was.
    const missed = video.at(-1)?.header;
    const nack = new RtcpTransportLayerFeedback({
      feedback: new GenericNack({
        senderSsrc: 1,
        mediaSourceSsrc: missed?.ssrc ?? 0,
        lost: [missed?.sequenceNumber ?? 0],
      }),
    });
    const copies = () =>
      video.filter(({ header }) => header.sequenceNumber === missed?.sequenceNumber).length;
    await peer.transport.sendRtcp([nack]);
    await expect.poll(copies, SEEN).toBeGreaterThan(1);

    const path = headers.get('location') ?? '';
    const fragment = { path, type: 'application/trickle-ice-sdpfrag' } as const;
    const candidate = 'a=candidate:1 1 udp 1 192.0.2.77 9 typ host\r\n';
    const patch = async (body: string, ifMatch?: string): Promise<number> => {
      const sent = ifMatch === undefined ? {} : { headers: { 'if-match': ifMatch } };
      return (await whep(link, 'PATCH', { ...fragment, body, ...sent })).status;
    };
    const etag = headers.get('etag') ?? '';
    expect(await patch(candidate, etag)).toBe(204);
    expect(await patch(candidate, `W/${etag}`)).toBe(412);
    expect(await patch(candidate)).toBe(428);
    // An ICE restart is refused (RFC 9725, section 4.3.1), and what plays goes on.
    expect(await patch(RESTART, '*')).toBe(422);
    const before = video.length;
    await expect.poll(() => video.length, SEEN).toBeGreaterThan(before + 30);
    const read = await whep(link, 'GET', { path });
    expect([read.status, read.headers.get('allow')]).toEqual([405, 'OPTIONS, PATCH, DELETE']);
    expect((await whep(await gateway().link(), 'DELETE', { path })).status).toBe(404);
    expect((await whep(link, 'DELETE', { path })).status).toBe(200);
    expect((await whep(link, 'DELETE', { path })).status).toBe(404);
    await peer.close();
  });

  it('may say goodbye after its connection has closed, once', async () => {
    const peer = new WeriftPeer();
    const link = await gateway().link();
    const path = (await play(peer, link)).get('location') ?? '';
    await expect.poll(() => peer.packets.video.length, SEEN).toBeGreaterThan(5);
    const leaves = () => gateway().log.filter((line) => line.includes('"viewer left"')).length;
    const left = leaves();
    await peer.close();
    await expect.poll(leaves, SEEN).toBe(left + 1);
    expect((await whep(await gateway().link(), 'DELETE', { path })).status).toBe(404);
    expect((await whep(link, 'DELETE', { path })).status).toBe(200);
    expect((await whep(link, 'DELETE', { path })).status).toBe(404);
  });

  it('gets a keyframe when it asks for one', async () => {
    const peer = new WeriftPeer();
    await play(peer, await gateway().link());
    const { video } = peer.packets;
    await expect.poll(() => video.length, SEEN).toBeGreaterThan(5);
    const keyframes = () => video.filter(({ payload }) => ((payload[0] ?? 0) & 0x1f) === 24).length;
    const before = keyframes();
    await peer.askForKeyframe(video[0]?.header.ssrc ?? 0);
    await expect.poll(keyframes, SEEN).toBeGreaterThan(before);
    await peer.close();
  });

  it.each([
    ['without a token', { headers: { authorization: '' } }, 401],
    ['with another type of body', { type: 'text/plain' }, 415],
    ['that is too large', { body: 'v=0\r\n'.repeat(20_000) }, 413],
    ['that is none', { body: 'hello' }, 400],
    ['of a page of another site', { headers: { origin: 'https://evil.example' } }, 403],
  ])('is refused an offer %s', async (_, given, status) => {
    const answer = await whep(await gateway().link(), 'POST', { body: 'v=0\r\n', ...given });
    expect(answer.status).toBe(status);
  });

  it('is refused with a token that was used', async () => {
    const link = await gateway().link();
    expect((await whep(link, 'POST', { body: 'v=0\r\n' })).status).toBe(422);
    expect((await whep(link, 'POST', { body: 'v=0\r\n' })).status).toBe(401);
  });
});

describe('a client on the data channel', () => {
  const connect = async (): Promise<ChannelClient> =>
    ChannelClient.open(await LoggedIn.open(await gateway().link()), new WeriftPeer('dtf.1'));

  it('speaks DTF/1 there, with pictures and sound on their tracks', async () => {
    const client = await connect();
    const { peer, login, resource } = client;
    const types = (): readonly string[] => client.heard.map(({ type }) => type);
    expect(peer.packets.video).toHaveLength(0);
    client.hello();
    await expect.poll(types, SEEN).toContain('stream');
    expect(client.heard[0]).toMatchObject({ type: 'helloAck', helloAck: { mayControl: true } });
    expect(types().filter((type) => type === 'flowOpen')).toHaveLength(3);
    const events = [{ type: 'pointerAbsolute', x: 1, y: 1 }] as const;
    client.say({ type: 'input', sendTime: micros32(0), first: 0, events });
    await expect.poll(types, SEEN).toContain('inputAck');
    const { video, audio } = peer.packets;
    await expect.poll(() => Math.min(video.length, audio.length), SEEN).toBeGreaterThan(10);

    const bye = await login.post('/api/webrtc', { type: 'bye', resource });
    expect(bye.status).toBe(204);
    await expect
      .poll(() => client.heard.find(({ type }) => type === 'error'), SEEN)
      .toMatchObject({ code: SessionCode.ok });
    await peer.close();
  });

  it('uses its ticket up', async () => {
    const { login, peer, offered } = await connect();
    expect((await login.post('/api/webrtc', offered)).status).toBe(401);
    await peer.close();
  });
});
