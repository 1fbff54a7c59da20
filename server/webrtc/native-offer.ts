import type { PeerPlan, TrackPlan } from '../signaling/peer-plan.ts';

/**
 * The offer as the library below gets it: nothing of a client's text but what was read and checked, one format for each track and no
 * candidates. The library wants a description; it needs the transport, and which sources belong together.
 */
export function nativeOffer(plan: PeerPlan): string {
  const { ufrag, pwd, fingerprint } = plan.transport;
  const transport = [
    'c=IN IP4 0.0.0.0',
    `a=ice-ufrag:${ufrag}`,
    `a=ice-pwd:${pwd}`,
    `a=fingerprint:${fingerprint.algorithm} ${fingerprint.value}`,
    // So that its answer is what ours says.
    `a=setup:${plan.setup === 'active' ? 'passive' : 'active'}`,
  ];
  const track = (kind: string, { mid, formats }: TrackPlan, map: string): readonly string[] => {
    const type = formats[0]?.payloadType ?? 96;
    return [
      `m=${kind} 9 UDP/TLS/RTP/SAVPF ${type}`,
      ...transport,
      `a=mid:${mid}`,
      'a=recvonly',
      'a=rtcp-mux',
      `a=rtpmap:${type} ${map}`,
    ];
  };
  const { video, audio, data } = plan;
  const mids = [video, audio, data].flatMap((part) => (part === undefined ? [] : [part.mid]));
  const lines = [
    'v=0',
    'o=- 1 1 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    `a=group:BUNDLE ${mids.join(' ')}`,
    ...(video === undefined ? [] : track('video', video, 'H264/90000')),
    ...(audio === undefined ? [] : track('audio', audio, 'opus/48000/2')),
    ...(data === undefined
      ? []
      : [
          'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
          ...transport,
          `a=mid:${data.mid}`,
          `a=sctp-port:${data.sctpPort}`,
          `a=max-message-size:${data.maxMessageBytes}`,
        ]),
  ];
  return `${lines.join('\r\n')}\r\n`;
}
