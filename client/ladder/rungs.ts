/**
 * The ways to a picture and its sound in a browser, the best first. Each carries the same encoded stream.
 *
 * - `webCodecs`: VideoDecoder in a worker.
 * - `mediaSource`: Media Source for the picture, AudioDecoder and an audio worklet for the sound.
 * - `mediaSourceSound`: Media Source for both, the sound in an element of its own.
 * - `webRtc`: the browser's own receiver.
 */
export const rungNames = ['webCodecs', 'mediaSource', 'mediaSourceSound', 'webRtc'] as const;

/** One of them. */
export type RungName = (typeof rungNames)[number];

/** The ways to a picture as the video worker knows them; where the sound goes makes no difference there. */
export type PathName = Exclude<RungName, 'mediaSourceSound'>;

/** What a user can want: one rung for good, or the best that works. */
export type RungChoice = 'auto' | RungName;

/** All that a user can want. */
export const rungChoices: readonly RungChoice[] = ['auto', ...rungNames];

/** A choice by its name, as stored or in an address; undefined for anything else. */
export function rungChoiceNamed(name: unknown): RungChoice | undefined {
  return rungChoices.find((choice) => choice === name);
}

/** The way of the rung's pictures. */
export const pathOf = (rung: RungName): PathName =>
  rung === 'mediaSourceSound' ? 'mediaSource' : rung;
