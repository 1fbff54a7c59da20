import { describe, expect, it } from 'vitest';
import { customOf } from '../../../client/settings/custom-mode.ts';
import { accessTo, rangeOf } from '../../../client/settings/setting-access.ts';
import { SettingsBook, type Choice } from '../../../client/settings/settings-book.ts';
import { defaultUserSettings, type UserChange } from '../../../client/settings/user-settings.ts';
import { defaultStreamSettings, streamRanges } from '../../../protocol/stream-settings.ts';
import { streamFacts } from '../../support/stream-facts.ts';

const custom = { delayTargetMs: 30, videoBudgetMs: 200, audioBudgetMs: 150 };

const book = (chosen: UserChange = {}, addressed: UserChange = {}): SettingsBook =>
  new SettingsBook({ chosen, lastCustom: undefined }, addressed);

const rate = (maxFrameRate: number): Choice => ({
  subjects: ['maxFrameRate'],
  change: { maxFrameRate },
});

describe('what the panel shows', () => {
  it('is what was stored, below what the address asks for', () => {
    const { settings } = book({ mode: 'movie', volume: 0.5 }, { mode: 'instant' }).view;
    expect([settings.mode, settings.volume, settings.quality]).toEqual(['instant', 0.5, 'text']);
  });

  it('is a choice at once, and what holds when it is answered', () => {
    const settings = book();
    const number = settings.choose(rate(30));
    expect(settings.view.settings.maxFrameRate).toBe(30);
    expect(settings.view.outcomes.maxFrameRate).toEqual({ type: 'waiting' });
    const held = { ...defaultUserSettings, maxFrameRate: 30 };
    settings.answered(number, { settings: held, refused: {} });
    expect(settings.view.settings.maxFrameRate).toBe(30);
    expect(settings.view.outcomes.maxFrameRate).toEqual({ type: 'applied' });
    expect(settings.stored.chosen).toEqual({ maxFrameRate: 30 });
  });

  it('is the newest choice while older ones are answered', () => {
    const settings = book();
    const first = settings.choose(rate(30));
    settings.choose(rate(15));
    settings.answered(first, {
      settings: { ...defaultUserSettings, maxFrameRate: 30 },
      refused: {},
    });
    expect(settings.view.settings.maxFrameRate).toBe(15);
    expect(settings.view.outcomes.maxFrameRate).toEqual({ type: 'waiting' });
  });

  it('goes back to what holds when the gateway refuses, and that choice is not kept', () => {
    const settings = book({ maxFrameRate: 50, quality: 'motion' });
    const number = settings.choose(rate(240));
    const held = { ...defaultUserSettings, maxFrameRate: 50, quality: 'motion' } as const;
    settings.answered(number, { settings: held, refused: { maxFrameRate: 'range' } });
    expect(settings.view.settings.maxFrameRate).toBe(50);
    expect(settings.view.outcomes.maxFrameRate).toEqual({ type: 'refused', reason: 'range' });
    expect(settings.stored.chosen).toEqual({ maxFrameRate: 50, quality: 'motion' });
  });

  it('says so when what was stored earlier is refused now', () => {
    const settings = book({ codec: 'av1', scale: 0.5 });
    const refused = { codec: 'unavailable', scale: 'viewer' } as const;
    settings.streamed(streamFacts({ answers: 1, refused }), defaultUserSettings);
    const outcome = { type: 'refused', reason: 'unavailable' };
    expect(settings.view.outcomes).toEqual({ codec: outcome });
    expect(settings.view.settings.codec).toBe('auto');
    // The next server, or browser, may be able to.
    expect(settings.stored.chosen).toEqual({ codec: 'av1', scale: 0.5 });
  });

  it('keeps what a viewer chose for the time when control comes', () => {
    const settings = book();
    const number = settings.choose(rate(15));
    const refused = { maxFrameRate: 'viewer' } as const;
    settings.answered(number, { settings: defaultUserSettings, refused });
    expect(settings.view.settings.maxFrameRate).toBe('auto');
    expect(settings.stored.chosen).toEqual({ maxFrameRate: 15 });
  });

  it('says of a number of the custom mode what became of the mode', () => {
    const settings = book();
    const change = { mode: 'custom', custom } as const;
    const number = settings.choose({ subjects: ['delayTargetMs'], change });
    const refused = { mode: 'range' } as const;
    settings.answered(number, { settings: defaultUserSettings, refused });
    expect(settings.view.outcomes.delayTargetMs).toEqual({ type: 'refused', reason: 'range' });
    expect(settings.stored.chosen).toEqual({});
  });
});

describe('a custom mode', () => {
  it('is remembered when another one is chosen', () => {
    const settings = book();
    const change = { mode: 'custom', custom } as const;
    settings.choose({ subjects: ['mode'], change });
    settings.choose({ subjects: ['mode'], change: { mode: 'movie' } });
    expect(settings.stored).toEqual({ chosen: { mode: 'movie' }, lastCustom: custom });
    expect(customOf(settings.view)).toEqual(custom);
  });

  it('begins as the mode before it', () => {
    expect(customOf(book({ mode: 'movie' }).view)).toEqual({
      delayTargetMs: 60,
      videoBudgetMs: 1_000,
      audioBudgetMs: 600,
    });
  });
});

describe('reset', () => {
  it('asks for the defaults of what it names, and keeps nothing of it', () => {
    const settings = book({ mode: 'custom', custom, volume: 0.2, quality: 'motion' });
    const { number, change } = settings.reset(['mode', 'quality']);
    expect(change).toEqual({ mode: 'balanced', quality: 'text' });
    expect(settings.stored.chosen).toEqual({ volume: 0.2 });
    expect(settings.view.settings.mode).toBe('balanced');
    expect(settings.view.settings.custom).toBeUndefined();
    settings.answered(number, { settings: defaultUserSettings, refused: {} });
    expect(settings.view.outcomes).toEqual({
      mode: { type: 'applied' },
      quality: { type: 'applied' },
    });
  });

  it('brings what the operator has set', () => {
    const settings = book({ mode: 'movie', maxFrameRate: 60 });
    const defaults = { ...defaultStreamSettings, mode: 'instant', maxFrameRate: 30 } as const;
    const policy = { locked: [], ranges: streamRanges, defaults };
    settings.streamed(streamFacts({ policy }), defaultUserSettings);
    expect(settings.reset(['mode', 'maxFrameRate', 'volume']).change).toEqual({
      mode: 'instant',
      maxFrameRate: 30,
      volume: 1,
    });
  });
});

describe('access', () => {
  it('is closed by the operator for all, and by the control of another for the encoder', () => {
    expect(accessTo('codec', undefined)).toBe('open');
    const locked = streamFacts({ policy: { locked: ['codec'], ranges: streamRanges } });
    expect([accessTo('codec', locked), accessTo('scale', locked)]).toEqual(['locked', 'open']);
    const watching = streamFacts({ controls: false });
    const names = ['codec', 'audioBitrateKbps', 'mode', 'transport', 'volume', 'sink'] as const;
    expect(names.map((name) => accessTo(name, watching))).toEqual([
      'viewer',
      'viewer',
      'open',
      'open',
      'open',
      'open',
    ]);
  });

  it('has the ranges of the operator', () => {
    const ranges = { ...streamRanges, maxFrameRate: { least: 10, most: 30 } };
    const bounded = streamFacts({ policy: { locked: [], ranges } });
    expect(rangeOf('maxFrameRate', bounded)).toEqual({ least: 10, most: 30 });
    expect(rangeOf('scale', undefined)).toEqual({ least: 0.25, most: 1 });
  });
});
