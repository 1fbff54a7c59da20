import { encodeControl, type ControlUnit } from '../../protocol/control/control-unit.ts';
import { encodeStreamUnit } from '../../protocol/unit.ts';
import { ChannelClient } from './channel-client.ts';
import { HeadlessViewer } from './headless-viewer.ts';
import type { LoggedIn } from './logged-in.ts';
import { waitUntil } from './wait.ts';
import { WebTransportClient } from './webtransport-client.ts';
import { WeriftPeer } from './werift-peer.ts';

/** How long a visitor waits for a picture, ms, on a loaded machine. */
const PICTURE_MS = 15_000;

const hello: ControlUnit = {
  type: 'hello',
  hello: { versions: [1], video: ['avc1.42C028'], audio: ['opus'], mode: 'balanced' },
};

/** Connects without a browser, waits until a picture comes, and goes away; by every transport of the gateway. */
export const shortVisits = {
  websocket: async (login: LoggedIn): Promise<void> => {
    const viewer = await HeadlessViewer.join(login);
    await waitUntil(() => viewer.keyCodecs.length > 0, PICTURE_MS);
    viewer.close();
  },
  webtransport: async (login: LoggedIn): Promise<void> => {
    const { tickets, webTransport } = await login.ticketOffer();
    const url = new URL(webTransport.path, login.origin.replace('http:', 'https:'));
    url.port = String(webTransport.port);
    url.searchParams.set('ticket', tickets.webTransport);
    const client = await WebTransportClient.connect({
      url: url.href,
      sha256: webTransport.certificateHashes.map((hash) => Buffer.from(hash, 'base64')),
      origin: login.origin,
    });
    client.write(await client.open(true), encodeStreamUnit(encodeControl(hello)));
    // A picture has a stream of its own; sound comes in datagrams.
    await waitUntil(() => client.streams.some(({ end }) => end?.type === 'finished'), PICTURE_MS);
    client.close(0, '');
    await client.until(() => client.closed !== undefined);
    client.vanish();
  },
  webrtc: async (login: LoggedIn): Promise<void> => {
    const peer = new WeriftPeer('dtf.1');
    (await ChannelClient.open(login, peer)).hello();
    await waitUntil(() => peer.packets.video.length > 0, PICTURE_MS);
    await peer.close();
  },
} as const satisfies Readonly<Record<string, (login: LoggedIn) => Promise<void>>>;
