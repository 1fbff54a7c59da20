import type { SdpSection } from './sdp.ts';

/** What this server can send as a track: names of rtpmap in lower case (RFC 6184, 7741, 9628 and 7587). */
export const trackCodecs = ['h264', 'vp8', 'vp9', 'opus'] as const;
/** One of them. */
export type TrackCodec = (typeof trackCodecs)[number];

/** A payload type that was offered for one of our codecs. */
export interface RtpFormat {
  readonly codec: TrackCodec;
  readonly payloadType: number;
  /** Payload type under which its packets are sent again (RFC 4588); undefined: not at all. */
  readonly retransmission: number | undefined;
  /** `a=fmtp` as it was offered: an answer repeats it, where the two have to agree. */
  readonly parameters: string;
  /** `a=rtcp-fb` values of the offer that this server understands. */
  readonly feedback: readonly string[];
}

/** Clock and channels as they stand in rtpmap. */
const clocks: Readonly<Record<TrackCodec, string>> = {
  h264: '90000',
  vp8: '90000',
  vp9: '90000',
  opus: '48000/2',
};

/** Feedback that this server acts upon (RFC 4585, RFC 5104, draft-holmer-rmcat-transport-wide-cc-extensions-01). */
const understood: readonly string[] = ['nack', 'nack pli', 'ccm fir', 'transport-cc'];

/** An estimate by the peer itself (draft-alvestrand-rmcat-remb-03): for one that does not tell of every packet. */
const ESTIMATE = 'goog-remb';

/** Largest payload type; RTCP has those from 64 to 95 when it shares the port (RFC 5761, section 4). */
const MAX_PAYLOAD_TYPE = 127;

/** What a section offers of our codecs, in the offer's order. */
export function readFormats({ formats, attributes }: SdpSection): readonly RtpFormat[] {
  const maps = keyed(attributes.all('rtpmap'));
  const parameters = keyed(attributes.all('fmtp'));
  const feedback = attributes.all('rtcp-fb').map((line) => line.split(' '));
  return formats.flatMap((format): readonly RtpFormat[] => {
    const payloadType = payloadTypeOf(format);
    const codec = codecOf(maps.get(format));
    if (payloadType === undefined || codec === undefined) return [];
    const own = feedback.filter(([target]) => target === format || target === '*');
    const offered = new Set(own.map(([, ...value]) => value.join(' ')));
    return [
      {
        codec,
        payloadType,
        retransmission: retransmissionOf(format, { formats, maps, parameters }),
        parameters: parameters.get(format) ?? '',
        feedback: chooseFeedback(offered),
      },
    ];
  });
}

function chooseFeedback(offered: ReadonlySet<string>): readonly string[] {
  const chosen = understood.filter((value) => offered.has(value));
  return offered.has('transport-cc') || !offered.has(ESTIMATE) ? chosen : [...chosen, ESTIMATE];
}

/** A parameter of `a=fmtp`, in lower case; undefined when it is not there. */
export function parameterOf({ parameters }: RtpFormat, name: string): string | undefined {
  const pairs = parameters.split(';').map((pair) => pair.trim().toLowerCase().split('='));
  return pairs.find(([key]) => key === name)?.[1];
}

interface FormatLines {
  readonly formats: readonly string[];
  readonly maps: ReadonlyMap<string, string>;
  readonly parameters: ReadonlyMap<string, string>;
}

function retransmissionOf(format: string, lines: FormatLines): number | undefined {
  const found = lines.formats.find(
    (other) =>
      lines.maps.get(other)?.toLowerCase() === 'rtx/90000' &&
      lines.parameters.get(other)?.split(';')[0]?.trim() === `apt=${format}`,
  );
  return found === undefined ? undefined : payloadTypeOf(found);
}

function codecOf(map: string | undefined): TrackCodec | undefined {
  const lower = map?.toLowerCase();
  return trackCodecs.find((codec) => lower === `${codec}/${clocks[codec]}`);
}

function payloadTypeOf(format: string): number | undefined {
  const value = /^\d{1,3}$/.test(format) ? Number(format) : NaN;
  return value <= MAX_PAYLOAD_TYPE && (value < 64 || value > 95) ? value : undefined;
}

/** Lines of the form `key value`. */
function keyed(lines: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    lines.map((line) => {
      const space = line.indexOf(' ');
      return space < 0 ? [line, ''] : [line.slice(0, space), line.slice(space + 1).trim()];
    }),
  );
}
