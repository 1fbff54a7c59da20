import type { ExtensionIds, Offer, OfferedSection, OfferedTransport } from './offer.ts';
import { parameterOf, type RtpFormat, type TrackCodec } from './rtp-format.ts';

/** A track to the peer: which formats may go under which numbers. */
export interface TrackPlan {
  readonly mid: string;
  /** One per codec, the one of the running stream first; never empty. */
  readonly formats: readonly RtpFormat[];
  readonly extensions: ExtensionIds;
  /** Synchronization source of the track, u32. */
  readonly ssrc: number;
  /** That of its retransmissions. */
  readonly retransmissionSsrc: number;
}

/** The data channels to the peer. */
export interface DataPlan {
  readonly mid: string;
  /** The peer's port (RFC 8841, section 5.1). */
  readonly sctpPort: number;
  /** The largest message that the peer takes, bytes; 0 = any size. */
  readonly maxMessageBytes: number;
}

/** What was agreed with a peer: what an answer says, and what a stack needs to carry it. */
export interface PeerPlan {
  readonly transport: OfferedTransport;
  /** Which side begins the DTLS handshake, as the answer says it. */
  readonly setup: 'active' | 'passive';
  readonly video: TrackPlan | undefined;
  readonly audio: TrackPlan | undefined;
  readonly data: DataPlan | undefined;
}

/** What a plan is made by, beside the offer. */
export interface PlanOptions {
  /** Codec string (RFC 6381) of the picture as it runs: its codec comes first, and its profile where that is offered. */
  readonly running: string | undefined;
  /** Draws a number from 0 to 2^32 - 1 for each source. */
  randomSource(): number;
}

/** What of an offer is taken: its first section of each kind that this server can serve. */
export function planPeer({ transport, sections }: Offer, options: PlanOptions): PeerPlan {
  const wanted = sections.filter(({ isWanted }) => isWanted);
  const video = wanted.find(({ kind }) => kind === 'video');
  const audio = wanted.find(({ kind }) => kind === 'audio');
  const data = wanted.find(
    ({ kind, sctpPort }) => kind === 'application' && sctpPort !== undefined,
  );
  return {
    transport,
    // RFC 8842, section 5.3: an answer to actpass should be active, which spares a round trip.
    setup: transport.setup === 'active' ? 'passive' : 'active',
    video: video && planTrack(video, chooseVideo(video.formats, options.running), options),
    audio: audio && planTrack(audio, oneOf(audio.formats, 'opus'), options),
    data: data && {
      mid: data.mid,
      sctpPort: data.sctpPort ?? 0,
      maxMessageBytes: data.maxMessageBytes,
    },
  };
}

function planTrack(
  { mid, extensions }: OfferedSection,
  formats: readonly RtpFormat[],
  options: PlanOptions,
): TrackPlan | undefined {
  if (formats.length === 0) return undefined;
  return {
    mid,
    formats,
    extensions,
    ssrc: options.randomSource(),
    retransmissionSsrc: options.randomSource(),
  };
}

/** One format for each codec that the peer takes, since the stream may change from one to another while it runs. */
function chooseVideo(
  formats: readonly RtpFormat[],
  running: string | undefined,
): readonly RtpFormat[] {
  const profile = /^avc[13]\.([0-9a-f]{4})/i.exec(running ?? '')?.[1]?.toLowerCase();
  const chosen = [
    ...chooseH264(formats, profile),
    ...oneOf(formats, 'vp8'),
    // Profile 0 has 8 bits and 4:2:0, as our encoders make it (RFC 9628, section 7).
    ...oneOf(
      formats.filter((format) => (parameterOf(format, 'profile-id') ?? '0') === '0'),
      'vp9',
    ),
  ];
  const first = codecOfStream(running);
  return [
    ...chosen.filter(({ codec }) => codec === first),
    ...chosen.filter(({ codec }) => codec !== first),
  ];
}

/** The track codec that a codec string (RFC 6381) names; undefined for one that no track carries. */
export function codecOfStream(codecString: string | undefined): TrackCodec | undefined {
  const [family = ''] = (codecString ?? '').toLowerCase().split('.', 1);
  if (family === 'avc1' || family === 'avc3') return 'h264';
  if (family === 'vp8' || family === 'vp08') return 'vp8';
  return family === 'vp9' || family === 'vp09' ? 'vp9' : undefined;
}

/** Constrained baseline, then any baseline: decoders take both where they take one. */
const BASELINES: readonly RegExp[] = [/^42[ce]0/, /^42/];

/**
 * The profile of the running stream if it is offered, else constrained baseline: what a browser decodes is not bound to what it
 * lists. Packets of several NAL units and fragments need packetization mode 1 (RFC 6184, section 6.3).
 */
function chooseH264(
  formats: readonly RtpFormat[],
  profile: string | undefined,
): readonly RtpFormat[] {
  const usable = formats.filter(
    (format) => format.codec === 'h264' && parameterOf(format, 'packetization-mode') === '1',
  );
  const levelOf = (format: RtpFormat): string => parameterOf(format, 'profile-level-id') ?? '';
  const same = usable.find(
    (format) => profile !== undefined && levelOf(format).startsWith(profile),
  );
  const baselines = BASELINES.map((known) => usable.find((format) => known.test(levelOf(format))));
  const best = [same, ...baselines, ...usable].find((format) => format !== undefined);
  return best === undefined ? [] : [best];
}

function oneOf(formats: readonly RtpFormat[], codec: TrackCodec): readonly RtpFormat[] {
  const found = formats.find((format) => format.codec === codec);
  return found === undefined ? [] : [found];
}
