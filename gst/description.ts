import { rtpProfile } from './rtp-profile.ts';

/** Names of the elements that the child controls at run time. */
export const elementName = {
  /** Caps filter behind the source; its caps carry the frame rate. */
  rate: 'rate',
  /** Tells of each picture that the source hands out, before the valve. */
  captured: 'captured',
  /** Valve before the encoder: closed while the source is paused. */
  valve: 'valve',
  /** Caps filter behind the scaler; its caps carry the encoded size. */
  size: 'size',
  encoder: 'encoder',
  /** Payloader; a keyframe request enters the pipeline at its sink pad. */
  payloader: 'payloader',
} as const;

/** The file descriptor on which the child inherits its end of the media pipe. */
export const mediaFd = 3;

/**
 * Writes a property value so that gst_parse_launch reads it back unchanged.
 *
 * @throws RangeError when the value holds control characters, which no display, device or server name has.
 */
export function quote(value: string): string {
  for (const character of value) {
    if (character < ' ' || character === '\u007f') {
      throw new RangeError(
        `property value: expected no control characters, got ${JSON.stringify(value)}`,
      );
    }
  }
  return `"${value.replace(/[\\"]/g, '\\$&')}"`;
}

/**
 * Throws a RangeError unless `value` is an integer from `min` to `max`. Ranges are checked here because the element
 * would ignore a value out of its range without a word.
 */
export function requireInteger(
  name: string,
  value: number,
  [min, max]: readonly [number, number],
): number {
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new RangeError(`${name}: expected an integer from ${min} to ${max}, got ${value}`);
  }
  return value;
}

/**
 * Closes a branch: RTP with capture times, framed onto the media pipe.
 *
 * `rtpbin ntp-time-source=clock-time` fills the ntp-64 extension with the pipeline clock, which is CLOCK_MONOTONIC as
 * long as no element provides another clock.
 */
export function throughRtp(branch: string): string {
  const { captureTimeExtensionId: id, captureTimeExtensionUri: uri } = rtpProfile;
  return [
    'rtpbin name=rtp ntp-time-source=clock-time',
    `${branch} ! application/x-rtp,extmap-${id}=(string)${uri} ! rtp.send_rtp_sink_0`,
    `rtp.send_rtp_src_0 ! rtpstreampay ! fdsink fd=${mediaFd} sync=false async=false`,
  ].join(' ');
}
