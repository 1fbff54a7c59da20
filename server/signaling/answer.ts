import { extensionUris, type ExtensionName, type Offer, type OfferedSection } from './offer.ts';
import type { PeerPlan, TrackPlan } from './peer-plan.ts';
import type { RtpFormat } from './rtp-format.ts';

/** This side of a transport. */
export interface LocalTransport {
  readonly ufrag: string;
  readonly pwd: string;
  /** Of the certificate that DTLS shows, as `a=fingerprint` writes it: `sha-256 AB:CD...`. */
  readonly fingerprint: string;
  /** Where the peer may try, best first. */
  readonly candidates: readonly LocalCandidate[];
  /** The largest message that is taken on a data channel, bytes. */
  readonly maxMessageBytes: number;
}

/** An address on which this server listens for ICE. */
export interface LocalCandidate {
  readonly protocol: 'udp' | 'tcp';
  readonly address: string;
  readonly port: number;
}

/** Names both tracks as one stream, so that a browser plays sound and picture in step (RFC 8830). */
const STREAM_ID = 'oriel';

/** Source name of RTCP (RFC 3550, section 6.5.1): it tells nobody anything. */
const CNAME = 'oriel';

/**
 * Type preference of a host candidate (RFC 8445, section 5.1.2.2), which is to be lower for TCP (RFC 6544, section 4.2): what browsers take
 * themselves.
 */
const HOST_PREFERENCES = { udp: 126, tcp: 90 } as const;

/** Largest local preference (RFC 8445, section 5.1.2.1); that of a passive candidate of TCP has 4 for its direction (RFC 6544, section 4.2). */
const LOCAL_PREFERENCES = { udp: 65_535, tcp: 4 * 2 ** 13 + 8_191 } as const;

/** The component of RTP with RTCP. */
const COMPONENT = 1;

/** The text of the answer (RFC 8829, section 5.3): one section for each of the offer, those that are not taken with port 0. */
export function writeAnswer(offer: Offer, plan: PeerPlan, local: LocalTransport): string {
  const taken = [plan.video, plan.audio, plan.data].flatMap((part) => (part ? [part.mid] : []));
  const inOrder = offer.sections.filter(({ mid }) => taken.includes(mid)).map(({ mid }) => mid);
  const lines = [
    'v=0',
    // Address and session name are not used (RFC 8829, section 5.2.1).
    'o=- 1 1 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    `a=group:BUNDLE ${inOrder.join(' ')}`,
    `a=msid-semantic: WMS ${STREAM_ID}`,
    ...offer.sections.flatMap((section) => {
      if (!inOrder.includes(section.mid)) return refused(section);
      const media = mediaLines(section, plan, local);
      const candidates = section.mid === inOrder[0] ? candidateLines(local) : [];
      return [...media, ...transportLines(plan, local), ...candidates];
    }),
  ];
  return `${lines.join('\r\n')}\r\n`;
}

function refused({ kind, protocol, format, mid }: OfferedSection): readonly string[] {
  const known = kind === 'other' ? 'application' : kind;
  const named = mid === '' ? [] : [`a=mid:${mid}`];
  return [`m=${known} 0 ${protocol} ${format}`, 'c=IN IP4 0.0.0.0', 'a=inactive', ...named];
}

function mediaLines(
  section: OfferedSection,
  plan: PeerPlan,
  local: LocalTransport,
): readonly string[] {
  const { mid, protocol } = section;
  if (plan.data?.mid === mid) {
    return [
      `m=application 9 ${protocol} webrtc-datachannel`,
      'c=IN IP4 0.0.0.0',
      `a=mid:${mid}`,
      `a=sctp-port:${plan.data.sctpPort}`,
      `a=max-message-size:${local.maxMessageBytes}`,
    ];
  }
  const isVideo = plan.video?.mid === mid;
  const track = isVideo ? plan.video : plan.audio;
  return track === undefined ? [] : trackLines(isVideo ? 'video' : 'audio', protocol, track);
}

function trackLines(
  kind: 'video' | 'audio',
  protocol: string,
  { mid, formats, extensions, ssrc, retransmissionSsrc }: TrackPlan,
): readonly string[] {
  const numbers = formats.flatMap(({ payloadType, retransmission }) =>
    retransmission === undefined ? [payloadType] : [payloadType, retransmission],
  );
  const isRepeated = formats.some(({ retransmission }) => retransmission !== undefined);
  return [
    `m=${kind} 9 ${protocol} ${numbers.join(' ')}`,
    'c=IN IP4 0.0.0.0',
    'a=rtcp:9 IN IP4 0.0.0.0',
    `a=mid:${mid}`,
    'a=sendonly',
    'a=rtcp-mux',
    'a=rtcp-rsize',
    `a=msid:${STREAM_ID} ${kind}`,
    ...(Object.entries(extensions) as [ExtensionName, number][]).map(
      ([name, id]) => `a=extmap:${id} ${extensionUris[name]}`,
    ),
    ...formats.flatMap(formatLines),
    // The primary source stands first: some receivers take the first for it, whatever the group says.
    ...(isRepeated ? [`a=ssrc-group:FID ${ssrc} ${retransmissionSsrc}`] : []),
    `a=ssrc:${ssrc} cname:${CNAME}`,
    ...(isRepeated ? [`a=ssrc:${retransmissionSsrc} cname:${CNAME}`] : []),
  ];
}

/** How rtpmap names each codec. */
const mapNames: Readonly<Record<RtpFormat['codec'], string>> = {
  h264: 'H264/90000',
  vp8: 'VP8/90000',
  vp9: 'VP9/90000',
  opus: 'opus/48000/2',
};

function formatLines(format: RtpFormat): readonly string[] {
  const { codec, payloadType, retransmission, parameters, feedback } = format;
  return [
    `a=rtpmap:${payloadType} ${mapNames[codec]}`,
    ...feedback.map((value) => `a=rtcp-fb:${payloadType} ${value}`),
    ...(parameters === '' ? [] : [`a=fmtp:${payloadType} ${parameters}`]),
    ...(retransmission === undefined
      ? []
      : [`a=rtpmap:${retransmission} rtx/90000`, `a=fmtp:${retransmission} apt=${payloadType}`]),
  ];
}

function transportLines({ setup }: PeerPlan, local: LocalTransport): readonly string[] {
  return [
    `a=ice-ufrag:${local.ufrag}`,
    `a=ice-pwd:${local.pwd}`,
    `a=fingerprint:${local.fingerprint}`,
    `a=setup:${setup}`,
  ];
}

function candidateLines(local: LocalTransport): readonly string[] {
  return [...candidatesOf(local).map((candidate) => `a=${candidate}`), 'a=end-of-candidates'];
}

/** The candidates as `a=candidate` writes them, without `a=` (RFC 8839, section 5.1; RFC 6544, section 4.5). */
export function candidatesOf({ candidates }: LocalTransport): readonly string[] {
  return candidates.map(({ protocol, address, port }, index) => {
    const local = LOCAL_PREFERENCES[protocol] - index;
    const priority = HOST_PREFERENCES[protocol] * 2 ** 24 + local * 2 ** 8 + (256 - COMPONENT);
    const fields = [index + 1, COMPONENT, protocol, priority, address, port, 'typ host'];
    // Whoever listens waits to be connected to.
    return `candidate:${fields.join(' ')}${protocol === 'tcp' ? ' tcptype passive' : ''}`;
  });
}
