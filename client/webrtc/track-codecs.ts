import type { LadderFacts } from '../ladder/facts.ts';

/** What a gateway sends on tracks (docs/webrtc.md), as codec strings: of each only the kind counts. */
const codecStrings: readonly (readonly [string, string])[] = [
  ['video/h264', 'avc1.42E01F'],
  ['video/vp8', 'vp8'],
  ['video/vp9', 'vp09.00.10.08'],
];

/** Which of those codecs the browser's own receiver takes (W3C WebRTC, RTCRtpReceiver.getCapabilities). */
export function probePeerConnection(): LadderFacts['peerConnection'] {
  if (typeof RTCPeerConnection === 'undefined') return { type: 'missing' };
  const { codecs = [] } = RTCRtpReceiver.getCapabilities('video') ?? {};
  const taken = new Set(codecs.map(({ mimeType }) => mimeType.toLowerCase()));
  const known = codecStrings.filter(([mimeType]) => taken.has(mimeType));
  return { type: 'there', codecs: known.map(([, codec]) => codec) };
}
