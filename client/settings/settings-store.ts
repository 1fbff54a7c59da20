/** What the user chose, kept in this browser: one versioned entry of localStorage. */
import type { CustomMode } from '../../protocol/stream-settings.ts';
import { readStoredSettings, type UserChange } from './user-settings.ts';

/** The entry's name. A newer form of the content gets a newer version inside it, not another name. */
export const SETTINGS_KEY = 'oriel.settings';

/** The form of the content; what has another version is dropped. */
const VERSION = 1;

/** Characters that an entry may have: everything chosen takes about 500. A longer one is not ours. */
const MAX_CHARACTERS = 10_000;

/** What the user chose. What is absent is left to the operator and to the defaults. */
export interface StoredSettings {
  readonly chosen: UserChange;
  /** The server's half of the custom mode that was used last, for when it is chosen again. */
  readonly lastCustom: CustomMode | undefined;
}

const nothing: StoredSettings = { chosen: {}, lastCustom: undefined };

/** The part of localStorage that is used; a page may be forbidden to touch any of it. */
export type SettingsStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** Reads and writes the entry. Never throws: without storage the settings last as long as the page. */
export class SettingsStore {
  readonly #storage: () => SettingsStorage;

  /** @param storage gives localStorage; may throw, as its getter does where a browser forbids storage */
  constructor(storage: () => SettingsStorage) {
    this.#storage = storage;
  }

  /** What was stored; nothing for what is damaged, too long, or of another version. */
  read(): StoredSettings {
    try {
      return parse(this.#storage().getItem(SETTINGS_KEY));
    } catch {
      return nothing;
    }
  }

  /** Replaces what was stored. */
  write({ chosen, lastCustom }: StoredSettings): void {
    try {
      const isEmpty = Object.keys(chosen).length === 0 && lastCustom === undefined;
      if (isEmpty) this.#storage().removeItem(SETTINGS_KEY);
      else {
        const content = { version: VERSION, settings: chosen, lastCustom };
        this.#storage().setItem(SETTINGS_KEY, JSON.stringify(content));
      }
    } catch {
      // Forbidden or full: see the class.
    }
  }
}

function parse(text: string | null): StoredSettings {
  if (text === null || text.length > MAX_CHARACTERS) return nothing;
  const content: unknown = JSON.parse(text);
  if (typeof content !== 'object' || content === null) return nothing;
  const { version, settings, lastCustom } = content as Readonly<Record<string, unknown>>;
  if (version !== VERSION) return nothing;
  const { custom } = readStoredSettings({ mode: 'custom', custom: lastCustom });
  return { chosen: readStoredSettings(settings), lastCustom: custom };
}
