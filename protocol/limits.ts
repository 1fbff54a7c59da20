/**
 * Limits of DTF/1 (docs/protocol.md, "Limits"). Values come from the specification unless a comment names a
 * measurement. Decoders enforce sizes and counts; transports enforce rates.
 */

/** Bytes of one unit from client to server; also of one unit on the control stream, in both directions. */
export const maxUnitBytes = 65_536;

/** Bytes of one message (payload) from server to client: several raw-like 4K keyframes. */
export const maxMessageBytes = 8 * 1024 * 1024;

/** Bytes of one message (payload) from client to server: clipboard parts are the largest. */
export const maxClientMessageBytes = 65_536;

/** Bytes of the extensions of one message, `ext` of the header. */
export const maxExtensionBytes = 256;

/** Bytes of the JSON of HELLO, HELLO_ACK, FLOW_OPEN, SETTINGS and STREAM. */
export const maxJsonBytes = 16_384;

/** Bytes of the text of ERROR and GOAWAY: one line for a log. */
export const maxTextBytes = 1_024;

/** Bytes of the token of AUTH: 256 bits in any usual encoding, with room for a signed one. */
export const maxTokenBytes = 1_024;

/** Bytes of an INPUT unit: fits one datagram on every path that QUIC accepts (RFC 9000 section 14: 1,200 bytes). */
export const maxInputBytes = 1_000;

/** Events in one INPUT unit. */
export const maxInputEvents = 64;

/** Bytes of one `text` event. */
export const maxInputTextBytes = 512;

/** Codes in one `heldKeys` event: more keys than a keyboard reports as held. */
export const maxHeldKeys = 64;

/** Axes in one `gamepad` event. */
export const maxGamepadAxes = 16;

/** INPUT units per second. */
export const maxInputUnitsPerSecond = 500;

/** Input events per second, over all INPUT units. */
export const maxInputEventsPerSecond = 1_000;

/** Flows that a client may have open at once. */
export const maxClientFlows = 16;

/** Flows that a server may have open at once. */
export const maxServerFlows = 64;

/** PING units per second. */
export const maxPingsPerSecond = 20;

/** REPORT units per second. */
export const maxReportsPerSecond = 250;

/** SETTINGS units per second: a slider that is drawn makes about 20 changes. */
export const maxSettingsPerSecond = 20;

/** Entries in one REPORT. */
export const maxReportEntries = 64;

/** Pairs of key and value in one REPORT: the known keys, with room for later ones. */
export const maxReportValues = 32;

/** Bytes of one clipboard message. */
export const maxClipboardPartBytes = 16_384;

/** Bytes of one content of the clipboard, either way: 250 pages of text; what is larger belongs into a file. */
export const maxClipboardBytes = 1_048_576;

/** Contents of the clipboard per second, either way: faster than a person copies, slower than a program can. */
export const maxClipboardContentsPerSecond = 4;

/**
 * Bytes of clipboard parts that may be under way, either way: the first credit of such a flow. Four parts hold 5 Mbit/s at a round trip of
 * 100 ms, and are half a second of 1 Mbit/s at most.
 */
export const clipboardCreditBytes = 65_536;

/** Requests of a client that may be unanswered at once: a page asks for one or two. */
export const maxOpenRequests = 4;

/** REQUEST units per second: statistics, and what the user does. */
export const maxRequestsPerSecond = 10;

/** Bytes of a body in one REQUEST, RESPONSE or BODY: as much as a fragment, so that what is urgent does not wait for long. */
export const maxBodyPartBytes = 16_384;

/** Bytes of the body of a request, compressed. The largest carries an offer of WebRTC, of 64 KB before that. */
export const maxRequestBodyBytes = 65_536;

/** Bytes of the body of an answer, compressed: all that may be open fit what a transport lets wait. */
export const maxResponseBodyBytes = 32_768;

/** Bytes of either body once it is unpacked: gzip can make a thousand bytes of one. */
export const maxInflatedBodyBytes = 131_072;

/** Bytes of a WebTransport datagram that may be written: below the smallest that QUIC paths carry (measured 1,150). */
export const maxDatagramBytes = 1_150;

/** Message streams that a server keeps open at once on WebTransport. */
export const maxMessageStreams = 60;

/** Bytes of the longest head of a message: unit, sendTs, flags, four varints, layer, dep, extLen, ext. */
export const maxMessageHeadBytes = 1 + 4 + 1 + 4 * 8 + 1 + 8 + 8 + maxExtensionBytes;

/** Milliseconds without any byte from the peer after which a connection is closed with TIMEOUT. */
export const idleTimeoutMs = 5_000;

/** Smallest and largest data fragment on WebSocket, bytes of the whole unit. */
export const minFragmentBytes = 1_200;
export const maxFragmentBytes = 16_384;

/** A fragment carries this much of the bandwidth, seconds: how long it keeps an urgent message waiting. From the draft. */
const fragmentSeconds = 0.002;

/** Bytes of a data fragment on WebSocket for a bandwidth in bits per second. */
export const fragmentBytesFor = (bandwidthBps: number): number =>
  Math.min(
    maxFragmentBytes,
    Math.max(minFragmentBytes, Math.round((bandwidthBps / 8) * fragmentSeconds)),
  );

/** Bytes in flight on WebSocket before the first acknowledgement: ten segments of 1,460 (RFC 6928). */
export const initialWindowBytes = 14_600;

/** Bytes by which control units and audio may exceed the window on WebSocket. */
export const urgentWindowBytes = 3_000;

/** The limits that a server announces in HELLO_ACK: what a client may send. */
export interface ClientLimits {
  /** Bytes of one unit. */
  readonly unitBytes: number;
  /** Bytes of one message. */
  readonly messageBytes: number;
  /** Bytes of one INPUT unit. */
  readonly inputBytes: number;
  /** INPUT units per second. */
  readonly inputUnitsPerSecond: number;
  /** Input events per second. */
  readonly inputEventsPerSecond: number;
  /** Flows open at once. */
  readonly flows: number;
  /** PING units per second. */
  readonly pingsPerSecond: number;
  /** REPORT units per second. */
  readonly reportsPerSecond: number;
  /** SETTINGS units per second. */
  readonly settingsPerSecond: number;
  /** Bytes of one clipboard message. */
  readonly clipboardPartBytes: number;
}

/** The limits of this specification. A server may announce smaller ones, never larger ones. */
export const clientLimits: ClientLimits = {
  unitBytes: maxUnitBytes,
  messageBytes: maxClientMessageBytes,
  inputBytes: maxInputBytes,
  inputUnitsPerSecond: maxInputUnitsPerSecond,
  inputEventsPerSecond: maxInputEventsPerSecond,
  flows: maxClientFlows,
  pingsPerSecond: maxPingsPerSecond,
  reportsPerSecond: maxReportsPerSecond,
  settingsPerSecond: maxSettingsPerSecond,
  clipboardPartBytes: maxClipboardPartBytes,
};
