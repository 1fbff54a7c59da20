import type { StreamFacts } from '../../protocol/control/stream.ts';
import { defaultStreamSettings, streamRanges } from '../../protocol/stream-settings.ts';

/** What a gateway says that allows everything, with the facts that a test is about. */
export function streamFacts(facts: Partial<StreamFacts> = {}): StreamFacts {
  return {
    answers: 0,
    settings: defaultStreamSettings,
    desktop: { width: 1280, height: 720 },
    video: {
      codec: 'avc1.42C020',
      name: 'h264',
      encoder: 'x264enc',
      width: 1280,
      height: 720,
      frameRate: 60,
    },
    offers: { codecs: ['h264', 'vp8'] },
    policy: { locked: [], ranges: streamRanges },
    controls: true,
    ...facts,
  };
}
