/** Fullscreen, with the browser's own shortcuts handed to the page where that is possible. */

/** Keyboard Lock (WICG); Chromium only. */
interface KeyboardLock {
  lock(keyCodes?: readonly string[]): Promise<void>;
  unlock(): void;
}

const keyboardLock = (navigator as { readonly keyboard?: KeyboardLock }).keyboard;

/** Follows the fullscreen state of the page. */
export class Fullscreen {
  readonly #onChange: (isFullscreen: boolean) => void;
  readonly #listening = new AbortController();
  #isKeyboardLocked = false;

  constructor(onChange: (isFullscreen: boolean) => void) {
    this.#onChange = onChange;
    const { signal } = this.#listening;
    document.addEventListener('fullscreenchange', () => this.#changed(), { signal });
  }

  /** Whether this browser can show a page in fullscreen at all. */
  static get isAvailable(): boolean {
    return document.fullscreenEnabled;
  }

  get isActive(): boolean {
    return document.fullscreenElement !== null;
  }

  /** Whether Escape, Alt+Tab and the like reach the page. */
  get isKeyboardCaptured(): boolean {
    return this.isActive && this.#isKeyboardLocked;
  }

  /** Enters or leaves; needs a user gesture. Never rejects. */
  async toggle(): Promise<void> {
    try {
      if (this.isActive) await document.exitFullscreen();
      else await this.#enter();
    } catch {
      // The browser said no (a policy, no gesture): the page stays as it is, and the button can be pressed again.
    }
  }

  /** Idempotent. */
  close(): void {
    this.#listening.abort();
    this.#unlock();
  }

  async #enter(): Promise<void> {
    await document.documentElement.requestFullscreen({ navigationUI: 'hide' });
    if (keyboardLock === undefined) return;
    await keyboardLock.lock();
    this.#isKeyboardLocked = true;
  }

  #changed(): void {
    if (!this.isActive) this.#unlock();
    this.#onChange(this.isActive);
  }

  #unlock(): void {
    if (this.#isKeyboardLocked) keyboardLock?.unlock();
    this.#isKeyboardLocked = false;
  }
}
