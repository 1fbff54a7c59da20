import { describe, expect, it } from 'vitest';
import { ClockRow } from '../../../client/stats/clock-row.ts';
import { MarkWatch } from '../../../client/stats/mark-watch.ts';
import { BLOCK, encodePattern } from '../../../client/stats/pattern-probe.ts';
import { encodePhotonMark } from '../../../protocol/photon-mark.ts';

const PAINTED_AT = 1_795_000_000_000;

/** The row of a test pattern on a picture of a scale. */
function patternRow(scale: number) {
  const bits = encodePattern({ counter: 7, time: (PAINTED_AT * 10) % 2 ** 32 });
  const at = (x: number) => (bits[Math.floor(x / (BLOCK * scale))] === true ? 235 : 16);
  return { width: 1280 * scale, height: 2, at };
}

const EMPTY_ROW = { width: 1280, height: 2, at: () => 90 };

describe('the clock of the test pattern', () => {
  it.each([1, 0.75, 0.5, 0.25])('is read from a picture of scale %d', (scale) => {
    const clock = new ClockRow();
    let age: number | undefined;
    for (let frame = 0; frame < 30 && age === undefined; frame += 1) {
      expect(clock.wanted).toBeDefined();
      age = clock.read(patternRow(scale), PAINTED_AT + 25);
    }
    expect(age).toBe(25);
  });

  it('is no longer looked for on a desktop that has none', () => {
    const clock = new ClockRow();
    for (let frame = 0; frame < 30; frame += 1) clock.read(EMPTY_ROW, PAINTED_AT);
    expect(clock.wanted).toBeUndefined();
  });

  it('is looked for again after a while without it', () => {
    const clock = new ClockRow();
    clock.read(patternRow(1), PAINTED_AT);
    for (let frame = 0; frame < 100; frame += 1) clock.read(EMPTY_ROW, PAINTED_AT);
    expect(clock.wanted).toBeDefined();
  });
});

const PICTURE = { width: 1280, height: 720 };

/** A picture with the mark at 100, 64. */
function markPicture(presses: number) {
  const bits = encodePhotonMark(presses);
  const at = (x: number, y: number) =>
    y >= 64 && y < 96 && bits[Math.floor((x - 100) / 16)] === true ? 235 : 16;
  return { ...PICTURE, at };
}

const rowOf = (picture: ReturnType<typeof markPicture>, y: number) => ({
  width: picture.width,
  height: 2,
  at: (x: number, row: number) => picture.at(x, y + row),
});

describe('the watch on the mark', () => {
  it('searches the picture, then reads one row and tells changes', () => {
    const watch = new MarkWatch();
    expect(watch.wanted(0, PICTURE)).toEqual({ y: 0, height: 720 });
    expect(watch.read(markPicture(3))).toMatchObject({ type: 'seen', presses: 3 });
    const rows = watch.wanted(1, PICTURE);
    expect(rows?.height).toBe(2);
    expect(watch.read(rowOf(markPicture(3), rows?.y ?? 0)).type).toBe('none');
    expect(watch.read(rowOf(markPicture(4), rows?.y ?? 0))).toMatchObject({ presses: 4 });
  });

  it('searches at most twice a second', () => {
    const watch = new MarkWatch();
    watch.wanted(0, PICTURE);
    expect(watch.read({ ...PICTURE, at: () => 16 }).type).toBe('none');
    expect(watch.wanted(400_000, PICTURE)).toBeUndefined();
    expect(watch.wanted(500_000, PICTURE)?.height).toBe(720);
  });

  it('tells once that the mark is gone, and finds it again', () => {
    const watch = new MarkWatch();
    watch.wanted(0, PICTURE);
    watch.read(markPicture(3));
    const outcomes = Array.from({ length: 40 }, () => watch.read(rowOf(markPicture(3), 300)).type);
    expect(outcomes.filter((type) => type === 'lost')).toHaveLength(1);
    expect(watch.wanted(1_000_000, PICTURE)?.height).toBe(720);
    expect(watch.read(markPicture(3))).toMatchObject({ type: 'seen', presses: 3 });
  });

  it('searches anew in a picture of another size', () => {
    const watch = new MarkWatch();
    watch.wanted(0, PICTURE);
    watch.read(markPicture(3));
    expect(watch.wanted(1_000_000, { width: 640, height: 360 })?.height).toBe(360);
  });
});
