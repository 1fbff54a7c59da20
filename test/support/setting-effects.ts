/** How long a setting takes to have its effect: what to change there and back, and how to see in what came and was shown that it holds. */
import type { Page } from 'playwright-core';
import type { UserChange } from '../../client/settings/user-settings.ts';
import type { ShownPicture } from '../../client/stats/measurement-messages.ts';
import type { Arrivals } from '../../client/stats/arrival-probe.ts';
import { probeOf } from './probe.ts';
import { waitUntil } from './wait.ts';

/** What has come and was shown since the change, and what the page said of its transport. */
export interface Seen {
  readonly pictures: readonly ShownPicture[];
  readonly video: Arrivals;
  readonly audio: Arrivals;
  readonly moves: readonly { readonly atMs: number; readonly to: string }[];
}

/** One change, and when it was seen first: milliseconds of local time since 1970, undefined while it was not. */
export interface Step {
  readonly change: UserChange;
  readonly seen: (since: Seen) => number | undefined;
}

/** A setting, changed there and back. */
export interface SettingEffect {
  readonly name: string;
  /** What counts as its effect. */
  readonly sign: string;
  readonly there: Step;
  readonly back: Step;
}

/** How long an effect may take before the measurement gives it up, ms. */
const PATIENCE_MS = 20_000;

/** Pictures of the test picture at 60 a second: at 100 kbit/s they have 210 bytes, without a bound 400 and more (320 wide, measured). */
const SMALL_PICTURE = 280;
const LARGE_PICTURE = 340;

/** Pictures or packets that tell a rate apart from a single odd one. */
const RUN = 10;

const pictureIs =
  (is: (picture: ShownPicture) => boolean) =>
  ({ pictures }: Seen): number | undefined =>
    pictures.find(is)?.atMs;

/** The first message from which on the next ones come so far apart (ms, median of a few). */
const apart =
  (kind: 'video' | 'audio', is: (gapMs: number) => boolean) =>
  (seen: Seen): number | undefined => {
    const { capturedAtMs, receivedAtMs } = seen[kind];
    const gaps = capturedAtMs.slice(1).map((at, index) => at - (capturedAtMs[index] ?? 0));
    const first = gaps.findIndex(
      (gap, index) => is(gap) && gaps.length >= index + 3 && gaps.slice(index, index + 3).every(is),
    );
    return first < 0 ? undefined : receivedAtMs[first + 1];
  };

/** The first message from which on ten together have such a size (mean, bytes). */
const sized =
  (kind: 'video' | 'audio', is: (bytes: number) => boolean) =>
  (seen: Seen): number | undefined => {
    const { bytes, receivedAtMs } = seen[kind];
    const mean = (from: number): number =>
      bytes.slice(from, from + RUN).reduce((sum, each) => sum + each, 0) / RUN;
    const first = bytes.findIndex(
      (one, index) => index + RUN <= bytes.length && is(one) && is(mean(index)),
    );
    return first < 0 ? undefined : receivedAtMs[first];
  };

const budgetIs =
  (budgetMs: number) =>
  ({ video }: Seen): number | undefined => {
    const first = video.budgetMs.indexOf(budgetMs);
    return first < 0 ? undefined : video.receivedAtMs[first];
  };

const movedTo =
  (transport: string) =>
  ({ moves }: Seen): number | undefined =>
    moves.find(({ to }) => to === transport)?.atMs;

/** Settings of the moving test picture at 60 pictures a second and this width, on `transport`, of a gateway with WebRTC; each is back in the end. */
export function settingEffects({
  width,
  transport,
}: {
  readonly width: number;
  readonly transport: 'webtransport' | 'websocket';
}): readonly SettingEffect[] {
  const other = transport === 'websocket' ? 'webtransport' : 'websocket';
  return [
    {
      name: 'mode',
      sign: 'first picture with the budget of the mode',
      there: { change: { mode: 'movie' }, seen: budgetIs(1000) },
      back: { change: { mode: 'balanced' }, seen: budgetIs(150) },
    },
    {
      name: 'frame rate',
      sign: 'first of three pictures at the distance of the rate',
      there: { change: { maxFrameRate: 15 }, seen: apart('video', (gap) => gap > 45) },
      back: { change: { maxFrameRate: 'auto' }, seen: apart('video', (gap) => gap < 45) },
    },
    {
      name: 'scale',
      sign: 'first picture of the size shown',
      there: { change: { scale: 0.5 }, seen: pictureIs((each) => each.width <= width / 2) },
      back: { change: { scale: 'auto' }, seen: pictureIs((each) => each.width === width) },
    },
    {
      name: 'codec',
      sign: 'first picture of the codec shown',
      there: { change: { codec: 'vp8' }, seen: pictureIs(({ codec }) => codec === 'vp8') },
      back: {
        change: { codec: 'auto' },
        seen: pictureIs(({ codec }) => codec?.startsWith('avc1') === true),
      },
    },
    {
      name: 'sink',
      sign: 'first picture shown in it',
      there: { change: { sink: 'track' }, seen: pictureIs(({ place }) => place === 'track') },
      back: { change: { sink: 'canvas' }, seen: pictureIs(({ place }) => place === 'canvas') },
    },
    {
      name: 'bit rate',
      sign: 'first of ten pictures of the size of the rate',
      there: {
        change: { maxBitrateKbps: 100 },
        seen: sized('video', (bytes) => bytes < SMALL_PICTURE),
      },
      back: {
        change: { maxBitrateKbps: 'auto' },
        seen: sized('video', (bytes) => bytes > LARGE_PICTURE),
      },
    },
    {
      name: 'sound packet',
      sign: 'first of three packets of the length',
      there: { change: { audioFrameMs: 20 }, seen: apart('audio', (gap) => gap > 15) },
      back: { change: { audioFrameMs: 'auto' }, seen: apart('audio', (gap) => gap < 15) },
    },
    {
      name: 'sound bit rate',
      sign: 'first of ten packets of the size',
      there: { change: { audioBitrateKbps: 32 }, seen: sized('audio', (bytes) => bytes < 70) },
      back: { change: { audioBitrateKbps: 'auto' }, seen: sized('audio', (bytes) => bytes > 70) },
    },
    {
      name: 'transport',
      sign: 'the session has moved, with a picture',
      there: { change: { transport: other }, seen: movedTo(other) },
      back: { change: { transport }, seen: movedTo(transport) },
    },
    {
      name: 'Media Source',
      sign: 'first picture shown by it, and by WebCodecs again',
      there: {
        change: { rung: 'mediaSource' },
        seen: pictureIs(({ place }) => place === 'mediaSource'),
      },
      back: {
        change: { rung: 'webCodecs' },
        seen: pictureIs(({ place }) => place === 'canvas'),
      },
    },
    {
      name: 'WebRTC',
      sign: 'first picture shown by it, and by WebCodecs again',
      there: { change: { rung: 'webRtc' }, seen: pictureIs(({ place }) => place === 'webRtc') },
      back: { change: { rung: 'webCodecs' }, seen: pictureIs(({ place }) => place === 'canvas') },
    },
  ];
}

const none: Arrivals = { capturedAtMs: [], receivedAtMs: [], bytes: [], budgetMs: [] };

/** Those of `earlier` and the newer ones that came after a moment. */
function joined(earlier: Arrivals, newer: Arrivals | undefined, afterMs: number): Arrivals {
  if (newer === undefined) return earlier;
  const from = newer.receivedAtMs.findIndex((at) => at > afterMs);
  if (from < 0) return earlier;
  return {
    capturedAtMs: [...earlier.capturedAtMs, ...newer.capturedAtMs.slice(from)],
    receivedAtMs: [...earlier.receivedAtMs, ...newer.receivedAtMs.slice(from)],
    bytes: [...earlier.bytes, ...newer.bytes.slice(from)],
    budgetMs: [...earlier.budgetMs, ...newer.budgetMs.slice(from)],
  };
}

/** Applies a change and waits for its effect. Returns the milliseconds from Player.apply until it was seen. */
export async function timeToEffect(page: Page, { change, seen }: Step): Promise<number> {
  const probe = probeOf(page);
  await probe.arrivals();
  await probe.startRun();
  const known = (await probe.moves()).length;
  const { startedAtMs, refused } = await probe.apply(change);
  if (Object.keys(refused ?? {}).length > 0) throw new Error(`refused: ${JSON.stringify(refused)}`);
  let since: Seen = { pictures: [], video: none, audio: none, moves: [] };
  let seenAtMs: number | undefined;
  const look = async (): Promise<boolean> => {
    const run = await probe.stopRun();
    await probe.startRun();
    const arrived = await probe.arrivals();
    const shown = (run?.frames.pictures ?? []).filter(({ atMs }) => atMs > startedAtMs);
    since = {
      pictures: [...since.pictures, ...shown],
      video: joined(since.video, arrived?.video, startedAtMs),
      audio: joined(since.audio, arrived?.audio, startedAtMs),
      moves: (await probe.moves()).slice(known),
    };
    seenAtMs = seen(since);
    return seenAtMs !== undefined;
  };
  await waitUntil(look, PATIENCE_MS);
  return (seenAtMs ?? Number.NaN) - startedAtMs;
}
