/** What the page knows of the two clipboards, the browser's and the desktop's, and what follows from it. Pure. */
import { encodeText } from '../../protocol/bytes.ts';
import { maxClipboardBytes } from '../../protocol/limits.ts';

/** What to do with the text that a key pastes. */
export type PasteAnswer =
  /** Make it the desktop's clipboard first. */
  | { readonly type: 'send'; readonly text: string }
  /** The desktop has it, or something newer. */
  | { readonly type: 'pass' }
  /** More than is carried; bytes of UTF-8. */
  | { readonly type: 'tooLarge'; readonly bytes: number };

/** Desktops end lines with one character, whatever the browser's system does. */
const withDesktopLines = (text: string): string => text.replace(/\r\n?/g, '\n');

/** Keeps two clipboards in step without either overwriting what is newer in the other. */
export class ClipboardSync {
  /** What the browser's clipboard holds, as far as the page can know: it is never asked for it. */
  #local: string | undefined;
  #pending: string | undefined;
  #desktop: string | undefined;

  /** What the desktop's clipboard holds; undefined: not known. */
  get desktop(): string | undefined {
    return this.#desktop;
  }

  /** What was copied on the desktop and is not in the browser's clipboard yet. */
  get pending(): string | undefined {
    return this.#pending;
  }

  /**
   * A text was copied on the desktop. It belongs into the browser's clipboard only if that happened before the user's eyes: what a
   * program copied while the user was elsewhere, or before this page was there, must not replace what the user has copied since.
   */
  copied(text: string, isSeen: boolean): void {
    this.#desktop = text;
    this.#pending = isSeen ? text : undefined;
    // The same text may be pasted there anew.
    if (!isSeen) this.#local = undefined;
  }

  /** The browser's clipboard holds it now. */
  wrote(text: string): void {
    this.#local = withDesktopLines(text);
    if (this.#pending === text) this.#pending = undefined;
  }

  /** The user has left the page, and may copy elsewhere. */
  left(): void {
    if (this.#pending !== undefined) this.#local = undefined;
    this.#pending = undefined;
  }

  /** Another connection: the desktop may have lost what it had. */
  reconnected(): void {
    this.#local = undefined;
  }

  /** What a key pastes, as the browser says. */
  pasted(given: string): PasteAnswer {
    const text = withDesktopLines(given);
    if (text === '' || text === this.#local || this.#pending !== undefined) return { type: 'pass' };
    const answer = this.put(text);
    if (answer.type === 'send') this.#local = text;
    return answer;
  }

  /** The user says what the desktop's clipboard is to hold. */
  put(given: string): PasteAnswer {
    const text = withDesktopLines(given);
    if (text === '') return { type: 'pass' };
    const bytes = encodeText(text).length;
    if (bytes > maxClipboardBytes) return { type: 'tooLarge', bytes };
    this.#desktop = text;
    this.#pending = undefined;
    return { type: 'send', text };
  }
}
