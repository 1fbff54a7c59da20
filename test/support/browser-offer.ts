/** What may be different in a browser's offer. */
export interface BrowserOffer {
  readonly ufrag?: string;
  readonly setup?: string;
  /** `BUNDLE 0 1 2` unless given; empty: no group. */
  readonly group?: string;
  /** Lines put into the section of the picture, behind its own. */
  readonly videoLines?: readonly string[];
  /** The m-line of the picture. */
  readonly videoMedia?: string;
}

const FINGERPRINT =
  'sha-256 79:EC:3C:B1:2A:47:9A:BD:4B:75:78:F7:19:0A:20:65:29:F3:4B:99:DE:DE:87:DE:A5:51:1D:61:2F:9F:94:67';

const formats: readonly (readonly [number, string, string])[] = [
  [96, 'VP8', ''],
  [98, 'VP9', 'profile-id=0'],
  [100, 'VP9', 'profile-id=2'],
  [102, 'H264', 'level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f'],
  [104, 'H264', 'level-asymmetry-allowed=1;packetization-mode=0;profile-level-id=42001f'],
  [108, 'H264', 'level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f'],
  [41, 'H264', 'level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=f4001f'],
];

const transportLines = ({ ufrag = 'DZUc', setup = 'actpass' }: BrowserOffer): readonly string[] => [
  'c=IN IP4 0.0.0.0',
  'a=candidate:1 1 udp 2122260223 198.51.100.7 50836 typ host generation 0',
  'a=end-of-candidates',
  `a=ice-ufrag:${ufrag}`,
  'a=ice-pwd:HlehxDXEnOjwrsrwgBtCO7pX',
  'a=ice-options:trickle',
  `a=fingerprint:${FINGERPRINT}`,
  `a=setup:${setup}`,
];

const videoLines: readonly string[] = formats.flatMap(([type, name, parameters], index) => [
  `a=rtpmap:${type} ${name}/90000`,
  ...['goog-remb', 'transport-cc', 'ccm fir', 'nack', 'nack pli'].map(
    (feedback) => `a=rtcp-fb:${type} ${feedback}`,
  ),
  ...(parameters === '' ? [] : [`a=fmtp:${type} ${parameters}`]),
  `a=rtpmap:${110 + index} rtx/90000`,
  `a=fmtp:${110 + index} apt=${type}`,
]);

/** An offer to receive picture and sound with a data channel beside them, shaped as Chromium's are. */
export function browserOffer(given: BrowserOffer = {}): string {
  const { group = 'BUNDLE 0 1 2' } = given;
  const types = formats.flatMap(([type], index) => [type, 110 + index]).join(' ');
  const lines = [
    'v=0',
    'o=- 4096699503813985845 2 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    ...(group === '' ? [] : [`a=group:${group}`]),
    'a=extmap-allow-mixed',
    'a=msid-semantic: WMS',
    given.videoMedia ?? `m=video 9 UDP/TLS/RTP/SAVPF ${types}`,
    ...transportLines(given),
    'a=mid:0',
    'a=extmap:1 urn:ietf:params:rtp-hdrext:toffset',
    'a=extmap:4 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01',
    'a=extmap:5 http://www.webrtc.org/experiments/rtp-hdrext/playout-delay',
    'a=extmap:13 http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time',
    'a=recvonly',
    'a=rtcp-mux',
    'a=rtcp-rsize',
    ...videoLines,
    ...(given.videoLines ?? []),
    'm=audio 9 UDP/TLS/RTP/SAVPF 111 0',
    ...transportLines(given),
    'a=mid:1',
    'a=extmap:4 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01',
    'a=recvonly',
    'a=rtcp-mux',
    'a=rtpmap:111 opus/48000/2',
    'a=rtcp-fb:111 transport-cc',
    'a=fmtp:111 minptime=10;useinbandfec=1',
    'a=rtpmap:0 PCMU/8000',
    'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
    ...transportLines(given),
    'a=mid:2',
    'a=sctp-port:5000',
    'a=max-message-size:262144',
  ];
  return `${lines.join('\r\n')}\r\n`;
}
