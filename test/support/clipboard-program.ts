import { setTimeout } from 'node:timers/promises';
import { internAtoms } from '../../server/desktop/x-atoms.ts';
import { XConnection } from '../../server/desktop/x-connection.ts';
import { x11, type XEvent, type XProperty } from '../../server/desktop/x11.ts';

const names = ['CLIPBOARD', 'UTF8_STRING', 'STRING', 'TARGETS', 'INCR', 'PASTED'] as const;
type Atoms = Readonly<Record<(typeof names)[number], number>>;

/** Code of the core's SelectionNotify. */
const SELECTION_NOTIFY = 31;
/** Atom of the selection PRIMARY. */
const PRIMARY = 1;

/** How long an owner may take to answer, ms, on a loaded machine. */
const ANSWER_MS = 2_000;

/** How a program answers who asks for what it has copied. */
export type CopyManner =
  /** At once. */
  | { readonly type: 'whole' }
  /** In pieces of so many bytes (INCR). */
  | { readonly type: 'pieces'; readonly pieceBytes: number }
  /** The same piece again and again, without an end. */
  | { readonly type: 'endless' }
  /** Never. */
  | { readonly type: 'silent' }
  /** With something that is no text, whatever it is asked for. */
  | { readonly type: 'image' };

interface Sending {
  readonly requestor: number;
  readonly property: number;
  left: Buffer;
}

/** A program of the desktop that copies and pastes, without a line of the gateway's clipboard. */
export class ClipboardProgram {
  readonly #connection: XConnection;
  readonly #atoms: Atoms;
  readonly #window: number;
  readonly #sendings: Sending[] = [];
  readonly #waiting = new Set<(event: XEvent) => void>();
  #text = Buffer.alloc(0);
  #manner: CopyManner = { type: 'whole' };

  private constructor(connection: XConnection, atoms: Atoms) {
    this.#connection = connection;
    this.#atoms = atoms;
    const { client, root } = connection;
    this.#window = client.AllocID();
    client.CreateWindow(this.#window, root, 0, 0, 1, 1, 0, 0, 2, 0, {
      eventMask: x11.eventMask.PropertyChange,
    });
    client.on('event', (event) => {
      if (event.name === 'SelectionRequest') this.#answer(event);
      if (event.name === 'PropertyNotify' && event.state === 1) this.#sendNext(event);
      for (const wake of [...this.#waiting]) wake(event);
    });
  }

  static async open(display: string, authority?: string): Promise<ClipboardProgram> {
    const connection = await XConnection.open({
      display,
      ...(authority !== undefined && { authority }),
    });
    return new ClipboardProgram(connection, await internAtoms(connection, names));
  }

  /** Copies: from now on it is this program that is asked. */
  async copy(text: string, manner: CopyManner = { type: 'whole' }): Promise<void> {
    this.#text = Buffer.from(text);
    this.#manner = manner;
    this.#connection.client.SetSelectionOwner(this.#window, this.#atoms.CLIPBOARD, 0);
    await this.#connection.sync();
  }

  /** Selects with the mouse. */
  async select(text: string): Promise<void> {
    this.#text = Buffer.from(text);
    this.#connection.client.SetSelectionOwner(this.#window, PRIMARY, 0);
    await this.#connection.sync();
  }

  /** Pastes what the clipboard holds; undefined when that is no text, or nothing, or its owner went while it was asked. */
  async paste(target: 'UTF8_STRING' | 'STRING' = 'UTF8_STRING'): Promise<string | undefined> {
    const { CLIPBOARD, PASTED, INCR } = this.#atoms;
    const answered = Promise.race([
      this.#next(({ type }) => type === SELECTION_NOTIFY),
      setTimeout(ANSWER_MS, { property: 0 }),
    ]);
    const { client } = this.#connection;
    client.ConvertSelection(this.#window, CLIPBOARD, this.#atoms[target], PASTED, 0);
    const { property } = await answered;
    if (property === 0) return undefined;
    const pieces: Buffer[] = [];
    const encoding = target === 'STRING' ? 'latin1' : 'utf8';
    let arrived = this.#pieceArrived();
    const first = await this.#take();
    if (first.type !== INCR) return first.data.toString(encoding);
    for (;;) {
      await arrived;
      arrived = this.#pieceArrived();
      const { data } = await this.#take();
      if (data.length === 0) return Buffer.concat(pieces).toString(encoding);
      pieces.push(data);
    }
  }

  /** Ends, and takes with it what it has copied. */
  close(): void {
    this.#connection.close();
  }

  #pieceArrived(): Promise<XEvent> {
    return this.#next(
      ({ name, atom, state, wid }) =>
        name === 'PropertyNotify' &&
        wid === this.#window &&
        atom === this.#atoms.PASTED &&
        state === 0,
    );
  }

  #take(): Promise<XProperty> {
    return this.#connection.ask<XProperty>((reply) =>
      this.#connection.client.GetProperty(
        ...([1, this.#window, this.#atoms.PASTED, 0, 0, 1 << 20, reply] as const),
      ),
    );
  }

  #next(isWanted: (event: XEvent) => boolean): Promise<XEvent> {
    return new Promise((resolve) => {
      const wake = (event: XEvent): void => {
        if (!isWanted(event)) return;
        this.#waiting.delete(wake);
        resolve(event);
      };
      this.#waiting.add(wake);
    });
  }

  #answer({ requestor = 0, selection = 0, target = 0, property = 0, time = 0 }: XEvent): void {
    if (this.#manner.type === 'silent') return;
    const { client } = this.#connection;
    const isGiven = this.#give(requestor, property, target);
    client.SendEvent(requestor, 0, 0, {
      ...{ type: SELECTION_NOTIFY, seq: 0, time, requestor, selection, target },
      property: isGiven ? property : 0,
    });
  }

  #give(requestor: number, property: number, target: number): boolean {
    const { client } = this.#connection;
    const { UTF8_STRING, INCR } = this.#atoms;
    const { type } = this.#manner;
    if (type === 'image') {
      client.ChangeProperty(0, requestor, property, this.#atoms.PASTED, 32, [1, 2, 3]);
      return true;
    }
    if (target !== UTF8_STRING) return false;
    if (type === 'whole') {
      client.ChangeProperty(0, requestor, property, UTF8_STRING, 8, this.#text);
      return true;
    }
    client.ChangeWindowAttributes(requestor, { eventMask: x11.eventMask.PropertyChange });
    client.ChangeProperty(0, requestor, property, INCR, 32, [this.#text.length]);
    this.#sendings.push({ requestor, property, left: this.#text });
    return true;
  }

  #sendNext({ wid, atom }: XEvent): void {
    const sending = this.#sendings.find((one) => one.requestor === wid && one.property === atom);
    if (sending === undefined) return;
    const manner = this.#manner;
    const bytes = manner.type === 'pieces' ? manner.pieceBytes : 65_536;
    const piece = sending.left.subarray(0, bytes);
    if (manner.type !== 'endless') sending.left = sending.left.subarray(piece.length);
    this.#connection.client.ChangeProperty(
      ...([0, sending.requestor, sending.property, this.#atoms.UTF8_STRING, 8, piece] as const),
    );
    if (piece.length === 0) this.#sendings.splice(this.#sendings.indexOf(sending), 1);
  }
}
