import { SignalingFault } from './signaling-fault.ts';

/** The largest session description that is read, bytes of UTF-8. Chromium's offers have 8 KB. */
export const MAX_SDP_BYTES = 65_536;

/** m-sections read at most; a viewer's offer has three (a guess with room for whoever re-uses a connection). */
const MAX_SECTIONS = 16;

/** Longest line, characters: far above the certificate's fingerprint, far below what a pattern could be slow on. */
const MAX_LINE_CHARACTERS = 4_096;

const LINE = /^([a-z])=(.*)$/;

/** `m=<kind> <port>[/n] <protocol> <formats>` (RFC 8866, section 5.14). */
const MEDIA =
  /^(audio|video|application|text|image|message) (\d{1,5})(?:\/\d{1,3})? ([A-Z/]{1,32})((?: \S{1,64})+)$/;

/** The attributes of a session or of an m-section: `a=name` or `a=name:value`, in their order. */
export class SdpAttributes {
  readonly #values = new Map<string, string[]>();

  /** Adds a line's content behind `a=`. */
  add(content: string): void {
    const colon = content.indexOf(':');
    const name = colon < 0 ? content : content.slice(0, colon);
    const values = this.#values.get(name) ?? [];
    values.push(colon < 0 ? '' : content.slice(colon + 1).trim());
    this.#values.set(name, values);
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** The first value of an attribute; empty for one without a value. */
  first(name: string): string | undefined {
    return this.#values.get(name)?.[0];
  }

  all(name: string): readonly string[] {
    return this.#values.get(name) ?? [];
  }
}

/** One m-section as it stands in the text. */
export interface SdpSection {
  readonly kind: string;
  readonly port: number;
  readonly protocol: string;
  /** Payload types of RTP; anything else for other protocols. */
  readonly formats: readonly string[];
  readonly attributes: SdpAttributes;
}

/** A session description (RFC 8866), as far as WebRTC needs it. */
export interface Sdp {
  readonly attributes: SdpAttributes;
  readonly sections: readonly SdpSection[];
}

/**
 * Reads a session description in time that grows with its length alone. Lines that WebRTC has no use for are skipped.
 *
 * @throws {@link SignalingFault} sdpTooLarge or sdpMalformed
 */
export function parseSdp(text: string): Sdp {
  if (Buffer.byteLength(text) > MAX_SDP_BYTES) throw new SignalingFault('sdpTooLarge');
  const attributes = new SdpAttributes();
  const sections: SdpSection[] = [];
  const [version, ...lines] = text.split(/\r?\n/);
  if (version !== 'v=0') throw new SignalingFault('sdpMalformed', 'line 1: expected v=0');
  for (const [index, line] of lines.entries()) {
    if (line === '') continue;
    const [, type, content = ''] = LINE.exec(line) ?? [];
    if (type === undefined || line.length > MAX_LINE_CHARACTERS) {
      throw new SignalingFault('sdpMalformed', `line ${index + 2}: expected letter=value`);
    }
    if (type === 'm') sections.push(parseSection(content));
    else if (type === 'a') (sections.at(-1)?.attributes ?? attributes).add(content);
  }
  if (sections.length > MAX_SECTIONS) {
    throw new SignalingFault('sdpMalformed', `sections: expected at most ${MAX_SECTIONS}`);
  }
  return { attributes, sections };
}

function parseSection(content: string): SdpSection {
  const [, kind, port, protocol, formats] = MEDIA.exec(content) ?? [];
  if (kind === undefined || port === undefined || protocol === undefined || formats === undefined) {
    throw new SignalingFault('sdpMalformed', 'm: expected kind, port, protocol and formats');
  }
  return {
    kind,
    port: Number(port),
    protocol,
    formats: formats.trim().split(' '),
    attributes: new SdpAttributes(),
  };
}
