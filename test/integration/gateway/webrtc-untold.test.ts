import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  ReceiverEstimatedMaxBitrate,
  RtcpPayloadSpecificFeedback,
  RtcpRrPacket,
  RtcpTransportLayerFeedback,
  TransportWideCC,
  type RtcpPacket,
} from 'werift';
import { ChannelClient } from '../../support/channel-client.ts';
import { freePort } from '../../support/free-port.ts';
import { Gateway } from '../../support/gateway.ts';
import { LoggedIn } from '../../support/logged-in.ts';
import { RtpFeed } from '../../support/rtp-feed.ts';
import { WeriftPeer } from '../../support/werift-peer.ts';

/** A loaded machine; reports come every 0.5 to 1.5 s. */
const SEEN = { timeout: 20_000, interval: 50 };

/** What comes in, bits per second, whatever is asked for: an encoder of this project's would follow. */
const FED_BPS = 1e6;

let gateway: Gateway;
let feed: RtpFeed;
let peer: WeriftPeer;

beforeAll(async () => {
  const port = await freePort();
  gateway = await Gateway.start([
    ...['--webrtc', '--source', 'rtp', '--rtp-video', `tcp:127.0.0.1:${port}`, '--no-audio'],
    ...['--video-bitrate-kbps', String((FED_BPS * 2) / 1000)],
  ]);
  feed = await RtpFeed.open({ port, bitrateBps: FED_BPS });
});

afterEach(() => peer.close());

afterAll(async () => {
  feed.close();
  expect(await gateway.stop()).toBe(0);
});

/** The only viewer, who gets pictures. */
async function watch(): Promise<ChannelClient> {
  const client = await ChannelClient.open(await LoggedIn.open(await gateway.link()), peer);
  client.hello();
  await expect.poll(() => peer.packets.video.length, SEEN).toBeGreaterThan(10);
  return client;
}

/** Has what the peer sends by itself pass through here. */
function changeReports(change: (packets: readonly RtcpPacket[]) => RtcpPacket[]): void {
  const { transport } = peer;
  const send = transport.sendRtcp.bind(transport);
  transport.sendRtcp = (packets) => send(change(packets));
}

/** What the gateway lets its encoder make for this viewer, bits per second. */
const target = ({ heard }: ChannelClient): number =>
  heard.findLast((unit) => unit.type === 'rate')?.targetBps ?? Infinity;

describe('a peer that tells of no packet', () => {
  it('gets less while its reports say that much is lost, and more again when nothing is', async () => {
    peer = new WeriftPeer('dtf.1', 'estimate');
    /** In 256ths, as reports have it. */
    let lost = 128;
    const client = await watch();
    changeReports((packets) => {
      const reports = packets.filter((packet) => packet instanceof RtcpRrPacket);
      for (const report of reports.flatMap((packet) => packet.reports)) report.fractionLost = lost;
      return [...packets];
    });
    await expect.poll(() => target(client), SEEN).toBeLessThan(1e6);
    let least = target(client);
    lost = 0;
    const risen = (): number => {
      const now = target(client);
      least = Math.min(least, now);
      return now / least;
    };
    await expect.poll(risen, SEEN).toBeGreaterThan(1.05);
  });

  it('gets no more than its own estimate', async () => {
    peer = new WeriftPeer('dtf.1', 'estimate');
    const client = await watch();
    const source = peer.packets.video[0]?.header.ssrc ?? 0;
    const estimate = new RtcpPayloadSpecificFeedback({
      feedback: new ReceiverEstimatedMaxBitrate({
        ...{ senderSsrc: 1, mediaSsrc: source, ssrcFeedbacks: [source] },
        ...{ brExp: 2, brMantissa: 125_000, bitrate: 500_000n },
      }),
    });
    expect(target(client)).toBeGreaterThan(500_000);
    await peer.transport.sendRtcp([estimate]);
    await expect.poll(() => target(client), SEEN).toBeLessThanOrEqual(500_000);
  });

  it('goes on getting pictures when it had agreed to tell', async () => {
    peer = new WeriftPeer('dtf.1');
    const tells = (packet: RtcpPacket): boolean =>
      packet instanceof RtcpTransportLayerFeedback && packet.feedback instanceof TransportWideCC;
    const client = await ChannelClient.open(await LoggedIn.open(await gateway.link()), peer);
    changeReports((packets) => packets.filter((packet) => !tells(packet)));
    client.hello();
    // More than the 100 KB that may be under way while nothing is told.
    const { video } = peer.packets;
    const bytes = (): number => video.reduce((sum, { payload }) => sum + payload.byteLength, 0);
    await expect.poll(bytes, SEEN).toBeGreaterThan(160_000);
  });
});
