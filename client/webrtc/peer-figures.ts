import type { PlayerStats, VideoStats } from '../stats/player-stats.ts';

/** What a browser counted of a connection's tracks since it began (W3C WebRTC Statistics); undefined: it does not say. */
export interface PeerFigures {
  /** Codec string of the pictures. */
  readonly codec: string | undefined;
  readonly width: number;
  readonly height: number;
  readonly framesPerSecond: number;
  /** Whole frames that came, frames that were decoded, and those of them that were not shown. */
  readonly received: number;
  readonly decoded: number;
  readonly dropped: number;
  /** Packets of pictures that never came. */
  readonly videoMissing: number;
  /** Requests for a keyframe. */
  readonly keyRequests: number;
  readonly soundPackets: number;
  readonly soundMissing: number;
  /** What waits before the sound is played, mean of the last packets, ms. */
  readonly soundDelayMs: number;
  /** Times that sound had to be made up. */
  readonly soundGaps: number;
  /** Of everything that was received, on the data channel too. */
  readonly bytes: number;
  readonly roundTripMs: number | undefined;
}

type Report = Readonly<Record<string, unknown>>;

/** Reads the statistics of a connection: inbound-rtp of each kind, the codec, and the pair of candidates in use. */
export function readFigures(reports: readonly unknown[]): PeerFigures {
  const all = reports.filter((one): one is Report => typeof one === 'object' && one !== null);
  const inbound = (kind: string): Report =>
    all.find((one) => one['type'] === 'inbound-rtp' && one['kind'] === kind) ?? {};
  const [video, sound] = [inbound('video'), inbound('audio')];
  const codec = all.find(({ id, type }) => type === 'codec' && id === video['codecId']);
  const transport = all.find(({ type }) => type === 'transport') ?? {};
  const pair = all.find(({ id }) => id === transport['selectedCandidatePairId']) ?? {};
  const roundTrip = pair['currentRoundTripTime'];
  const emitted = numberOf(sound, 'jitterBufferEmittedCount');
  return {
    codec: codec && codecString(codec),
    width: numberOf(video, 'frameWidth'),
    height: numberOf(video, 'frameHeight'),
    framesPerSecond: numberOf(video, 'framesPerSecond'),
    received: numberOf(video, 'framesReceived'),
    decoded: numberOf(video, 'framesDecoded'),
    dropped: numberOf(video, 'framesDropped'),
    videoMissing: numberOf(video, 'packetsLost'),
    keyRequests: numberOf(video, 'pliCount') + numberOf(video, 'firCount'),
    soundPackets: numberOf(sound, 'packetsReceived'),
    soundMissing: numberOf(sound, 'packetsLost'),
    soundDelayMs: emitted === 0 ? 0 : (numberOf(sound, 'jitterBufferDelay') / emitted) * 1000,
    soundGaps: numberOf(sound, 'concealmentEvents'),
    bytes: numberOf(pair, 'bytesReceived'),
    roundTripMs: typeof roundTrip === 'number' ? roundTrip * 1000 : undefined,
  };
}

/** A player's statistics with what only the browser's receiver knows. @param bitrateBps what came on the connection lately */
export function withFigures(
  { network, video, audio }: PlayerStats,
  figures: PeerFigures,
  bitrateBps: number,
): PlayerStats {
  return {
    video: video && videoWith(video, figures),
    network: network && {
      ...network,
      bitrateBps,
      receivedBytes: figures.bytes,
      keyRequests: figures.keyRequests,
      videoMissing: figures.videoMissing,
      audioPackets: figures.soundPackets,
      audioMissing: figures.soundMissing,
    },
    audio: { ...audio, fillMs: figures.soundDelayMs, underruns: figures.soundGaps },
  };
}

function videoWith(video: VideoStats, figures: PeerFigures): VideoStats {
  const { codec, width, height, framesPerSecond, decoded, dropped } = figures;
  return {
    ...video,
    ...{ codec, width, height, framesPerSecond, decoded },
    skipped: dropped,
    superseded: dropped,
    dropped: { ...video.dropped, superseded: dropped },
  };
}

/** The codec string (RFC 6381) of a codec's MIME type and `a=fmtp`. */
function codecString(codec: Report): string | undefined {
  const { mimeType, sdpFmtpLine: format } = codec;
  switch (typeof mimeType === 'string' ? mimeType.toLowerCase() : '') {
    case 'video/h264': {
      const level = /profile-level-id=([0-9a-f]{6})/i.exec(
        typeof format === 'string' ? format : '',
      )?.[1];
      return level === undefined ? 'avc1' : `avc1.${level.toUpperCase()}`;
    }
    case 'video/vp8':
      return 'vp8';
    case 'video/vp9':
      return 'vp09';
    default:
      return undefined;
  }
}

function numberOf(report: Report, name: string): number {
  const value = report[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
}
