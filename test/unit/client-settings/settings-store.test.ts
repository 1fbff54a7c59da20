import { describe, expect, it } from 'vitest';
import {
  SETTINGS_KEY,
  SettingsStore,
  type SettingsStorage,
} from '../../../client/settings/settings-store.ts';

const custom = { delayTargetMs: 30, videoBudgetMs: 200, audioBudgetMs: 150 };

/** A storage in memory, with one entry to begin with. */
function storageWith(text?: string): SettingsStorage & { readonly content: Map<string, string> } {
  const content = new Map(text === undefined ? [] : [[SETTINGS_KEY, text]]);
  return {
    content,
    getItem: (key) => content.get(key) ?? null,
    setItem: (key, value) => void content.set(key, value),
    removeItem: (key) => void content.delete(key),
  };
}

const read = (text?: string) => new SettingsStore(() => storageWith(text)).read();
const nothing = { chosen: {}, lastCustom: undefined };

describe('the settings of this browser', () => {
  it('come back as they were written', () => {
    const storage = storageWith();
    const store = new SettingsStore(() => storage);
    const settings = {
      chosen: { mode: 'custom', custom, volume: 0.4, maxBitrateKbps: 'auto' },
      lastCustom: custom,
    } as const;
    store.write(settings);
    expect(new SettingsStore(() => storage).read()).toEqual(settings);
    store.write(nothing);
    expect(storage.content.size).toBe(0);
  });

  it('are nothing where there are none, and where the entry is damaged or of another version', () => {
    expect(read()).toEqual(nothing);
    for (const text of ['', '{', 'null', '7', '[]', '{"settings":{"volume":1}}']) {
      expect(read(text), text).toEqual(nothing);
    }
    expect(read('{"version":2,"settings":{"volume":0.5}}')).toEqual(nothing);
    expect(read(`{"version":1,"settings":{"volume":0.5}}${' '.repeat(20_000)}`)).toEqual(nothing);
  });

  it('lose only what is not valid', () => {
    const settings = { volume: 7, muted: true, codec: 'mpeg1', quality: 'motion', unknown: 1 };
    const lastCustom = { delayTargetMs: -1 };
    expect(read(JSON.stringify({ version: 1, settings, lastCustom }))).toEqual({
      chosen: { muted: true, quality: 'motion' },
      lastCustom: undefined,
    });
  });

  it('last as long as the page where storage is forbidden or full', () => {
    const forbidden = new SettingsStore(() => {
      throw new DOMException('denied', 'SecurityError');
    });
    expect(forbidden.read()).toEqual(nothing);
    forbidden.write({ chosen: { volume: 0.1 }, lastCustom: undefined });
    const full = storageWith();
    new SettingsStore(() => ({
      ...full,
      setItem: () => {
        throw new DOMException('full', 'QuotaExceededError');
      },
    })).write({ chosen: { volume: 0.1 }, lastCustom: undefined });
    expect(full.content.size).toBe(0);
  });
});
