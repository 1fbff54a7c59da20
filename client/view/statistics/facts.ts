/** The figures below the chart, as words: pure functions of state and statistics. */
import type { PlayerState, PlayerStats, SoundState } from '../../player.ts';
import type { AudioStats, NetworkStats, RateStats, VideoStats } from '../../stats/player-stats.ts';
import { moveText, transportLabels } from '../status-text.ts';

/** One line: what it is and how it stands. */
export interface Fact {
  readonly label: string;
  readonly value: string;
  /** What the label is too short for. */
  readonly detail?: string;
  /** Something was lost: worth a look. */
  readonly isLoss?: boolean;
}

/** Lines that belong together. */
export interface FactGroup {
  readonly title: string;
  readonly facts: readonly Fact[];
}

/** What stands for a figure that is not known. */
const UNKNOWN = '–';

/** Milliseconds with a real minus sign; a decimal where it says something. */
export function milliseconds(value: number | undefined): string {
  if (value === undefined) return UNKNOWN;
  const text = Math.abs(value).toFixed(Math.abs(value) < 100 ? 1 : 0);
  return `${value < 0 && text !== '0.0' ? '−' : ''}${text} ms`;
}

/** Bits per second in a unit that fits. */
export function bitrate(bitsPerSecond: number): string {
  return bitsPerSecond >= 1e6
    ? `${(bitsPerSecond / 1e6).toFixed(1)} Mbit/s`
    : `${Math.round(bitsPerSecond / 1e3)} kbit/s`;
}

/** Everything that is known of a connection, grouped. */
export function factGroups(state: PlayerState, stats: PlayerStats): readonly FactGroup[] {
  const { network, video, audio } = stats;
  return [
    { title: 'Picture', facts: pictureFacts(video) },
    { title: 'Connection', facts: connectionFacts(state, network) },
    { title: 'Bit rate', facts: rateFacts(network) },
    { title: 'Losses and repairs', facts: lossFacts(network, video) },
    { title: 'Sound', facts: soundFacts(audio, network) },
  ];
}

function pictureFacts(video: VideoStats | undefined): readonly Fact[] {
  if (video === undefined) return [{ label: 'Frame rate', value: UNKNOWN }];
  return [
    { label: 'Size', value: `${video.width} × ${video.height}` },
    { label: 'Frame rate', value: `${Math.round(video.framesPerSecond)} fps` },
    codecFact(video.codec),
    { label: 'Decode queue', value: String(video.decodeQueue) },
  ];
}

const codecNames: Readonly<Record<string, string>> = {
  avc1: 'H.264',
  avc3: 'H.264',
  hev1: 'HEVC',
  hvc1: 'HEVC',
  vp8: 'VP8',
  vp09: 'VP9',
  av01: 'AV1',
};

/** A codec string by the name that people know; the string itself says the profile. */
function codecFact(codec: string | undefined): Fact {
  if (codec === undefined) return { label: 'Codec', value: UNKNOWN };
  return { label: 'Codec', value: codecNames[codec.split('.')[0] ?? ''] ?? codec, detail: codec };
}

function connectionFacts(state: PlayerState, network: NetworkStats | undefined): readonly Fact[] {
  const { transport, role } = state;
  const roles = { controller: 'In control', viewer: 'Watching' } as const;
  const uncertainty = network?.clockUncertaintyMs;
  return [
    { label: 'Link', value: transport === undefined ? UNKNOWN : transportLabels[transport] },
    movesFact(network),
    { label: 'Role', value: role === undefined ? UNKNOWN : roles[role] },
    { label: 'Round trip', value: milliseconds(network?.rttMs) },
    {
      label: 'Clock',
      value: uncertainty === undefined ? UNKNOWN : `± ${milliseconds(uncertainty)}`,
    },
    { label: 'Input waiting', value: String(network?.unacknowledgedInput ?? UNKNOWN) },
  ];
}

const rateStates: Readonly<Record<RateStats['state'], string>> = {
  hold: 'Steady',
  increase: 'Rising',
  decrease: 'Falling',
};

function rateFacts(network: NetworkStats | undefined): readonly Fact[] {
  const rate = network?.rate;
  const orUnknown = (bps: number | undefined): string =>
    bps === undefined ? UNKNOWN : bitrate(bps);
  return [
    {
      label: 'Delivered',
      value: orUnknown(network?.bitrateBps),
      detail: 'Everything that arrived in the last half second',
    },
    {
      label: 'Target',
      value: orUnknown(rate?.targetBps),
      detail: 'What the server lets the picture take',
    },
    {
      label: 'Capacity',
      value: orUnknown(rate?.capacityBps),
      detail: 'What the server believes that the link carries',
    },
    {
      label: 'Queue',
      value: milliseconds(rate?.queueMs),
      detail: 'What waits on the way, as the server measures it',
    },
    { label: 'Control', value: rate === undefined ? UNKNOWN : rateStates[rate.state] },
    lossShare(network),
  ];
}

/** Datagrams carry the sound and nothing repeats them twice: what they lose says most of the path. */
function lossShare(network: NetworkStats | undefined): Fact {
  const detail = 'Sound packets that never came, of all';
  if (network === undefined) return { label: 'Loss', value: UNKNOWN, detail };
  const { audioMissing, audioPackets } = network;
  const all = audioMissing + audioPackets;
  const percent = all === 0 ? 0 : (audioMissing / all) * 100;
  return { label: 'Loss', value: `${percent.toFixed(1)} %`, detail, isLoss: percent >= 0.05 };
}

function movesFact(network: NetworkStats | undefined): Fact {
  if (network === undefined) return { label: 'Moves', value: UNKNOWN };
  const { moves, lastMove } = network;
  const detail = lastMove === undefined ? 'Changes of the transport' : moveText(lastMove);
  return { label: 'Moves', value: String(moves), detail };
}

function lossFacts(
  network: NetworkStats | undefined,
  video: VideoStats | undefined,
): readonly Fact[] {
  const abandoned = network?.videoAbandonedBy;
  return [
    loss('Skipped', video?.superseded, 'A newer frame was ready before this one was drawn'),
    loss('Late', video?.late, 'Decoded only for the frames after it, as the server said'),
    loss('Past deadline', abandoned?.deadline, 'Given up by the server: no time was left'),
    loss('Superseded', abandoned?.superseded, 'Given up by the server for a newer keyframe'),
    loss('Given up', abandoned?.other, 'Given up by the server for another reason'),
    loss('Undecodable', network?.videoDiscarded, 'Arrived, but what it depends on is gone'),
    loss('Gaps', network?.videoMissing, 'Times that frames did not arrive'),
    loss('Decoder errors', video?.decodeErrors, 'Times that the decoder was replaced'),
    loss(
      'Too slow here',
      video?.decodeOverloads,
      'Times that waiting pictures were given up, since this machine decodes too slowly',
    ),
    loss('Key requests', network?.keyRequests, 'Times that a keyframe was asked for'),
    loss('Reconnects', network?.reconnects, 'Times that the connection was restored'),
  ];
}

const soundStates: Readonly<Record<SoundState, string>> = {
  starting: 'Starting',
  suspended: 'Waiting for a click',
  playing: 'Playing',
  muted: 'Muted',
  unavailable: 'None',
};

function soundFacts(audio: AudioStats, network: NetworkStats | undefined): readonly Fact[] {
  const state: Fact = { label: 'State', value: soundStates[audio.state] };
  if (audio.state === 'unavailable') return [state];
  return [
    state,
    { label: 'Buffer', value: `${Math.round(audio.fillMs)} of ${Math.round(audio.targetMs)} ms` },
    { label: 'Speed', value: `${audio.ratePpm < 0 ? '−' : '+'}${speed(audio.ratePpm)} %` },
    loss('Underruns', audio.underruns, 'Times that the sound ran dry'),
    loss('Overruns', audio.overruns, 'Times that waiting sound was dropped'),
    loss('Packets lost', network?.audioMissing, 'Sound packets that never came'),
  ];
}

const speed = (ratePpm: number): string => (Math.abs(ratePpm) / 10_000).toFixed(2);

function loss(label: string, count: number | undefined, detail: string): Fact {
  if (count === undefined) return { label, value: UNKNOWN, detail };
  return { label, value: String(count), detail, isLoss: count > 0 };
}
