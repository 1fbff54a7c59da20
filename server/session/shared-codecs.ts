/** Which kinds of video fit everybody who watches. Pure. */
import { decodableCodecs, type VideoCodecName } from '../../protocol/video-codec.ts';
import type { StreamRules } from './stream-rules.ts';

/** What a viewer decodes: `video` of its HELLO. One that lists none has not said, and is believed to decode everything. */
export type Decodes = readonly string[];

/**
 * The kinds that every viewer decodes, in the order of `encodable`.
 *
 * @param encodable what the encoder side makes, the one of `auto` first
 */
export function commonCodecs(
  encodable: readonly VideoCodecName[],
  viewers: readonly Decodes[],
): readonly VideoCodecName[] {
  const said = viewers.filter((decodes) => decodes.length > 0).map(decodableCodecs);
  return encodable.filter((name) => said.every((decodes) => decodes.includes(name)));
}

/** What the encoder side may be set to: the one kind that the operator has fixed, or all. */
export function settableCodecs(
  encodable: readonly VideoCodecName[],
  { policy, defaults }: StreamRules,
): readonly VideoCodecName[] {
  const { codec } = defaults;
  if (codec === 'auto' || !policy.locked.includes('codec')) return encodable;
  return encodable.filter((name) => name === codec);
}

/** Why a viewer that decodes `joining` cannot be shown what the others are shown, and what to do; undefined when nothing speaks against it. */
export function obstacleTo(
  joining: Decodes,
  others: readonly Decodes[],
  encodable: readonly VideoCodecName[],
): string | undefined {
  if (commonCodecs(encodable, [...others, joining]).length > 0) return undefined;
  const isAlone = commonCodecs(encodable, [joining]).length === 0;
  return isAlone
    ? `this browser cannot decode the picture of this desktop (${encodable.join(', ')}): use another browser`
    : 'this browser cannot decode the picture that the others here can: use another browser, or come when they have left';
}

/**
 * What the encoder is set to for a wish: the wish where it fits everybody, else the first kind that does. `auto` where that is what
 * `auto` is, and where nothing fits.
 */
export function fittingCodec(
  wished: VideoCodecName | 'auto',
  encodable: readonly VideoCodecName[],
  common: readonly VideoCodecName[],
): VideoCodecName | 'auto' {
  if (wished !== 'auto' && common.includes(wished)) return wished;
  const [first] = common;
  return first === undefined || first === encodable[0] ? 'auto' : first;
}
