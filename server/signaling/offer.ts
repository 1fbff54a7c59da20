import { parseSdp, type Sdp, type SdpSection } from './sdp.ts';
import { readFormats, type RtpFormat } from './rtp-format.ts';
import { SignalingFault } from './signaling-fault.ts';

/** How the peer's transport is found and known. What names addresses is left out: see `readOffer`. */
export interface OfferedTransport {
  /** ICE user fragment and password (RFC 8839, section 5.4). */
  readonly ufrag: string;
  readonly pwd: string;
  readonly fingerprint: { readonly algorithm: string; readonly value: string };
  /** Which side begins the DTLS handshake (RFC 8842, section 5.2). */
  readonly setup: 'actpass' | 'active' | 'passive';
}

/** Header extensions of RTP that this server writes, by the names of docs/webrtc.md. */
export const extensionUris = {
  transportSequence: 'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01',
  captureTime: 'http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time',
  playoutDelay: 'http://www.webrtc.org/experiments/rtp-hdrext/playout-delay',
} as const;
/** What such an extension is called here. */
export type ExtensionName = keyof typeof extensionUris;

/** Ids of one-byte header extensions (RFC 8285, section 4.2) by name; one that is absent was not offered. */
export type ExtensionIds = Readonly<Partial<Record<ExtensionName, number>>>;

/** An m-section of the offer, as far as it matters to a server that only sends. */
export interface OfferedSection {
  readonly kind: 'video' | 'audio' | 'application' | 'other';
  readonly protocol: string;
  /** First of its formats: what an answer that refuses the section repeats. */
  readonly format: string;
  readonly mid: string;
  /** Whether the peer would take what this server sends there. */
  readonly isWanted: boolean;
  /** Of our codecs; empty for anything but video and audio. */
  readonly formats: readonly RtpFormat[];
  readonly extensions: ExtensionIds;
  /** Of an application section: the SCTP port (RFC 8841). */
  readonly sctpPort: number | undefined;
  /** The largest message that the peer takes on a data channel, bytes; 0 = any size. */
  readonly maxMessageBytes: number;
}

/** An offer that can be answered. */
export interface Offer {
  readonly transport: OfferedTransport;
  /** Every section in its place: an answer has as many. */
  readonly sections: readonly OfferedSection[];
}

const UFRAG = /^[A-Za-z0-9+/]{4,256}$/;
const PWD = /^[A-Za-z0-9+/]{22,256}$/;
const FINGERPRINT = /^(sha-(?:1|224|256|384|512)) ((?:[0-9A-Fa-f]{2}:){19,63}[0-9A-Fa-f]{2})$/;
const MID = /^[\w.+-]{1,32}$/;
const EXTMAP = /^(\d{1,3})(?:\/\w+)? (\S{1,256})/;

/** What a peer takes whose section does not say (RFC 8841, section 6.1). */
const DEFAULT_MESSAGE_BYTES = 65_536;

/**
 * Reads an offer. Its candidates are not looked at: a server that followed them would resolve names and send packets wherever a
 * client says. The client's own checks show where it is.
 *
 * @throws {@link SignalingFault} sdpTooLarge, sdpMalformed, or offerUnacceptable when nothing in it can be sent to
 */
export function readOffer(text: string): Offer {
  const sdp = parseSdp(text);
  const bundle = sdp.attributes.all('group').find((group) => group.startsWith('BUNDLE'));
  const bundled = new Set(bundle?.split(' ').slice(1));
  const active = sdp.sections.filter(isActive);
  const carrier = active.find(({ attributes }) => bundled.has(attributes.first('mid') ?? ''));
  const sections = sdp.sections.map((section): OfferedSection => {
    // Everything shares one transport; without a group that is the first section's.
    const isCarried =
      carrier === undefined
        ? section === active[0]
        : bundled.has(section.attributes.first('mid') ?? '');
    return readSection(section, isActive(section) && isCarried);
  });
  if (!sections.some(({ isWanted }) => isWanted)) throw new SignalingFault('offerUnacceptable');
  const mids = sections.map(({ mid }) => mid).filter((mid) => mid !== '');
  if (new Set(mids).size !== mids.length)
    throw new SignalingFault('sdpMalformed', 'mid: occurs twice');
  return { transport: readTransport(sdp, carrier ?? active[0]), sections };
}

/** A section with port 0 is refused, unless it is to go by the transport of its bundle (RFC 8843, section 7.1.3). */
function isActive({ port, attributes }: SdpSection): boolean {
  return port !== 0 || attributes.has('bundle-only');
}

function readSection(section: SdpSection, isCarried: boolean): OfferedSection {
  const { attributes, protocol, formats } = section;
  const kind = isKnownKind(section.kind) ? section.kind : 'other';
  const mid = attributes.first('mid') ?? '';
  if (!MID.test(mid) && isCarried)
    throw new SignalingFault('sdpMalformed', 'mid: expected a token');
  const offered = kind === 'video' || kind === 'audio' ? readFormats(section) : [];
  const takesTrack =
    offered.length > 0 &&
    protocol.endsWith('RTP/SAVPF') &&
    attributes.has('rtcp-mux') &&
    !attributes.has('sendonly') &&
    !attributes.has('inactive');
  const sctpPort = Number(attributes.first('sctp-port') ?? NaN);
  const takesData = kind === 'application' && protocol.endsWith('DTLS/SCTP') && sctpPort > 0;
  return {
    kind,
    protocol,
    format: formats[0] ?? '0',
    mid,
    isWanted: isCarried && (takesTrack || takesData),
    formats: offered,
    extensions: readExtensions(attributes.all('extmap')),
    sctpPort: takesData && sctpPort < 65_536 ? sctpPort : undefined,
    maxMessageBytes: readMessageBytes(attributes.first('max-message-size')),
  };
}

function isKnownKind(kind: string): kind is 'video' | 'audio' | 'application' {
  return kind === 'video' || kind === 'audio' || kind === 'application';
}

function readMessageBytes(value: string | undefined): number {
  return value !== undefined && /^\d{1,12}$/.test(value) ? Number(value) : DEFAULT_MESSAGE_BYTES;
}

function readExtensions(lines: readonly string[]): ExtensionIds {
  const ids: Partial<Record<ExtensionName, number>> = {};
  for (const line of lines) {
    const [, id, uri] = EXTMAP.exec(line) ?? [];
    for (const name of Object.keys(extensionUris) as ExtensionName[]) {
      // Ids above 14 would need the two-byte form (RFC 8285, section 4.3).
      if (uri === extensionUris[name] && Number(id) >= 1 && Number(id) <= 14)
        ids[name] = Number(id);
    }
  }
  return ids;
}

function readTransport(sdp: Sdp, section: SdpSection | undefined): OfferedTransport {
  const find = (name: string): string =>
    section?.attributes.first(name) ?? sdp.attributes.first(name) ?? '';
  const ufrag = find('ice-ufrag');
  const pwd = find('ice-pwd');
  const [, algorithm, value] = FINGERPRINT.exec(find('fingerprint')) ?? [];
  const setup = find('setup');
  if (!UFRAG.test(ufrag) || !PWD.test(pwd)) {
    throw new SignalingFault('sdpMalformed', 'ice-ufrag, ice-pwd: expected both');
  }
  if (algorithm === undefined || value === undefined) {
    throw new SignalingFault('sdpMalformed', 'fingerprint: expected that of a certificate');
  }
  if (setup !== 'actpass' && setup !== 'active' && setup !== 'passive') {
    throw new SignalingFault('sdpMalformed', 'setup: expected actpass, active or passive');
  }
  return { ufrag, pwd, fingerprint: { algorithm, value: value.toUpperCase() }, setup };
}
