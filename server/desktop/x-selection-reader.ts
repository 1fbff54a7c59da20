import type { XConnection } from './x-connection.ts';
import { decodeTarget, textTargets } from './x-selection-text.ts';
import { x11, type XEvent, type XProperty } from './x11.ts';

/** What a selection holds, as far as it is text. */
export type SelectionText =
  | { readonly type: 'text'; readonly text: string }
  /** Larger than what is wanted: bytes so far, or as announced. */
  | { readonly type: 'tooLarge'; readonly bytes: number }
  /** No text, or an owner that does not answer. */
  | { readonly type: 'none' };

type TextTarget = (typeof textTargets)[number];

/** Numbers of the names that a reader needs. */
export type ReaderAtoms = Readonly<Record<TextTarget | 'INCR' | 'ORIEL_CLIPBOARD', number>>;

/** How long an owner may take for each step, ms: programs answer in 1 ms, a busy one in some hundred. A guess. */
const STEP_MS = 2_000;

/** How long all of it may take, ms: an owner that goes on for ever is left alone. A guess: 100 KB/s for the largest. */
const TOTAL_MS = 10_000;

/** Pieces of one transfer at most: owners send what a request holds, 64 KB and more; the smallest known are 4 KB. */
const MAX_PIECES = 4_096;

/** How many times what is wanted is taken of an owner that goes on: politeness has an end. */
const MAX_EXCESS = 16;

/** Events that wait at most: a transfer makes two at a time. */
const MAX_EVENTS = 64;

const INPUT_ONLY = 2;
const NEW_VALUE = 0;
/** Any type of property (X Window System Protocol, GetProperty). */
const ANY_TYPE = 0;
/** Code of the core's SelectionNotify (X Window System Protocol, appendix B). */
export const SELECTION_NOTIFY = 31;

/** The connection, the names, and how much is wanted. */
export interface SelectionReading {
  readonly connection: XConnection;
  readonly atoms: ReaderAtoms;
  readonly maxBytes: number;
}

/**
 * Asks the owner of a selection for its text, also in pieces (ICCCM, section 2.7.2). Bounded in bytes, pieces and time; on a window of its
 * own, so that what a slow owner still sends reaches nobody later.
 *
 * @throws Error when the connection ends
 */
export async function readSelection(
  reading: SelectionReading,
  selection: number,
): Promise<SelectionText> {
  const conversation = new Conversation(reading);
  try {
    for (const target of textTargets) {
      const answer = await conversation.ask(selection, target);
      if (answer.type !== 'refused') return answer;
    }
    return NONE;
  } finally {
    conversation.close();
  }
}

const NONE = { type: 'none' } as const;

/** The owner does not give this form; it may give another one. */
const REFUSED = { type: 'refused' } as const;

/** One window's talk with an owner. */
class Conversation {
  readonly #reading: SelectionReading;
  readonly #window: number;
  readonly #until = performance.now() + TOTAL_MS;
  readonly #events: XEvent[] = [];
  readonly #hear = (event: XEvent): void => this.#heard(event);
  #wake: () => void = () => undefined;

  constructor(reading: SelectionReading) {
    this.#reading = reading;
    const { client, root } = reading.connection;
    this.#window = client.AllocID();
    client.on('event', this.#hear);
    client.CreateWindow(this.#window, root, 0, 0, 1, 1, 0, 0, INPUT_ONLY, 0, {
      eventMask: x11.eventMask.PropertyChange,
    });
  }

  async ask(selection: number, target: TextTarget): Promise<SelectionText | typeof REFUSED> {
    const { connection, atoms } = this.#reading;
    const property = atoms.ORIEL_CLIPBOARD;
    this.#events.length = 0;
    connection.client.ConvertSelection(this.#window, selection, atoms[target], property, 0);
    const answer = await this.#next(({ type }) => type === SELECTION_NOTIFY);
    if (answer === undefined) return NONE;
    if (answer.property === 0) return REFUSED;
    // The value's own PropertyNotify came before the answer.
    this.#events.length = 0;
    const { type, data, bytesAfter } = await this.#take();
    if (type === atoms.INCR) return this.#collect(target, data);
    if (!textTargets.some((name) => atoms[name] === type)) return REFUSED;
    const bytes = data.length + bytesAfter;
    if (bytes > this.#reading.maxBytes) return { type: 'tooLarge', bytes };
    return { type: 'text', text: decodeTarget(target, data) };
  }

  close(): void {
    const { client } = this.#reading.connection;
    client.off('event', this.#hear);
    client.DestroyWindow(this.#window);
  }

  /** The pieces of a transfer; one that becomes too large is taken to its end, since owners do not like to be left. */
  async #collect(target: TextTarget, announced: Buffer): Promise<SelectionText> {
    const { maxBytes } = this.#reading;
    const pieces: Buffer[] = [];
    let bytes = 0;
    for (let count = 0; count < MAX_PIECES && bytes < maxBytes * MAX_EXCESS; count += 1) {
      const isThere = ({ name, atom, state }: XEvent): boolean =>
        name === 'PropertyNotify' &&
        atom === this.#reading.atoms.ORIEL_CLIPBOARD &&
        state === NEW_VALUE;
      if ((await this.#next(isThere)) === undefined) break;
      const { data, bytesAfter } = await this.#take();
      bytes += data.length + bytesAfter;
      if (bytes <= maxBytes) pieces.push(data);
      else pieces.length = 0;
      if (data.length > 0) continue;
      const text = decodeTarget(target, Buffer.concat(pieces));
      return bytes > maxBytes ? { type: 'tooLarge', bytes } : { type: 'text', text };
    }
    // What does not end has no size but what came; the announcement is a lower bound of it (ICCCM, section 2.7.2).
    const least = Math.max(bytes, announced.length >= 4 ? announced.readUInt32LE(0) : 0);
    return least > maxBytes ? { type: 'tooLarge', bytes: least } : NONE;
  }

  /** Reads the answer and deletes it, which asks for the next piece. */
  async #take(): Promise<XProperty> {
    const { connection, atoms, maxBytes } = this.#reading;
    const { client } = connection;
    const property = atoms.ORIEL_CLIPBOARD;
    const words = Math.ceil(maxBytes / 4) + 1;
    const taken = await connection.ask<XProperty>((reply) => {
      client.GetProperty(1, this.#window, property, ANY_TYPE, 0, words, reply);
    });
    // What was not read to its end is not deleted.
    if (taken.bytesAfter > 0) client.DeleteProperty(this.#window, property);
    return taken;
  }

  #heard(event: XEvent): void {
    const isOurs = event.wid === this.#window || event.requestor === this.#window;
    // Every program may send what it likes to any window.
    if (!isOurs || this.#events.length >= MAX_EVENTS) return;
    this.#events.push(event);
    this.#wake();
  }

  /** The next event of a kind; undefined when it does not come in time. Others are passed over. */
  async #next(isWanted: (event: XEvent) => boolean): Promise<XEvent | undefined> {
    const until = Math.min(this.#until, performance.now() + STEP_MS);
    for (;;) {
      const event = this.#events.shift();
      if (event === undefined) {
        const left = until - performance.now();
        if (left <= 0 || !this.#reading.connection.isOpen) return undefined;
        await this.#heardWithin(left);
      } else if (isWanted(event)) return event;
    }
  }

  async #heardWithin(ms: number): Promise<void> {
    const heard = Promise.withResolvers<undefined>();
    this.#wake = () => heard.resolve(undefined);
    const timer = setTimeout(this.#wake, ms);
    await Promise.race([heard.promise, this.#reading.connection.closed]);
    clearTimeout(timer);
  }
}
