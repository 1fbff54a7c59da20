/** What the page and the playback worklet say to each other; `processorOptions` and node.port. */

/** Name under which the worklet registers its processor. */
export const PLAYBACK_PROCESSOR = 'oriel-playback';

/** Start values of the processor; frames at the context's rate. */
export interface PlaybackOptions {
  /** Shared ring; undefined where sound comes through a port instead. */
  readonly ring: SharedArrayBuffer | undefined;
  readonly target: number;
  readonly cap: number;
  /** Frames of its own output that the worklet keeps; 0 for none. */
  readonly recordFrames: number;
}

/** Sound through a port: one block, left and right one after the other, transferred. */
export type SoundBlock = Float32Array<ArrayBuffer>;

/** Page to worklet. */
export type ToPlayback =
  /** Take sound from this port (its messages are SoundBlocks). The port travels in `transfer`. */
  | { readonly type: 'input'; readonly port: MessagePort }
  | { readonly type: 'takeRecording' }
  | { readonly type: 'takeState' };

/** Worklet to page. */
export type FromPlayback =
  | { readonly type: 'recording'; readonly samples: Float32Array<ArrayBuffer> }
  | {
      readonly type: 'state';
      readonly fill: number;
      readonly target: number;
      readonly underruns: number;
      readonly overruns: number;
      readonly ratePpm: number;
    };
