/** What can be compared: a name and the settings that it stands for. */
import { latencyModeNames } from '../../protocol/latency-mode.ts';
import type { VideoCodecName } from '../../protocol/video-codec.ts';
import type { UserChange, UserSettings } from '../settings/user-settings.ts';

/** How many candidates a comparison takes; more would be too many lines in one plot, and too long a wait. */
export const candidateCount = { least: 2, most: 4 } as const;

/** One of what is compared. */
export interface Candidate {
  /** As the user reads it; unique within a comparison. */
  readonly name: string;
  readonly settings: UserChange;
}

/** Candidates that differ in the same setting. */
export interface CandidateGroup {
  readonly label: string;
  readonly candidates: readonly Candidate[];
}

const capitalised = (name: string): string => name.slice(0, 1).toUpperCase() + name.slice(1);

const codecLabels: Readonly<Record<VideoCodecName, string>> = {
  h264: 'H.264',
  vp8: 'VP8',
  'vp8-svc': 'VP8 in layers',
  vp9: 'VP9',
  hevc: 'HEVC',
  av1: 'AV1',
};

/** The settings that can be chosen by a click; of the codecs those that this stream can have. */
export function candidateGroups(codecs: readonly VideoCodecName[]): readonly CandidateGroup[] {
  const groups: readonly CandidateGroup[] = [
    {
      label: 'Latency modes',
      candidates: latencyModeNames.map((mode) => ({ name: capitalised(mode), settings: { mode } })),
    },
    {
      label: 'Transports',
      candidates: [
        { name: 'WebTransport', settings: { transport: 'webtransport' } },
        { name: 'WebSocket', settings: { transport: 'websocket' } },
      ],
    },
    {
      label: 'Codecs',
      candidates: codecs.map((codec) => ({ name: codecLabels[codec], settings: { codec } })),
    },
    {
      label: 'Drawing',
      candidates: [
        { name: 'Canvas', settings: { sink: 'canvas' } },
        { name: 'Video element', settings: { sink: 'track' } },
      ],
    },
  ];
  return groups.filter(({ candidates }) => candidates.length >= candidateCount.least);
}

/** The settings that any of the candidates changes, as they were before: applying them undoes the comparison. */
export function undoing(candidates: readonly Candidate[], before: UserSettings): UserChange {
  const names = new Set(candidates.flatMap(({ settings }) => Object.keys(settings)));
  if (names.has('mode')) names.add('custom');
  return Object.fromEntries(Object.entries(before).filter(([name]) => names.has(name)));
}

/** What to apply for a candidate, so that nothing is left of those before it. */
export function changeTo(candidate: Candidate, undo: UserChange): UserChange {
  const { custom, ...rest } = undo;
  const isCustomKept = custom !== undefined && candidate.settings.mode === undefined;
  return { ...rest, ...(isCustomKept ? { custom } : {}), ...candidate.settings };
}
