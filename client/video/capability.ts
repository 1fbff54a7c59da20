/** Which codecs this browser really decodes. */

import { probeKeyframes, type ProbeKeyframe } from './probe-keyframes.ts';

/** Time for one keyframe; a decoder process that starts cold takes 100 to 300 ms (guess: log it on slow machines). */
const PROBE_TIMEOUT_MS = 2000;

/**
 * The codec strings to offer in HELLO, best supported everywhere first. Each was asked for by `isConfigSupported` and has decoded a
 * keyframe: some browsers promise what they then refuse.
 */
export async function supportedVideoCodecs(): Promise<readonly string[]> {
  if (typeof VideoDecoder === 'undefined') return [];
  const isWorking = await Promise.all(probeKeyframes.map((profile) => decodes(profile)));
  return probeKeyframes.filter((_, at) => isWorking[at] === true).map((profile) => profile.codec);
}

/** The codec strings for sound to offer in HELLO. */
export async function supportedAudioCodecs(): Promise<readonly string[]> {
  if (typeof AudioDecoder === 'undefined') return [];
  const config = { codec: 'opus', sampleRate: 48_000, numberOfChannels: 2 };
  const { supported } = await AudioDecoder.isConfigSupported(config);
  return supported === true ? ['opus'] : [];
}

async function decodes({ codec, keyframe }: ProbeKeyframe): Promise<boolean> {
  const config = { codec, optimizeForLatency: true };
  try {
    const { supported } = await VideoDecoder.isConfigSupported(config);
    return supported === true && (await decodesOne(config, fromBase64(keyframe)));
  } catch {
    // A codec string that the browser does not even parse: not supported.
    return false;
  }
}

async function decodesOne(config: VideoDecoderConfig, data: Uint8Array): Promise<boolean> {
  let decoder: VideoDecoder | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    return await new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(false), PROBE_TIMEOUT_MS);
      decoder = new VideoDecoder({
        output: (frame) => {
          frame.close();
          resolve(true);
        },
        error: () => resolve(false),
      });
      decoder.configure(config);
      decoder.decode(new EncodedVideoChunk({ type: 'key', timestamp: 0, data }));
    });
  } finally {
    clearTimeout(timer);
    if (decoder !== undefined && decoder.state !== 'closed') decoder.close();
  }
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
