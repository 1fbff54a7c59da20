/** The page's end of the clipboard: the browser's, the desktop's, and what the user is told of both. */
import { maxClipboardBytes } from '../../protocol/limits.ts';
import type { ClipboardNews } from '../network/clipboard-relay.ts';
import type { ClipboardWays } from '../transport/clipboard-channel.ts';
import { ClipboardSync, type PasteAnswer } from './clipboard-sync.ts';
import { writeClipboard } from './write-clipboard.ts';

/** What the page shows of it. */
export interface ClipboardView {
  readonly ways: ClipboardWays;
  /** What the desktop's clipboard holds; undefined: not known. */
  readonly text: string | undefined;
  /** What went wrong last, or what the user has to do; a new object each time. */
  readonly note: { readonly text: string } | undefined;
}

/** Where texts go, and who is told. */
export interface DesktopClipboardOptions {
  /** Makes a text the desktop's clipboard. */
  put(text: string): void;
  onView(view: ClipboardView): void;
}

/** Nothing is known yet. */
export const unknownClipboard: ClipboardView = {
  ways: { toDesktop: false, fromDesktop: false },
  text: undefined,
  note: undefined,
};

const MOST = `${maxClipboardBytes / 1_048_576} MiB`;
const WAITS_FOR_GESTURE =
  'Copied on the desktop. Press a key or click, and the browser takes it too.';
const NOT_ARRIVED = 'The text did not reach the desktop’s clipboard.';

/** Both clipboards of one desktop, from construction to `close`. */
export class DesktopClipboard {
  readonly #options: DesktopClipboardOptions;
  readonly #sync = new ClipboardSync();
  readonly #listening = new AbortController();
  #view = unknownClipboard;

  constructor(options: DesktopClipboardOptions) {
    this.#options = options;
    const { signal } = this.#listening;
    window.addEventListener('blur', () => this.#sync.left(), { signal });
  }

  /** What the network worker says. */
  news(news: ClipboardNews): void {
    switch (news.type) {
      case 'ways':
        if (!news.ways.toDesktop) this.#sync.reconnected();
        this.#show({ ways: news.ways });
        break;
      case 'copied':
        this.#copied(news.text, news.isFresh && document.hasFocus());
        break;
      case 'tooLarge':
        this.#note(`What was copied on the desktop is larger than ${MOST}, and stays there.`);
        break;
      case 'put':
        if (!news.hasArrived) this.#note(NOT_ARRIVED);
        break;
    }
  }

  /** A key pastes. Returns whether the browser is to say what. */
  get wantsPaste(): boolean {
    return this.#view.ways.toDesktop;
  }

  /** What the browser pastes by a key that the desktop gets next. */
  paste(text: string): void {
    this.#answer(this.#sync.pasted(text));
  }

  /** The user has written what the desktop's clipboard is to hold. */
  put(text: string): void {
    this.#answer(this.#sync.put(text));
  }

  /** A key or press: the moment in which a browser lets its clipboard be written. */
  gesture(): void {
    const { pending } = this.#sync;
    if (pending !== undefined) void this.#write(pending);
  }

  /** Writes what the desktop holds into the browser's clipboard, as the user asks. */
  async take(): Promise<boolean> {
    const text = this.#sync.desktop;
    return text !== undefined && this.#write(text);
  }

  /** Idempotent. */
  close(): void {
    this.#listening.abort();
  }

  #copied(text: string, isSeen: boolean): void {
    this.#sync.copied(text, isSeen);
    this.#show({ text });
    if (!isSeen) return;
    void this.#write(text).then((isWritten) => {
      if (!isWritten && this.#sync.pending === text) this.#note(WAITS_FOR_GESTURE);
    });
  }

  async #write(text: string): Promise<boolean> {
    const isWritten = await writeClipboard(text);
    if (isWritten) this.#sync.wrote(text);
    return isWritten;
  }

  #answer(answer: PasteAnswer): void {
    if (answer.type === 'send') {
      this.#options.put(answer.text);
      this.#show({ text: answer.text });
    } else if (answer.type === 'tooLarge') {
      this.#note(`The text is larger than ${MOST}, and was not brought to the desktop.`);
    }
  }

  #note(text: string): void {
    this.#show({ note: { text } });
  }

  #show(change: Partial<ClipboardView>): void {
    this.#view = { ...this.#view, ...change };
    this.#options.onView(this.#view);
  }
}
