/**
 * The part of the npm package `x11` that Oriel uses, typed: the package ships no types. Names are the package's own, which
 * are those of the X protocol. Everything else about the package stays in this folder.
 */
// @ts-expect-error -- the package has no declarations; the cast below is the one boundary
import untyped from 'x11';

/** An event as the package unpacks it: `name` decides which other fields are there. */
export interface XEvent {
  readonly name?: string;
  /** The event's code; tells SelectionNotify of XFIXES from the core's, which has the same name. */
  readonly type?: number;
  /** The window that was told, of XFIXES' SelectionNotify. */
  readonly window?: number;
  readonly owner?: number;
  readonly requestor?: number;
  readonly selection?: number;
  readonly target?: number;
  /** Property with the answer, of SelectionNotify; 0: none. */
  readonly property?: number;
  /** Of PropertyNotify: 0 a new value, 1 deleted. */
  readonly state?: number;
  /** XKB's second-level type, where the extension is XKEYBOARD. */
  readonly xkbType?: number;
  readonly width?: number;
  readonly height?: number;
  readonly wid?: number;
  readonly wid1?: number;
  /** The list of changes that is not empty any more, of DamageNotify. */
  readonly damage?: number;
  /** When it happened, milliseconds of the server's clock cut to 32 bits, of DamageNotify. */
  readonly time?: number;
  /** Property that changed, of PropertyNotify. */
  readonly atom?: number;
  readonly keycode?: number;
  readonly x?: number;
  readonly y?: number;
  readonly rootx?: number;
  readonly rooty?: number;
  readonly buttons?: number;
  readonly lockedMods?: number;
  readonly latchedMods?: number;
  readonly group?: number;
  /** The event after its first 8 bytes, where the package does not unpack it (most of XKEYBOARD). */
  readonly raw?: Buffer;
}

/** An error that the X server sent, or that the socket had. */
export interface XError extends Error {
  /** The protocol's error code; absent for errors of the socket. */
  readonly error?: number;
  readonly majorOpcode?: number;
  readonly badParam?: number;
}

/** The answer to a request. Returning true from an error means that it was dealt with. */
export type XReply<T> = (error: XError | null | undefined, reply: T) => boolean | undefined;

/** XTEST: input as if it came from a device. */
export interface XTest {
  readonly KeyPress: number;
  readonly KeyRelease: number;
  readonly ButtonPress: number;
  readonly ButtonRelease: number;
  readonly MotionNotify: number;
  /** @param detail keycode, button, or for motion 1 = relative */
  FakeInput(
    type: number,
    detail: number,
    delayMs: number,
    root: number,
    x: number,
    y: number,
  ): void;
}

/** The pointer's picture as XFIXES gives it. */
export interface XCursorImage {
  readonly width: number;
  readonly height: number;
  readonly xhot: number;
  readonly yhot: number;
  readonly cursorSerial: number;
  /** width * height little-endian ARGB words, alpha multiplied into the colours. */
  readonly cursorImage: Buffer;
}

/** XFIXES: the pointer's picture, and who owns selections. */
export interface XFixes {
  readonly SelectionEventMask: {
    readonly SetSelectionOwner: number;
    readonly SelectionWindowDestroy: number;
    readonly SelectionClientClose: number;
  };
  SelectSelectionInput(window: number, selection: number, mask: number): void;
  readonly CursorNotifyMask: { readonly DisplayCursor: number };
  SelectCursorInput(window: number, mask: number): void;
  GetCursorImage(reply: XReply<XCursorImage>): void;
}

/** The modifiers and the group that are in force (XkbGetState). */
export interface XkbState {
  /** All modifiers in force. */
  readonly mods: number;
  readonly lockedMods: number;
  readonly latchedMods: number;
  /** The layout in force, 0 to 3. */
  readonly group: number;
}

/** XKEYBOARD, as far as the package has it; the keyboard map itself is read in xkb-map.ts. */
export interface Xkb {
  readonly majorOpcode: number;
  readonly UseCoreKbd: number;
  readonly EventType: {
    readonly NewKeyboardNotify: number;
    readonly MapNotify: number;
    readonly StateNotify: number;
  };
  SelectEvents(
    device: number,
    affectWhich: number,
    clear: number,
    selectAll: number,
    affectMap: number,
    map: number,
  ): void;
  GetState(device: number, reply: XReply<XkbState>): void;
}

/** DAMAGE: which parts of a drawable have changed. */
export interface XDamage {
  readonly ReportLevel: {
    /** One event when the list of changes was empty before. */
    readonly NonEmpty: number;
  };
  Create(damage: number, drawable: number, level: number): void;
  /** Empties the list where both regions are 0. */
  Subtract(damage: number, repair: number, parts: number): void;
}

interface Extensions {
  readonly damage: XDamage;
  readonly xtest: XTest;
  readonly fixes: XFixes;
  readonly xkb: Xkb;
}

/** Attributes of windows and graphics contexts, by the protocol's names. */
type Values = Readonly<Record<string, number>>;

/** A property of a window (GetProperty). */
export interface XProperty {
  /** Atom of its type; 0 = there is no such property. */
  readonly type: number;
  /** Bytes of it beyond what was asked for. */
  readonly bytesAfter: number;
  readonly data: Buffer;
}

/** One connection to an X server. */
export interface XClient {
  on(name: 'event', listener: (event: XEvent) => void): void;
  on(name: 'error', listener: (error: XError) => void): void;
  on(name: 'end', listener: () => void): void;
  off(name: 'event', listener: (event: XEvent) => void): void;
  off(name: 'error', listener: (error: XError) => void): void;
  require<Name extends keyof Extensions>(name: Name, reply: XReply<Extensions[Name]>): void;
  /** Flushes and half-closes. */
  terminate(): void;
  AllocID(): number;
  /** The number of the last request; a hand-made request counts it up first. */
  seq_num: number;
  readonly pack_stream: { put(request: Buffer): void; submit(expectsReply?: boolean): void };
  /** Handlers of replies by request number; `unpack` gets the reply after its first 8 bytes. */
  readonly replies: Record<number, [(reply: Buffer) => unknown, XReply<never>]>;
  GetInputFocus(reply: XReply<{ readonly focus: number }>): void;
  /** @param values `autoRepeatMode` 0: no key that is held down repeats */
  ChangeKeyboardControl(values: { readonly autoRepeatMode: 0 | 1 }): void;
  GetGeometry(
    drawable: number,
    reply: XReply<{ readonly width: number; readonly height: number }>,
  ): void;
  QueryPointer(
    window: number,
    reply: XReply<{ readonly rootX: number; readonly rootY: number; readonly keyMask: number }>,
  ): void;
  ChangeWindowAttributes(window: number, values: Values): void;
  /** Atoms by name, which the package keeps for all connections of the process, whatever their servers. */
  readonly atoms: Record<string, number>;
  InternAtom(onlyIfExists: boolean, name: string, reply: XReply<number>): void;
  GetProperty(
    remove: number,
    window: number,
    property: number,
    type: number,
    offset: number,
    length: number,
    reply: XReply<XProperty>,
  ): void;
  DeleteProperty(window: number, property: number): void;
  /** @param time 0: now */
  SetSelectionOwner(owner: number, selection: number, time: number): void;
  GetSelectionOwner(selection: number, reply: XReply<number>): void;
  ConvertSelection(
    requestor: number,
    selection: number,
    target: number,
    property: number,
    time: number,
  ): void;
  /** @param event by its name or its code, with the fields of XEvent */
  SendEvent(
    destination: number,
    propagate: 0 | 1,
    eventMask: number,
    event: XEvent & { readonly seq: number },
  ): void;
  ClearArea(
    window: number,
    x: number,
    y: number,
    width: number,
    height: number,
    exposures: number,
  ): void;
  ChangeKeyboardMapping(
    firstKeycode: number,
    symsPerKeycode: number,
    keysyms: readonly number[],
  ): void;
  SetInputFocus(window: number, revertTo: number): void;
  CreateWindow(
    id: number,
    parent: number,
    x: number,
    y: number,
    width: number,
    height: number,
    borderWidth: number,
    depth: number,
    windowClass: number,
    visual: number,
    values: Values,
  ): void;
  DestroyWindow(window: number): void;
  MapWindow(window: number): void;
  /** @param mode 0 replaces; @param units bits of each of its units */
  ChangeProperty(
    mode: number,
    window: number,
    property: number,
    type: number,
    units: number,
    data: string | Buffer | readonly number[],
  ): void;
  CreateGC(id: number, drawable: number, values: Values): void;
  ChangeGC(id: number, values: Values): void;
  CreatePixmap(id: number, drawable: number, depth: number, width: number, height: number): void;
  PolyFillRectangle(drawable: number, gc: number, coordinates: readonly number[]): void;
  CopyArea(
    from: number,
    to: number,
    gc: number,
    fromX: number,
    fromY: number,
    toX: number,
    toY: number,
    width: number,
    height: number,
  ): void;
}

/** What the server says at the start of a connection. */
export interface XSetup {
  readonly client: XClient;
  readonly min_keycode: number;
  readonly max_keycode: number;
  readonly screen: readonly {
    readonly root: number;
    readonly root_depth: number;
    readonly pixel_width: number;
    readonly pixel_height: number;
  }[];
}

interface X11 {
  readonly eventMask: {
    readonly StructureNotify: number;
    readonly PropertyChange: number;
    readonly KeyPress: number;
    readonly KeyRelease: number;
    readonly ButtonPress: number;
    readonly ButtonRelease: number;
    readonly PointerMotion: number;
    readonly Exposure: number;
  };
  createClient(
    options: {
      readonly display: string;
      readonly stream: import('node:net').Socket;
      readonly auth: { readonly name: string; readonly data: string };
    },
    ready: (error: Error | null | undefined, setup: XSetup) => void,
  ): XClient;
}

const library: unknown = untyped;

/** The package. */
export const x11 = library as X11;
