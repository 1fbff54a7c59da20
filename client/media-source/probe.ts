import { probeKeyframes } from '../video/probe-keyframes.ts';
import type { LadderFacts } from '../ladder/facts.ts';
import { AvcStream } from './avc-stream.ts';
import { mediaSourceOfBrowser } from './live-buffer.ts';
import { createMinimalMuxer } from './minimal-muxer.ts';
import type { MuxedTrack } from './muxer.ts';

/** Time for one initialization segment, ms; the first player of a browser takes about 100 to start (guess). */
const PROBE_TIMEOUT_MS = 2_000;

/** Opus as every gateway sends it: pre-skip is for recordings. */
export const OPUS_TRACK: MuxedTrack = { type: 'sound', channels: 2, preSkip: 0 };

/** Media type of Opus in MP4 ("Encapsulation of Opus in ISO Base Media File Format"). */
export const OPUS_TYPE = 'audio/mp4; codecs="opus"';

/** What Media Source really takes here: each codec is asked for by name, and has taken an initialization segment. */
export async function probeMediaSource(): Promise<LadderFacts['mediaSource']> {
  const Source = mediaSourceOfBrowser();
  if (Source === undefined) return { type: 'missing' };
  const h264 = probeKeyframes.filter(({ codec }) => codec.startsWith('avc1'));
  const [opus, ...isTaken] = await Promise.all([
    takes(Source, OPUS_TYPE, OPUS_TRACK),
    ...h264.map(({ codec, keyframe }) => takesPicture(Source, codec, keyframe)),
  ]);
  const video = h264.filter((_, at) => isTaken[at] === true).map(({ codec }) => codec);
  return { type: 'there', video, opus };
}

async function takesPicture(
  Source: typeof MediaSource,
  codec: string,
  keyframe: string,
): Promise<boolean> {
  const bytes = Uint8Array.from(atob(keyframe), (character) => character.charCodeAt(0));
  const start = new AvcStream().sample(bytes)?.begins;
  return start !== undefined && takes(Source, `video/mp4; codecs="${codec}"`, start.track);
}

async function takes(
  Source: typeof MediaSource,
  mimeType: string,
  track: MuxedTrack,
): Promise<boolean> {
  if (!Source.isTypeSupported(mimeType)) return false;
  const element = document.createElement(track.type === 'picture' ? 'video' : 'audio');
  const source = new Source();
  const url = URL.createObjectURL(source);
  try {
    return await new Promise<boolean>((resolve) => {
      setTimeout(() => resolve(false), PROBE_TIMEOUT_MS);
      element.addEventListener('error', () => resolve(false));
      element.addEventListener('loadedmetadata', () => resolve(true));
      source.addEventListener('sourceopen', () => {
        const buffer = source.addSourceBuffer(mimeType);
        buffer.addEventListener('error', () => resolve(false));
        buffer.appendBuffer(createMinimalMuxer(track).initialize());
      });
      element.src = url;
    });
  } catch {
    // addSourceBuffer may refuse what isTypeSupported promised.
    return false;
  } finally {
    URL.revokeObjectURL(url);
    element.removeAttribute('src');
    element.load();
  }
}
