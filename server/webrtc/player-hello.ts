import { protocolVersion, type Hello } from '../../protocol/control/hello.ts';
import type { PeerPlan } from '../signaling/peer-plan.ts';
import type { TrackCodec } from '../signaling/rtp-format.ts';

/** A codec string (W3C WebCodecs registry) of each kind: only the kind counts. */
const codecStrings: Readonly<Record<TrackCodec, string>> = {
  h264: 'avc1.42E01F',
  vp8: 'vp8',
  vp9: 'vp09.00.10.08',
  opus: 'opus',
};

/** What a peer that speaks no DTF/1 can and wants, as its offer shows it. It stays where it is: it could not obey MOVE. */
export function playerHello({ video, audio }: PeerPlan): Hello {
  const names = (track: PeerPlan['video']): readonly string[] =>
    track?.formats.map(({ codec }) => codecStrings[codec]) ?? [];
  return {
    versions: [protocolVersion],
    video: names(video),
    audio: names(audio),
    mode: 'instant',
    pinned: true,
  };
}
