/** Between the settings panel and the player: applies choices, keeps them in this browser, and says what became of them. */
import type { StreamFacts } from '../../protocol/control/stream.ts';
import { mergeChange } from '../../protocol/stream-settings.ts';
import type { SettingName } from './setting-access.ts';
import { SettingsBook, type Choice, type SettingsView } from './settings-book.ts';
import type { SettingsStore } from './settings-store.ts';
import { type AppliedSettings, type UserChange, type UserSettings } from './user-settings.ts';

/** The player's part. */
export interface SettingsPlayer {
  readonly settings: UserSettings;
  apply(change: UserChange): Promise<AppliedSettings>;
}

/** What the page knows of settings before there is a player. */
export interface SettingsOfPage {
  readonly store: SettingsStore;
  /** What the page's address asks for, above what is stored. */
  readonly addressed: UserChange;
  /** The user has chosen these settings himself, so that the address has no more say in them. */
  onChosen(names: readonly string[]): void;
}

/** What the settings begin with, and whom they are shown to. */
export interface SettingsControlOptions extends SettingsOfPage {
  onView(view: SettingsView): void;
}

/**
 * How long a slider rests before its value is applied, ms: below what is felt as delay, far above the 16 ms between two
 * events of a slider that is pulled (a guess; the whole has 300 ms).
 */
const REST_MS = 80;

/** One for a player, which joins it when it exists. */
export class SettingsControl {
  readonly #options: SettingsControlOptions;
  readonly #book: SettingsBook;
  #player: SettingsPlayer | undefined;
  #gliding: { choices: number[]; change: UserChange } | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: SettingsControlOptions) {
    this.#options = options;
    this.#book = new SettingsBook(options.store.read(), options.addressed);
  }

  get view(): SettingsView {
    return this.#book.view;
  }

  /** What a new player starts with. */
  get chosen(): UserChange {
    return this.#book.stored.chosen;
  }

  /** The player that is set. */
  join(player: SettingsPlayer): void {
    this.#player = player;
  }

  /** Idempotent. What still glides is dropped here, and kept in this browser. */
  close(): void {
    clearTimeout(this.#timer);
    this.#gliding = undefined;
    this.#player = undefined;
  }

  /** @param isGliding more of the same may follow at once, as from a slider */
  choose(choice: Choice, isGliding: boolean): void {
    const number = this.#book.choose(choice);
    this.#options.store.write(this.#book.stored);
    this.#options.onChosen(Object.keys(choice.change));
    const { choices = [], change = {} } = this.#gliding ?? {};
    this.#gliding = {
      choices: [...choices, number],
      change: mergeChange<UserChange>(change, choice.change),
    };
    clearTimeout(this.#timer);
    if (isGliding) this.#timer = setTimeout(() => this.#apply(), REST_MS);
    else this.#apply();
    this.#tell();
  }

  /** Takes choices back. */
  reset(names: readonly SettingName[]): void {
    const { number, change } = this.#book.reset(names);
    this.#options.store.write(this.#book.stored);
    this.#options.onChosen(names);
    const gliding = this.#gliding;
    this.#gliding = {
      choices: [...(gliding?.choices ?? []), number],
      change: mergeChange<UserChange>(gliding?.change ?? {}, change),
    };
    this.#apply();
    this.#tell();
  }

  /** The gateway said what holds. */
  streamed(stream: StreamFacts): void {
    if (this.#player === undefined) return;
    this.#book.streamed(stream, this.#player.settings);
    this.#tell();
  }

  #apply(): void {
    clearTimeout(this.#timer);
    const gliding = this.#gliding;
    const player = this.#player;
    this.#gliding = undefined;
    if (gliding === undefined || player === undefined) return;
    player.apply(gliding.change).then(
      (applied) => {
        for (const number of gliding.choices) this.#book.answered(number, applied);
        this.#options.store.write(this.#book.stored);
        this.#tell();
      },
      // Only a player that is closed rejects; what was chosen is stored, and the next player begins with it.
      () => undefined,
    );
  }

  #tell(): void {
    this.#options.onView(this.#book.view);
  }
}
