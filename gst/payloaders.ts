import { elementName } from './description.ts';
import { rtpProfile } from './rtp-profile.ts';
import type { VideoFormat } from './video-codec.ts';

/**
 * Largest RTP packet in bytes. RFC 4571 allows 65,535; few large packets cost less than many small ones, and nothing
 * is ever lost on a pipe.
 */
const MAX_PACKET_BYTES = 65_000;

const payloaders: Readonly<Record<VideoFormat, string>> = {
  h264: 'rtph264pay',
  vp8: 'rtpvp8pay',
  vp9: 'rtpvp9pay',
  hevc: 'rtph265pay',
  // Debian 12 has no payloader for AV1 (GStreamer got one in 1.22's Rust plugins). This one carries any buffer, with a flag for
  // keyframes, and the header extension comes from rtpbin as for the others: docs/adr.
  av1: 'rtpgstpay',
};

/** What only some of them have: parameter sets before each keyframe, and no waiting for a second NAL unit. */
const options: Readonly<Partial<Record<VideoFormat, string>>> = {
  h264: 'aggregate-mode=zero-latency config-interval=-1 ',
  hevc: 'aggregate-mode=zero-latency config-interval=-1 ',
};

/** The element that makes RTP of a format's pictures, with its properties. */
export function payloader(format: VideoFormat): string {
  return (
    `${payloaders[format]} name=${elementName.payloader} ${options[format] ?? ''}` +
    `pt=${rtpProfile.videoPayloadType} mtu=${MAX_PACKET_BYTES} timestamp-offset=0 seqnum-offset=0`
  );
}
