import type { Micros } from '../../protocol/time.ts';
import type { Clock } from '../session-clock.ts';
import type { ClipboardPort } from './clipboard-port.ts';

/** What was copied on the desktop, or put there. */
export type ClipboardContent =
  | { readonly type: 'text'; readonly text: string }
  /** More than what is carried; bytes. */
  | { readonly type: 'tooLarge'; readonly bytes: number };

/** The newest content. */
export interface NewestContent {
  readonly content: ClipboardContent;
  /** Session clock. */
  readonly copiedAt: Micros;
  /** Grows with each content. */
  readonly number: number;
}

/** The desktop's clipboard, and who is told of it. */
export interface SharedClipboardOptions {
  /** Undefined: the desktop has none. */
  readonly port: ClipboardPort | undefined;
  readonly clock: Clock;
  /** A program of the desktop has copied something. */
  onCopied(): void;
}

/** The desktop's clipboard as a session knows it: what it holds is kept for those who get control later. */
export class SharedClipboard {
  readonly #options: SharedClipboardOptions;
  #newest: NewestContent | undefined;
  #count = 0;

  constructor(options: SharedClipboardOptions) {
    this.#options = options;
  }

  /** Which ways the operator has left open. */
  get ways(): ClipboardPort['ways'] {
    return this.#options.port?.ways ?? { toDesktop: false, fromDesktop: false };
  }

  /** Undefined before the first one. */
  get newest(): NewestContent | undefined {
    return this.#newest;
  }

  /** A program of the desktop has copied something. */
  copied(content: ClipboardContent): void {
    this.#note(content);
    this.#options.onCopied();
  }

  /** Makes a text the desktop's clipboard. `done` resolves once programs get it, or cannot be given it. */
  put(text: string): { readonly number: number; readonly done: Promise<unknown> } {
    const number = this.#note({ type: 'text', text });
    return { number, done: this.#options.port?.put(text) ?? Promise.resolve() };
  }

  #note(content: ClipboardContent): number {
    this.#count += 1;
    this.#newest = { content, copiedAt: this.#options.clock.now(), number: this.#count };
    return this.#count;
  }
}
