/** The keyboard's shell: binds KeyboardState and TextEntry to a hidden text field. */
import type { InputEvent } from '../../protocol/input.ts';
import { Alarm } from './alarm.ts';
import type { KeyboardPlatform, ModifierFlags } from './keyboard-facts.ts';
import { factsOf } from './keyboard-facts.ts';
import type { KeyOutcome } from './keyboard-state.ts';
import { KeyboardState } from './keyboard-state.ts';
import { ERASABLE_PADDING, TextEntry } from './text-entry.ts';

/** Where keys come from, what this keyboard is like, and what its keys ask for. */
export interface KeyboardOptions {
  /** Has the focus while the desktop has the keyboard; a real text field, so that input methods work. */
  readonly field: HTMLTextAreaElement;
  readonly platform: KeyboardPlatform;
  /** On-screen keyboards compose whole words: each letter is sent instead of waiting for the end. */
  readonly hasOnScreenKeyboard: boolean;
  /** Whether the browser's own shortcuts come to the page too (keyboard lock). */
  isCaptured(): boolean;
  send(events: readonly InputEvent[]): void;
  /** The desktop has the keyboard now. */
  onFocus(): void;
  /** The user asked to leave the desktop by the keyboard. */
  onLeave(): void;
  /** The user asked for the statistics by the keyboard. */
  onStatistics(): void;
  /** Any key: a gesture by which sound may start. */
  onGesture(): void;
  /** A key pastes. Returns whether the browser is to say what; `onPaste` brings it then. Before its events are sent. */
  onPasteKey(): boolean;
  /** What the browser would have pasted for that key. */
  onPaste(text: string): void;
}

/** The keyboard of one desktop, from construction to `close`. */
export class Keyboard {
  readonly #options: KeyboardOptions;
  readonly #state: KeyboardState;
  readonly #text: TextEntry;
  readonly #alarm = new Alarm(() => this.#settle());
  readonly #listening = new AbortController();
  #isComposing = false;
  /** Whether the browser is about to say what it pastes. */
  #awaitsPaste = false;

  constructor(options: KeyboardOptions) {
    this.#options = options;
    this.#state = new KeyboardState(options.platform);
    this.#text = new TextEntry(options.hasOnScreenKeyboard ? ERASABLE_PADDING : '');
    this.#listen();
    this.#resetField();
    if (document.activeElement === options.field && document.hasFocus()) this.#state.focus();
  }

  /** Evdev codes of the keys that the desktop sees held. */
  get heldCodes(): readonly number[] {
    return this.#state.heldCodes;
  }

  /** Brings the modifiers in line with a pointer event, before that event is sent. */
  pointer(flags: ModifierFlags, acts: boolean): void {
    this.#send(this.#state.pointer(flags, acts));
  }

  /** Releases what is held and stops listening. Idempotent. */
  close(): void {
    this.#release();
    this.#listening.abort();
    this.#alarm.set(undefined);
  }

  #listen(): void {
    const { field } = this.#options;
    const { signal } = this.#listening;
    const release = (): void => this.#release();
    field.addEventListener('keydown', (event) => this.#keyDown(event), { signal });
    field.addEventListener('keyup', (event) => this.#keyUp(event), { signal });
    field.addEventListener('focus', () => this.#focus(), { signal });
    field.addEventListener('blur', release, { signal });
    // A page that is hidden or frozen hears no keyup.
    window.addEventListener('blur', release, { signal });
    window.addEventListener('pagehide', release, { signal });
    document.addEventListener('visibilitychange', () => this.#visibilityChanged(), { signal });
    field.addEventListener('compositionstart', () => this.#composition(true), { signal });
    field.addEventListener('compositionend', () => this.#composition(false), { signal });
    field.addEventListener('input', () => this.#readField(), { signal });
    field.addEventListener('paste', (event) => this.#pasted(event), { signal });
  }

  #keyDown(event: KeyboardEvent): void {
    this.#options.onGesture();
    const isCaptured = this.#options.isCaptured();
    this.#apply(event, this.#state.keyDown(factsOf(event), performance.now(), isCaptured));
  }

  #keyUp(event: KeyboardEvent): void {
    this.#apply(event, this.#state.keyUp(factsOf(event), performance.now()));
  }

  #apply(event: KeyboardEvent, outcome: KeyOutcome): void {
    this.#awaitsPaste = outcome.paste === true && this.#options.onPasteKey();
    if (outcome.preventDefault) {
      if (!this.#awaitsPaste) event.preventDefault();
      event.stopPropagation();
    }
    this.#send(outcome.events);
    this.#alarm.set(this.#state.dueAt);
    if (outcome.leave) this.#options.onLeave();
    if (outcome.statistics === true) this.#options.onStatistics();
  }

  /** Without a key of ours (a menu, an on-screen keyboard) the field takes the text, which is then typed. */
  #pasted(event: ClipboardEvent): void {
    if (!this.#awaitsPaste) return;
    this.#awaitsPaste = false;
    event.preventDefault();
    this.#options.onPaste(event.clipboardData?.getData('text/plain') ?? '');
  }

  #focus(): void {
    this.#state.focus();
    this.#options.onFocus();
  }

  #release(): void {
    this.#send(this.#state.blur());
    this.#alarm.set(undefined);
    if (!this.#isComposing) this.#resetField();
  }

  #visibilityChanged(): void {
    if (document.visibilityState === 'hidden') this.#release();
    else if (document.activeElement === this.#options.field && document.hasFocus()) this.#focus();
  }

  #settle(): void {
    this.#send(this.#state.settle(performance.now()));
    this.#alarm.set(this.#state.dueAt);
  }

  #composition(isComposing: boolean): void {
    this.#isComposing = isComposing;
    this.#options.field.toggleAttribute('data-composing', isComposing);
    if (!isComposing) this.#readField();
  }

  #readField(): void {
    if (this.#isComposing && !this.#options.hasOnScreenKeyboard) return;
    this.#send(this.#text.update(this.#options.field.value));
    if (this.#text.isWorn && !this.#isComposing) this.#resetField();
  }

  #resetField(): void {
    const { field } = this.#options;
    const { padding } = this.#text;
    field.value = padding;
    field.setSelectionRange(padding.length, padding.length);
    this.#text.reset();
  }

  #send(events: readonly InputEvent[]): void {
    if (events.length > 0) this.#options.send(events);
  }
}
