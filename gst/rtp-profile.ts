/**
 * What both ends of the pipe agree on: the pipelines write RTP like this, server/ingest reads it.
 *
 * The framing is RFC 4571 (a 16-bit length before each packet), so that a packet is at most 65,535 bytes.
 */
export const rtpProfile = {
  /** Dynamic payload type of the picture, whatever its format: a pipe carries one. */
  videoPayloadType: 96,
  /** Dynamic payload type of Opus (RFC 7587). */
  audioPayloadType: 97,
  /** RTP clock of the picture in Hz, the same for all formats (RFC 6184, section 8.2.1). */
  videoClockRate: 90_000,
  /** RTP clock of Opus in Hz, whatever it was encoded from (RFC 7587, section 4.1). */
  audioClockRate: 48_000,
  /** Id of the header extension (RFC 8285) that carries the capture time. */
  captureTimeExtensionId: 1,
  /** 64-bit NTP timestamp (RFC 6051, section 3.3); here its epoch is that of CLOCK_MONOTONIC. */
  captureTimeExtensionUri: 'urn:ietf:params:rtp-hdrext:ntp-64',
} as const;
