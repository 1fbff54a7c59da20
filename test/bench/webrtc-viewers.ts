/**
 * The viewers of the WebRTC benchmark, in a process of their own: what they use is not the gateway's. Each link that comes as a message is
 * played by WHEP; any other message is answered with the bytes of each viewer since the last one.
 */
import {
  RtcpTransportLayerFeedback,
  TransportWideCC,
  type RTCDtlsTransport,
  type RTCRtpReceiver,
} from 'werift';
import { WhepPlayer } from '../support/whep-player.ts';

/** Time between looks at what came, ms: packets are forgotten as soon as they are counted. */
const COUNT_MS = 100;

/** werift 0.25 cuts the length of a feedback to whole words: it says less than is there unless it is padded. */
function padFeedback(transport: RTCDtlsTransport): void {
  const send = transport.sendRtcp.bind(transport);
  transport.sendRtcp = (packets) => {
    for (const packet of packets) {
      if (!(packet instanceof RtcpTransportLayerFeedback)) continue;
      if (packet.feedback instanceof TransportWideCC) packet.feedback.header.padding = true;
    }
    return send(packets);
  };
}

/** Time between feedback at such rates, ms: libwebrtc's shortest. */
const TELL_MS = 50;

/** werift tells after each ten packets, five times as often as a browser does. */
function tellAsBrowsersDo(receiver: RTCRtpReceiver): boolean {
  const teller = receiver.receiverTWCC;
  if (teller === undefined) return false;
  teller.handleTWCC = (tsn) => {
    teller.extensionInfo[tsn] = { tsn, timestamp: process.hrtime.bigint() / 1_000n };
  };
  const { sendTWCC: tell } = teller as unknown as { readonly sendTWCC: () => void };
  setInterval(() => tell.call(teller), TELL_MS);
  return true;
}

/** It tells of packets from its first one on. */
function watchTelling({ connection }: WhepPlayer['peer']): void {
  const timer = setInterval(() => {
    const [video] = connection.getTransceivers();
    if (video !== undefined && tellAsBrowsersDo(video.receiver)) clearInterval(timer);
  }, TELL_MS);
}

const players: WhepPlayer[] = [];
let bytes: number[] = [];

function count(): void {
  players.forEach(({ peer }, index) => {
    const packets = peer.packets.video.splice(0);
    const sizes = packets.map(({ header, payload }) => header.serializeSize + payload.byteLength);
    bytes[index] = sizes.reduce((sum, size) => sum + size, bytes[index] ?? 0);
  });
}

setInterval(count, COUNT_MS);
process.on('message', (message) => {
  if (typeof message === 'string') {
    void WhepPlayer.open(message).then((player) => {
      padFeedback(player.peer.transport);
      watchTelling(player.peer);
      players.push(player);
    });
    return;
  }
  count();
  process.send?.(players.map((_, index) => bytes[index] ?? 0));
  bytes = [];
});
process.on('disconnect', () => process.exit(0));
