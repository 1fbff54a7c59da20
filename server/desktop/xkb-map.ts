/**
 * The keyboard map as the X server has it (XkbGetMap, section 16.3 of the XKB protocol; layouts in XKBproto.h).
 *
 * ```
 * reply after the first 8 bytes:
 *   pad:u16 minKeycode:u8 maxKeycode:u8 present:u16 firstType:u8 nTypes:u8 totalTypes:u8 firstSym:u8 totalSyms:u16 nSyms:u8
 *   firstAction:u8 totalActions:u16 nActions:u8 …
 * type    mask:u8 realMods:u8 virtualMods:u16 levels:u8 nEntries:u8 hasPreserve:u8 pad
 *         nEntries × (active:u8 mask:u8 level:u8 realMods:u8 virtualMods:u16 pad:u16), then if hasPreserve nEntries × 4 bytes
 * symbols types:4×u8 groups:u8 width:u8 nSyms:u16, then nSyms × u32
 * actions nActions × count:u8, padded to 4, then totalActions × 8 bytes (type:u8 flags:u8 mask:u8 …)
 * ```
 */
import type { XConnection } from './x-connection.ts';
import type { Xkb } from './x11.ts';

/** How the modifiers in force choose a level of a key (a "key type"). */
export interface KeyType {
  /** The modifiers that matter to keys of this type. */
  readonly mask: number;
  /** Levels by exact modifiers within `mask`; anything else is level 0. */
  readonly levels: ReadonlyMap<number, number>;
  /** Modifiers within `mask` that programs still see as if the type had not used them, by level's modifiers. */
  readonly preserved: ReadonlyMap<number, number>;
}

/** What one keycode means. */
export interface KeyEntry {
  /** Key types by group. */
  readonly types: readonly KeyType[];
  /** Keysyms by group, then by level; 0 = nothing. */
  readonly groups: readonly (readonly number[])[];
  /** Modifiers that the key sets while it is held (action SetMods on its first level); 0 for ordinary keys. */
  readonly sets: number;
}

/** Keycodes that have a meaning. */
export type KeyEntries = ReadonlyMap<number, KeyEntry>;

/** Minor opcode of XkbGetMap. */
const GET_MAP = 8;
/** Parts of the map: key types, symbols, actions (XkbKeyTypesMask, XkbKeySymsMask, XkbKeyActionsMask). */
const WANTED_PARTS = 1 | 2 | 16;
/** Bytes of the fixed part of the reply after its first 8. */
const FIXED_BYTES = 32;
/** XkbSA_SetMods. */
const SET_MODS = 1;

/** Asks for the whole map. */
export async function readKeyboardMap(connection: XConnection, xkb: Xkb): Promise<KeyEntries> {
  const { client } = connection;
  return connection.ask<KeyEntries>((reply) => {
    const request = Buffer.alloc(28);
    request.writeUInt8(xkb.majorOpcode, 0);
    request.writeUInt8(GET_MAP, 1);
    request.writeUInt16LE(request.length / 4, 2);
    request.writeUInt16LE(xkb.UseCoreKbd, 4);
    request.writeUInt16LE(WANTED_PARTS, 6);
    client.seq_num++;
    client.replies[client.seq_num] = [parseMap, reply];
    client.pack_stream.put(request);
    client.pack_stream.submit(true);
  });
}

/** Reads a reply, given without its first 8 bytes. @throws RangeError when it is cut short */
export function parseMap(reply: Buffer): KeyEntries {
  const typeCount = reply.readUInt8(7);
  const firstSym = reply.readUInt8(9);
  const symCount = reply.readUInt8(12);
  const firstAction = reply.readUInt8(13);
  const actionCount = reply.readUInt8(16);

  let offset = FIXED_BYTES;
  const types: KeyType[] = [];
  for (let index = 0; index < typeCount; index++) {
    const parsed = parseType(reply, offset);
    types.push(parsed.type);
    offset = parsed.end;
  }
  const symbols: { readonly entry: Omit<KeyEntry, 'sets'>; readonly keycode: number }[] = [];
  for (let index = 0; index < symCount; index++) {
    const parsed = parseSymbols(reply, offset, types);
    symbols.push({ entry: parsed.entry, keycode: firstSym + index });
    offset = parsed.end;
  }
  const sets = parseActions(reply, offset, firstAction, actionCount);
  const entries = new Map<number, KeyEntry>();
  for (const { entry, keycode } of symbols) {
    if (entry.groups.some((group) => group.some((keysym) => keysym !== 0))) {
      entries.set(keycode, { ...entry, sets: sets.get(keycode) ?? 0 });
    }
  }
  return entries;
}

function parseType(reply: Buffer, start: number): { type: KeyType; end: number } {
  const entryCount = reply.readUInt8(start + 5);
  const hasPreserve = reply.readUInt8(start + 6) !== 0;
  const entriesAt = start + 8;
  const preserveAt = entriesAt + 8 * entryCount;
  const levels = new Map<number, number>();
  const preserved = new Map<number, number>();
  for (let index = 0; index < entryCount; index++) {
    const at = entriesAt + 8 * index;
    // An entry whose virtual modifiers are bound to nothing is never in force.
    if (reply.readUInt8(at) === 0) continue;
    const modifiers = reply.readUInt8(at + 1);
    levels.set(modifiers, reply.readUInt8(at + 2));
    if (hasPreserve) preserved.set(modifiers, reply.readUInt8(preserveAt + 4 * index));
  }
  const end = preserveAt + (hasPreserve ? 4 * entryCount : 0);
  return { type: { mask: reply.readUInt8(start), levels, preserved }, end };
}

function parseSymbols(
  reply: Buffer,
  start: number,
  types: readonly KeyType[],
): { entry: Omit<KeyEntry, 'sets'>; end: number } {
  const groupCount = reply.readUInt8(start + 4) & 0x0f;
  const width = reply.readUInt8(start + 5);
  const symCount = reply.readUInt16LE(start + 6);
  const keyTypes: KeyType[] = [];
  const groups: number[][] = [];
  for (let group = 0; group < groupCount; group++) {
    const type = types[reply.readUInt8(start + group)];
    if (!type) throw new RangeError(`key type: expected one of ${types.length}`);
    keyTypes.push(type);
    const keysyms: number[] = [];
    for (let level = 0; level < width; level++) {
      keysyms.push(reply.readUInt32LE(start + 8 + 4 * (group * width + level)));
    }
    groups.push(keysyms);
  }
  return { entry: { types: keyTypes, groups }, end: start + 8 + 4 * symCount };
}

/** @returns for each keycode whose first action sets modifiers, which */
function parseActions(
  reply: Buffer,
  start: number,
  firstKeycode: number,
  count: number,
): ReadonlyMap<number, number> {
  const sets = new Map<number, number>();
  let at = start + ((count + 3) & ~3);
  for (let index = 0; index < count; index++) {
    const actionCount = reply.readUInt8(start + index);
    if (actionCount > 0 && reply.readUInt8(at) === SET_MODS) {
      sets.set(firstKeycode + index, reply.readUInt8(at + 2));
    }
    at += 8 * actionCount;
  }
  return sets;
}
