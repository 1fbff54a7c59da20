/** What was chosen, what became of it, and what holds: the state behind the settings panel. */
import type { RefusalReason, StreamFacts } from '../../protocol/control/stream.ts';
import { mergeChange, type CustomMode } from '../../protocol/stream-settings.ts';
import type { SettingName } from './setting-access.ts';
import type { StoredSettings } from './settings-store.ts';
import {
  defaultUserSettings,
  settingsInForce,
  type AppliedSettings,
  type UserChange,
  type UserSettings,
} from './user-settings.ts';

/** What a control is about: a setting, or one number of the server's half of a custom mode. */
export type Subject = SettingName | keyof CustomMode;

/** What became of the last change of a subject. */
export type Outcome =
  | { readonly type: 'waiting' }
  | { readonly type: 'applied' }
  | { readonly type: 'refused'; readonly reason: RefusalReason };

/** A choice of the user: what it is about, and what is to change. */
export interface Choice {
  readonly subjects: readonly Subject[];
  readonly change: UserChange;
}

/** Everything that the panel shows; a new object with each change. */
export interface SettingsView {
  /** What the controls show: what holds, and of what is under way what was chosen. */
  readonly settings: UserSettings;
  /** What the gateway said last; undefined before the first connection. */
  readonly stream: StreamFacts | undefined;
  readonly outcomes: Readonly<Partial<Record<Subject, Outcome>>>;
  /** What `reset` would bring. */
  readonly defaults: UserSettings;
  /** The server's half of the custom mode that was used last. */
  readonly lastCustom: CustomMode | undefined;
}

/** A choice on its way, and what had been chosen before it. */
interface OpenChoice extends Choice {
  readonly before: UserChange;
}

/**
 * Keeps the choices of a user until they are answered. A pure core: it changes nothing but itself. The newest choice of a
 * subject is the one whose answer counts.
 */
export class SettingsBook {
  #stored: StoredSettings;
  #held: UserSettings;
  #stream: StreamFacts | undefined;
  #outcomes: Partial<Record<Subject, Outcome>> = {};
  readonly #newest = new Map<Subject, number>();
  readonly #open = new Map<number, OpenChoice>();
  #choices = 0;

  /** @param addressed what the page's address asks for, above what is stored */
  constructor(stored: StoredSettings, addressed: UserChange) {
    this.#stored = stored;
    this.#held = settingsInForce(mergeChange<UserChange>(stored.chosen, addressed), undefined);
  }

  /** What to keep in this browser. */
  get stored(): StoredSettings {
    return this.#stored;
  }

  get view(): SettingsView {
    let settings = this.#held;
    for (const { change } of this.#open.values())
      settings = mergeChange<UserSettings>(settings, change);
    return {
      settings,
      stream: this.#stream,
      outcomes: this.#outcomes,
      defaults: this.#defaults,
      lastCustom: this.#stored.lastCustom,
    };
  }

  /** The user chose something. @returns the number by which it is answered */
  choose(choice: Choice): number {
    const before = this.#stored.chosen;
    this.#keep(mergeChange<UserChange>(before, choice.change), choice.change.custom);
    return this.#begin({ ...choice, before });
  }

  /** The user takes choices back. @returns what brings the defaults, and the number by which it is answered */
  reset(names: readonly SettingName[]): { readonly number: number; readonly change: UserChange } {
    const defaults: Readonly<Record<string, unknown>> = { ...this.#defaults };
    const chosen: Record<string, unknown> = { ...this.#stored.chosen };
    const change: Record<string, unknown> = {};
    for (const name of names.includes('mode') ? [...names, 'custom'] : names) {
      Reflect.deleteProperty(chosen, name);
      if (defaults[name] !== undefined) change[name] = defaults[name];
    }
    this.#keep(chosen, undefined);
    return { number: this.#begin({ subjects: names, change, before: chosen }), change };
  }

  /** A choice has been answered. */
  answered(number: number, { settings, refused }: AppliedSettings): void {
    const choice = this.#open.get(number);
    this.#open.delete(number);
    this.#held = settings;
    if (choice === undefined) return;
    const names = Object.keys(choice.change) as (keyof typeof refused)[];
    for (const name of names) {
      // A viewer's choice is kept by the gateway until control comes; the others are of no use later.
      if (refused[name] !== undefined && refused[name] !== 'viewer')
        this.#takeBack(name, choice.before);
    }
    const outcomes = { ...this.#outcomes };
    for (const subject of choice.subjects) {
      if (this.#newest.get(subject) !== number) continue;
      const reason = refused[subject as keyof typeof refused] ?? refusalOfOnly(choice, refused);
      outcomes[subject] = reason === undefined ? { type: 'applied' } : { type: 'refused', reason };
    }
    this.#outcomes = outcomes;
  }

  /** The gateway said what holds; `settings` are the player's, which know it. */
  streamed(stream: StreamFacts, settings: UserSettings): void {
    this.#stream = stream;
    this.#held = settings;
    // What the browser had stored is told to each connection without having been chosen now.
    for (const [name, reason] of Object.entries(stream.refused ?? {})) {
      const subject = name as SettingName;
      if (reason === 'viewer' || this.#outcomes[subject]?.type === 'waiting') continue;
      this.#outcomes = { ...this.#outcomes, [subject]: { type: 'refused', reason } };
    }
  }

  /** The operator's, where he says so. */
  get #defaults(): UserSettings {
    return mergeChange<UserSettings>(defaultUserSettings, this.#stream?.policy.defaults ?? {});
  }

  #begin(choice: OpenChoice): number {
    this.#choices += 1;
    const number = this.#choices;
    this.#open.set(number, choice);
    this.#outcomes = { ...this.#outcomes };
    for (const subject of choice.subjects) {
      this.#newest.set(subject, number);
      this.#outcomes[subject] = { type: 'waiting' };
    }
    return number;
  }

  /** What was refused is not asked for again at the next visit; what had been chosen before it is. */
  #takeBack(refused: string, before: UserChange): void {
    const chosen: Record<string, unknown> = { ...this.#stored.chosen };
    const old: Readonly<Record<string, unknown>> = { ...before };
    for (const name of refused === 'mode' ? ['mode', 'custom'] : [refused]) {
      Reflect.deleteProperty(chosen, name);
      if (old[name] !== undefined) chosen[name] = old[name];
    }
    this.#keep(chosen, undefined);
  }

  #keep(chosen: UserChange, custom: CustomMode | undefined): void {
    this.#stored = { chosen, lastCustom: custom ?? this.#stored.lastCustom };
  }
}

/** Why a number of a custom mode was refused: the gateway names the mode. */
function refusalOfOnly(
  { subjects, change }: Choice,
  refused: AppliedSettings['refused'],
): RefusalReason | undefined {
  return subjects.length === 1 && change.mode !== undefined ? refused.mode : undefined;
}
