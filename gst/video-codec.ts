/**
 * What a viewer can ask for: a coded format, and for VP8 also one with two temporal layers (L1T2), of which the upper one can be
 * dropped. The names are those of docs/protocol.md.
 */
export type VideoCodec = 'h264' | 'vp8' | 'vp8-svc' | 'vp9' | 'hevc' | 'av1';

/** How the bytes of a picture are coded: layers make no other format. */
export type VideoFormat = Exclude<VideoCodec, 'vp8-svc'>;

/** The format of a codec. */
export const formatOf = (codec: VideoCodec): VideoFormat => (codec === 'vp8-svc' ? 'vp8' : codec);
