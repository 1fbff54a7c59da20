import { elementName, quote, requireInteger, throughRtp } from './description.ts';
import { rtpProfile } from './rtp-profile.ts';
import type { AudioSettings, AudioSource } from './settings.ts';

/**
 * The description of a sound pipeline: 48 kHz stereo into Opus packets of one frame each, RTP onto the media pipe. It
 * has the same valve and element names as a video pipeline.
 *
 * @throws RangeError naming the setting that is out of range.
 */
export function audioPipeline(settings: AudioSettings): string {
  const { frameMs, source } = settings;
  const bitrate = requireInteger('bitrateBps', settings.bitrateBps, [6_000, 510_000]);
  return throughRtp(
    [
      sourceElement(source),
      'audio/x-raw,format=S16LE,rate=48000,channels=2',
      `valve name=${elementName.valve}`,
      // Restricted low delay leaves out the speech coder and 4 ms of look-ahead (RFC 6716, section 2.1.2 and 4.3).
      `opusenc name=${elementName.encoder} frame-size=${requireFrame(frameMs)} ` +
        `audio-type=restricted-lowdelay bitrate=${bitrate}`,
      `rtpopuspay name=${elementName.payloader} pt=${rtpProfile.audioPayloadType} ` +
        'timestamp-offset=0 seqnum-offset=0',
    ].join(' ! '),
  );
}

function requireFrame(frameMs: AudioSettings['frameMs']): number {
  if (![5, 10, 20].includes(frameMs)) {
    throw new RangeError(`frameMs: expected 5, 10 or 20, got ${String(frameMs)}`);
  }
  return frameMs;
}

/** Samples in a buffer of the test tone: 5 ms, so that packets of any length come out evenly. */
const TONE_SAMPLES = 240;

function sourceElement(source: AudioSource): string {
  switch (source.type) {
    case 'pulse': {
      const server = source.server === undefined ? '' : ` server=${quote(source.server)}`;
      // provide-clock=false: otherwise the sound card becomes the pipeline clock and capture times leave
      // CLOCK_MONOTONIC. buffer-time and latency-time are in microseconds: 20 ms held, read every 5 ms.
      return (
        `pulsesrc device=${quote(source.device)}${server} provide-clock=false ` +
        'slave-method=re-timestamp buffer-time=20000 latency-time=5000'
      );
    }
    case 'test': {
      const frequency = requireInteger('frequencyHz', source.frequencyHz, [20, 20_000]);
      return `audiotestsrc is-live=true freq=${frequency} volume=0.25 samplesperbuffer=${TONE_SAMPLES}`;
    }
  }
}
