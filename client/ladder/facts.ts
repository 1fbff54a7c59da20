/** What one kind of player was found to be able to do by trying it. */
export type Probed<Abilities> =
  /** Not known yet. */
  | { readonly type: 'unknown' }
  /** The browser does not have it, on this page at least. */
  | { readonly type: 'missing' }
  | ({ readonly type: 'there' } & Abilities);

/** What the rungs depend on, found out by probes in this browser and never by its name. */
export interface LadderFacts {
  /** https, or the machine itself (W3C Secure Contexts). */
  readonly isSecure: boolean;
  /** `codecs`: codec strings of which a keyframe came out of the decoder. */
  readonly videoDecoder: Probed<{ readonly codecs: readonly string[] }>;
  /** An AudioDecoder that takes Opus, and audio worklets. */
  readonly workletSound: Probed<object>;
  /**
   * `video`: codec strings of which it has taken an initialization segment; `opus`: whether it took one of Opus.
   */
  readonly mediaSource: Probed<{ readonly video: readonly string[]; readonly opus: boolean }>;
  /** `codecs`: codec strings of what the browser's own receiver takes of what a gateway sends on tracks. */
  readonly peerConnection: Probed<{ readonly codecs: readonly string[] }>;
  /** Whether the gateway offers WebRTC; undefined: not known yet. */
  readonly offersWebRtc: boolean | undefined;
}

/** Before anything was tried. */
export const noFacts: LadderFacts = {
  isSecure: true,
  videoDecoder: { type: 'unknown' },
  workletSound: { type: 'unknown' },
  mediaSource: { type: 'unknown' },
  peerConnection: { type: 'unknown' },
  offersWebRtc: undefined,
};
