import type { Logger } from '../observe/logger.ts';
import { internAtoms } from './x-atoms.ts';
import { XConnection } from './x-connection.ts';
import { SelectionOwner } from './x-selection-owner.ts';
import { readSelection, type SelectionText } from './x-selection-reader.ts';
import { offeredTargets } from './x-selection-text.ts';
import type { XEvent, XFixes } from './x11.ts';

/** What a program of the desktop has copied. */
export type CopiedText = Exclude<SelectionText, { readonly type: 'none' }>;

/** Which display, which of its selections, and who is told. */
export interface XClipboardOptions {
  /** For example `:3`. */
  readonly display: string;
  /** Path of the Xauthority file; XAUTHORITY or ~/.Xauthority unless given. */
  readonly authority?: string;
  /** Whether what is selected with the mouse counts as copied, and what is put here is pasted by the middle button. */
  readonly withPrimary: boolean;
  /** Whether programs are asked for what they copy. */
  readonly isRead: boolean;
  /** Bytes of UTF-8 that are read at most. */
  readonly maxBytes: number;
  readonly logger: Logger;
  /** At most 4 a second. Never what was put here. */
  onCopied(copied: CopiedText): void;
}

/** The clipboard of one X display, across restarts of the X server. */
export interface XClipboard {
  /** Makes a text the desktop's clipboard. Resolves when programs get it, or with false when the display cannot be reached. */
  put(text: string): Promise<boolean>;
  close(): void;
}

/** Least time between two readings, ms: 4 a second, however often programs copy. */
const MIN_INTERVAL_MS = 250;

/** Pause before a display that cannot be reached is tried again, ms; it matters less than the picture, which is back sooner. */
const RETRY_MS = 1_000;

const INPUT_ONLY = 2;

const names = [...offeredTargets, 'CLIPBOARD', 'TARGETS', 'INCR', 'ORIEL_CLIPBOARD'] as const;
type Atoms = Readonly<Record<(typeof names)[number], number>>;

/** Atom of the selection that the mouse makes (X Window System Protocol, appendix B). */
const PRIMARY = 1;

/** Opens the clipboard of a display; one that is not there is waited for. */
export function openXClipboard(options: XClipboardOptions): XClipboard {
  return new DisplayClipboard(options);
}

class DisplayClipboard implements XClipboard {
  readonly #options: XClipboardOptions;
  #text: string | undefined;
  #served: ServedSelections | undefined;
  #retry: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: XClipboardOptions) {
    this.#options = options;
    void this.#serve();
  }

  async put(text: string): Promise<boolean> {
    this.#text = text;
    return (await this.#served?.own()) ?? false;
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#retry);
    this.#served?.close();
  }

  /** Serves one connection after the other. */
  async #serve(): Promise<void> {
    const { logger } = this.#options;
    try {
      await this.#once();
    } catch (error) {
      logger.debug('the clipboard cannot be reached', { reason: String(error) });
    }
    this.#served = undefined;
    if (this.#isClosed) return;
    this.#retry = setTimeout(() => void this.#serve(), RETRY_MS);
  }

  async #once(): Promise<void> {
    const { display, authority, logger } = this.#options;
    const connection = await XConnection.open({
      display,
      ...(authority !== undefined && { authority }),
      // A program that asked and went away.
      onError: ({ message }) => logger.debug('the X server refused a request', { message }),
    });
    try {
      const served = await ServedSelections.open(connection, {
        ...this.#options,
        text: () => this.#text,
        onTakenOver: () => {
          this.#text = undefined;
        },
        onCopied: (copied) => {
          if (copied.type === 'text') this.#text = copied.text;
          this.#options.onCopied(copied);
        },
      });
      if (this.#isClosed) return;
      this.#served = served;
      await served.resume();
      await connection.closed;
    } finally {
      connection.close();
    }
  }
}

interface ServedOptions extends XClipboardOptions {
  /** What the clipboard holds, whoever copied it; undefined while that is not known. */
  text(): string | undefined;
  /** A program has copied something, and may be asked what. */
  onTakenOver(): void;
}

/** The selections of one connection: told when a program copies, owned when something is put. */
class ServedSelections {
  readonly #connection: XConnection;
  readonly #options: ServedOptions;
  readonly #atoms: Atoms;
  readonly #window: number;
  readonly #selections: readonly number[];
  #isReading = false;
  /** The selection that was copied to while one was read, or too soon after it. */
  #stale: number | undefined;

  private constructor(connection: XConnection, options: ServedOptions, atoms: Atoms) {
    this.#connection = connection;
    this.#options = options;
    this.#atoms = atoms;
    this.#selections = [atoms.CLIPBOARD, ...(options.withPrimary ? [PRIMARY] : [])];
    const { client, root } = connection;
    this.#window = client.AllocID();
    client.CreateWindow(this.#window, root, 0, 0, 1, 1, 0, 0, INPUT_ONLY, 0, {});
    const text = (): string | undefined => options.text();
    new SelectionOwner({ connection, window: this.#window, atoms, text }).serve();
    client.on('event', (event) => this.#heard(event));
  }

  static async open(connection: XConnection, options: ServedOptions): Promise<ServedSelections> {
    const { client, root } = connection;
    const fixes = await connection.ask<XFixes>((reply) => client.require('fixes', reply));
    const served = new ServedSelections(connection, options, await internAtoms(connection, names));
    const mask = fixes.SelectionEventMask;
    const every = mask.SetSelectionOwner | mask.SelectionWindowDestroy | mask.SelectionClientClose;
    for (const selection of served.#selections) {
      fixes.SelectSelectionInput(root, selection, every);
    }
    await connection.sync();
    return served;
  }

  /** Finds out what the clipboard holds; after a restart of the X server it gets back what it held. */
  async resume(): Promise<void> {
    const owner = await this.#owner();
    if (owner === 0) this.#restore();
    else this.#takenOver(this.#atoms.CLIPBOARD);
  }

  /** Takes the selections over. Resolves with whether it has them. */
  async own(): Promise<boolean> {
    const { client } = this.#connection;
    for (const selection of this.#selections) client.SetSelectionOwner(this.#window, selection, 0);
    // Without an answer the connection has ended.
    const owner = await this.#owner().catch(() => 0);
    return owner === this.#window;
  }

  close(): void {
    this.#connection.close();
  }

  #heard({ name, window, owner, selection }: XEvent): void {
    // The core's event of this name has no window of ours, and no owner.
    if (name !== 'SelectionNotify' || window !== this.#connection.root) return;
    if (selection === undefined || owner === this.#window) return;
    // A program took with it what it had copied; it stays what it was, since we have it as well.
    if (owner !== 0) this.#takenOver(selection);
    else if (selection === this.#atoms.CLIPBOARD) this.#restore();
  }

  #takenOver(selection: number): void {
    this.#options.onTakenOver();
    if (this.#options.isRead) this.#changed(selection);
  }

  #restore(): void {
    if (this.#options.text() === undefined) return;
    this.#connection.client.SetSelectionOwner(this.#window, this.#atoms.CLIPBOARD, 0);
  }

  #owner(): Promise<number> {
    return this.#connection.ask<number>((reply) =>
      this.#connection.client.GetSelectionOwner(this.#atoms.CLIPBOARD, reply),
    );
  }

  #changed(selection: number): void {
    if (this.#isReading) {
      this.#stale = selection;
      return;
    }
    this.#isReading = true;
    this.#stale = undefined;
    // A failed reading is the end of the connection.
    void this.#read(selection).catch(() => undefined);
  }

  async #read(selection: number): Promise<void> {
    const { maxBytes } = this.#options;
    const begunAt = performance.now();
    const copied = await readSelection(
      { connection: this.#connection, atoms: this.#atoms, maxBytes },
      selection,
    );
    if (copied.type === 'tooLarge' || (copied.type === 'text' && copied.text !== ''))
      this.#options.onCopied(copied);
    const rest = Math.max(0, begunAt + MIN_INTERVAL_MS - performance.now());
    setTimeout(() => {
      this.#isReading = false;
      if (this.#stale !== undefined && this.#connection.isOpen) this.#changed(this.#stale);
    }, rest).unref();
  }
}
