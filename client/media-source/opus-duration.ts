/** Frame lengths of the configurations of each coding mode, in samples of 1/48,000 s (RFC 6716, section 3.1, table 2). */
const SILK = [480, 960, 1920, 2880];
const HYBRID = [480, 960];
const CELT = [120, 240, 480, 960];

/** Numbers of the first configuration of the two other modes (the same table). */
const FIRST_HYBRID = 12;
const FIRST_CELT = 16;

/** The longest packet, samples: 120 ms. */
const LONGEST = 5_760;

/**
 * What a packet lasts, in samples of 1/48,000 s, by its first bytes (RFC 6716, section 3.1).
 *
 * ```
 *  | configuration 5 | stereo 1 | code 2 |        code 3: a byte with the number of frames in its lower six bits follows
 * ```
 *
 * @returns undefined when it is no packet
 */
export function opusDuration(packet: Uint8Array): number | undefined {
  const [toc, count = 0] = packet;
  if (toc === undefined) return undefined;
  const configuration = toc >> 3;
  const code = toc & 3;
  const frames = code === 0 ? 1 : code === 3 ? count & 0x3f : 2;
  const samples = frames * frameLength(configuration);
  return samples > 0 && samples <= LONGEST ? samples : undefined;
}

function frameLength(configuration: number): number {
  if (configuration < FIRST_HYBRID) return SILK[configuration % 4] ?? 0;
  if (configuration < FIRST_CELT) return HYBRID[configuration % 2] ?? 0;
  return CELT[configuration % 4] ?? 0;
}
