import type { Setting } from './settings.ts';

/** Settings as one of the sources gives them, not yet checked, with what to call them in an error. */
export class GivenSettings {
  readonly #values = new Map<string, GivenValue>();
  /** What is wrong with the source itself: unknown names, missing values. */
  readonly problems: string[] = [];

  set(setting: Setting, given: Omit<GivenValue, 'setting'>): void {
    this.#values.set(setting.key, { setting, ...given });
  }

  get(key: string): GivenValue | undefined {
    return this.#values.get(key);
  }

  values(): IterableIterator<GivenValue> {
    return this.#values.values();
  }

  /** Takes over what a stronger source says. */
  overrideBy(stronger: GivenSettings): void {
    for (const value of stronger.values()) this.#values.set(value.setting.key, value);
    this.problems.push(...stronger.problems);
  }
}

/** A value, the words for where it comes from (`--port`, `ORIEL_PORT`, `port in oriel.json`) and where paths start. */
export interface GivenValue {
  readonly setting: Setting;
  readonly value: unknown;
  readonly from: string;
  /** Directory that a relative path starts from. */
  readonly directory: string;
}

/**
 * What a text of a flag or variable means for a setting. Text that is no value of its type stays text, for the schema to
 * refuse with the words for this setting.
 */
export function valueOfText(setting: Setting, text: string): unknown {
  switch (setting.type) {
    case 'number':
      return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : text;
    case 'list':
      return text.split(',').map((item) => item.trim());
    case 'text':
      return text;
  }
}
