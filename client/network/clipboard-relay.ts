import type { InputEvent } from '../../protocol/input.ts';
import type { ReceivedClipboard } from '../../protocol/clipboard-inbox.ts';
import type { Micros } from '../../protocol/time.ts';
import type { ClipboardChannel, ClipboardWays } from '../transport/clipboard-channel.ts';
import { InputHold } from './input-hold.ts';

/** What the page is told of the clipboard. */
export type ClipboardNews =
  | { readonly type: 'ways'; readonly ways: ClipboardWays }
  | {
      readonly type: 'copied';
      readonly text: string;
      /** Whether it was copied while this page was there; else it is what the desktop held when it came. */
      readonly isFresh: boolean;
    }
  /** A program of the desktop has copied more than is carried; bytes. */
  | { readonly type: 'tooLarge'; readonly bytes: number }
  /** What the page put is the desktop's clipboard now; or did not get there in time, and keys no longer wait for it. */
  | { readonly type: 'put'; readonly hasArrived: boolean };

/** Where input goes, and who is told. */
export interface ClipboardRelayOptions {
  sendInput(events: readonly InputEvent[]): void;
  onNews(news: ClipboardNews): void;
}

const NO_WAYS: ClipboardWays = { toDesktop: false, fromDesktop: false };

/**
 * The clipboard of a session over its connections: what is being put goes on over the next one when it moves, and input waits until it is
 * there, so that the keys that paste it paste nothing else.
 */
export class ClipboardRelay {
  readonly #options: ClipboardRelayOptions;
  readonly #hold = new InputHold();
  #channel: ClipboardChannel | undefined;
  /** What is being put. */
  #putting: string | undefined;
  /** Since when this page is there, session clock. */
  #since: Micros | undefined;
  #last: string | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: ClipboardRelayOptions) {
    this.#options = options;
  }

  /** A connection carries the session from now on. */
  joined(channel: ClipboardChannel): void {
    this.#channel?.close();
    this.#channel = channel;
    this.#since ??= channel.joinedAt;
    channel.attach({
      received: (content) => this.#received(content),
      progressed: () => this.#progressed(),
      ways: (ways) => this.#options.onNews({ type: 'ways', ways }),
    });
    if (this.#putting !== undefined) channel.send(this.#putting);
  }

  /** No connection carries the session. What waited is forgotten, as all input is that a lost connection did not deliver. */
  left(): void {
    this.#channel = undefined;
    this.#hold.end();
    if (this.#putting !== undefined) this.#finish(false);
    this.#options.onNews({ type: 'ways', ways: NO_WAYS });
  }

  /** Makes a text the desktop's clipboard; input that comes after this waits for it. */
  put(text: string): void {
    const channel = this.#channel;
    if (channel?.ways.toDesktop !== true) return;
    this.#putting = text;
    this.#last = text;
    channel.send(text);
    this.#hold.begin(performance.now());
    this.#watch();
  }

  /** Input of the user, in order. */
  input(events: readonly InputEvent[]): void {
    const due = this.#hold.push(events);
    if (due.length > 0) this.#options.sendInput(due);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#channel?.close();
  }

  #received(content: ReceivedClipboard): void {
    if (content.type === 'tooLarge') {
      this.#options.onNews({ type: 'tooLarge', bytes: content.bytes });
      return;
    }
    const { text, copiedAt } = content;
    // What this page has put, or was told over the connection before.
    if (text === this.#last) return;
    const isFresh = this.#last !== undefined || copiedAt >= (this.#since ?? 0);
    this.#last = text;
    this.#options.onNews({ type: 'copied', text, isFresh });
  }

  #progressed(): void {
    if (this.#putting === undefined || this.#channel === undefined) return;
    if (this.#channel.isSettled) this.#finish(true);
    else this.#hold.progressed(this.#channel.progress, performance.now());
  }

  /** Looks again when the wait may be over. */
  #watch(): void {
    clearTimeout(this.#timer);
    const { until } = this.#hold;
    if (until === undefined) return;
    const left = until - performance.now();
    if (left <= 0) this.#finish(false);
    else this.#timer = setTimeout(() => this.#watch(), left);
  }

  #finish(hasArrived: boolean): void {
    clearTimeout(this.#timer);
    this.#putting = undefined;
    this.#options.onNews({ type: 'put', hasArrived });
    const held = this.#hold.end();
    if (held.length > 0) this.#options.sendInput(held);
  }
}
