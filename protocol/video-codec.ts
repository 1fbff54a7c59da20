/** The kinds of video that a gateway can offer, and which codec strings (W3C WebCodecs registry) mean them. */

/** Every kind. `vp8-svc` is VP8 with two temporal layers (L1T2): any VP8 decoder takes it. */
export const videoCodecNames = ['h264', 'vp8', 'vp8-svc', 'vp9', 'hevc', 'av1'] as const;
export type VideoCodecName = (typeof videoCodecNames)[number];

/** How codec strings of each kind begin, up to the first dot. */
const families: Readonly<Record<VideoCodecName, readonly string[]>> = {
  h264: ['avc1', 'avc3'],
  vp8: ['vp8', 'vp08'],
  'vp8-svc': ['vp8', 'vp08'],
  vp9: ['vp9', 'vp09'],
  hevc: ['hvc1', 'hev1'],
  av1: ['av01'],
};

/** Whether a codec string such as `avc1.42C02A` names a stream of this kind, whatever profile and level it has. */
export function isOfCodec(codecString: string, name: VideoCodecName): boolean {
  const [family = ''] = codecString.split('.', 1);
  return families[name].includes(family);
}

/** The kinds that a decoder of some codec strings (`video` of HELLO) takes, in the order of `videoCodecNames`. */
export function decodableCodecs(codecStrings: readonly string[]): readonly VideoCodecName[] {
  return videoCodecNames.filter((name) => codecStrings.some((each) => isOfCodec(each, name)));
}

/**
 * Whether a client whose HELLO lists these codec strings takes a stream, by its kind alone. A client that lists none has not said, and
 * is believed to.
 */
export function takesStream(codecStrings: readonly string[], stream: string): boolean {
  const kinds = decodableCodecs(codecStrings);
  return codecStrings.length === 0 || kinds.some((name) => isOfCodec(stream, name));
}
