import { elementName, quote, requireInteger, throughRtp } from './description.ts';
import { encoderByName } from './encoders.ts';
import { frameRateCaps } from './frame-rate-caps.ts';
import { payloader } from './payloaders.ts';
import type { TestPattern, VideoSettings, VideoSource } from './settings.ts';
import { formatOf } from './video-codec.ts';

/** An X display name: host (optional), display and screen (optional). */
const DISPLAY = /^[\w.-]*:\d{1,5}(\.\d{1,3})?$/;

const PATTERNS: readonly TestPattern[] = ['ball', 'smpte', 'snow', 'black', 'white', 'gradient'];

/**
 * The description of a video pipeline, in the syntax of gst_parse_launch: source, frame rate, valve, encoder, RTP onto
 * the media pipe. All sources share everything behind the source element.
 *
 * @throws RangeError naming the setting that is out of range.
 */
export function videoPipeline(settings: VideoSettings): string {
  const encoder = encoderByName(settings.encoder);
  requireInteger('bitrateKbps', settings.bitrateKbps, [100, 500_000]);
  if (settings.vbvBufferMs !== undefined) {
    requireInteger('vbvBufferMs', settings.vbvBufferMs, [10, 1000]);
  }
  return throughRtp(
    [
      sourceElement(settings.source, settings.frameRate),
      `capsfilter name=${elementName.rate} caps=${frameRateCaps(settings.frameRate)}`,
      // `last-message` changes with every picture: gst/child.ts waits for one before it opens the valve behind a halted source.
      `identity name=${elementName.captured} silent=false`,
      `valve name=${elementName.valve}`,
      // Scaling comes first: conversion then has fewer pixels to do. At the source's own size it hands buffers on.
      'videoscale add-borders=false',
      `capsfilter name=${elementName.size} caps=video/x-raw`,
      'videoconvert',
      `video/x-raw,format=${encoder.inputFormat}`,
      // The only place that may lose a raw frame: the newest one replaces the one that waits for the encoder. A queue
      // that drops behind the encoder would break the chain of references.
      'queue leaky=downstream max-size-buffers=1 max-size-bytes=0 max-size-time=0',
      `${encoder.element} name=${elementName.encoder} ${encoder.properties(settings)}`,
      encoder.caps(settings),
      payloader(formatOf(encoder.codec)),
    ].join(' ! '),
  );
}

function sourceElement(source: VideoSource, frameRate: number): string {
  switch (source.type) {
    case 'x11': {
      if (!DISPLAY.test(source.display)) {
        throw new RangeError(
          `display: expected an X display such as :7, got ${JSON.stringify(source.display)}`,
        );
      }
      // use-damage=true costs 12 ms of CPU per 1080p frame, false 0.2 ms (measured).
      return (
        `ximagesrc display-name=${quote(source.display)} use-damage=false ` +
        `show-pointer=${String(source.showPointer ?? false)}`
      );
    }
    case 'test': {
      if (!PATTERNS.includes(source.pattern)) {
        throw new RangeError(
          `pattern: expected one of ${PATTERNS.join(', ')}, got ${source.pattern}`,
        );
      }
      const width = requireEven('width', source.width);
      const height = requireEven('height', source.height);
      return (
        `videotestsrc is-live=true pattern=${source.pattern} ` +
        `! video/x-raw,width=${width},height=${height}`
      );
    }
    case 'pipe': {
      const width = requireEven('width', source.width);
      const height = requireEven('height', source.height);
      // The moment at which a picture was read counts as its capture: whoever paints knows no better one.
      return (
        `filesrc location=${quote(source.path)} blocksize=${(width * height * 3) / 2} do-timestamp=true ` +
        `! rawvideoparse format=i420 width=${width} height=${height} framerate=${frameRate}/1`
      );
    }
  }
}

/** Odd sizes kill 4:2:0 encoders. */
function requireEven(name: string, value: number): number {
  requireInteger(name, value, [16, 8192]);
  if (value % 2 !== 0) throw new RangeError(`${name}: expected an even number, got ${value}`);
  return value;
}
