/** Rows of the encoder table; which of them a machine has is what `probeEncoders` tells. */
export type EncoderName =
  | 'x264enc'
  | 'openh264enc'
  | 'nvh264enc'
  | 'vah264enc'
  | 'vaapih264enc'
  | 'qsvh264enc'
  | 'vp8enc'
  | 'vp8enc-l1t2'
  | 'vp9enc'
  | 'vavp9enc'
  | 'nvh265enc'
  | 'vah265enc'
  | 'vaapih265enc'
  | 'qsvh265enc'
  | 'x265enc'
  | 'vaav1enc'
  | 'qsvav1enc'
  | 'av1enc';

/** Where the picture comes from. */
export type VideoSource =
  | {
      readonly type: 'x11';
      /** X display, for example `:7`; the child finds the cookie through XAUTHORITY in its environment. */
      readonly display: string;
      /** Draw the pointer into the picture; default false, since the client draws its own. */
      readonly showPointer?: boolean;
    }
  | {
      readonly type: 'test';
      /** A moving test picture. */
      readonly pattern: TestPattern;
      /** Width in pixels, even, 16 to 8192. */
      readonly width: number;
      /** Height in pixels, even, 16 to 8192. */
      readonly height: number;
    }
  | {
      readonly type: 'pipe';
      /** Path of a named pipe into which another program writes I420 pictures, one after the other. */
      readonly path: string;
      /** Width in pixels, even, 16 to 8192. */
      readonly width: number;
      /** Height in pixels, even, 16 to 8192. */
      readonly height: number;
    };

/** Patterns of GStreamer's videotestsrc that make sense as a picture source. */
export type TestPattern = 'ball' | 'smpte' | 'snow' | 'black' | 'white' | 'gradient';

/** Everything a video pipeline is made from. */
export interface VideoSettings {
  readonly source: VideoSource;
  /** Frames per second, an integer from 1 to 240. */
  readonly frameRate: number;
  readonly encoder: EncoderName;
  /** Target in kbit/s, an integer from 100 to 500,000. */
  readonly bitrateKbps: number;
  /** x264 only: `superfast` looks better at 1.6 times the cost (measured at 720p60). Default `ultrafast`. */
  readonly speedPreset?: 'ultrafast' | 'superfast';
  /**
   * x264 and x265: depth of the rate control's buffer in milliseconds, 10 to 1000; bounds how large a keyframe gets.
   * Default 50: at 8 Mbit/s and 720p a keyframe of 39 KB instead of 142 KB with x264's 600 (measured).
   */
  readonly vbvBufferMs?: number;
}

/** Where the sound comes from. */
export type AudioSource =
  | {
      readonly type: 'pulse';
      /** PulseAudio source, for example `oriel.monitor`. */
      readonly device: string;
      /** PulseAudio server, for example `unix:/run/oriel/native`; default the one in the environment. */
      readonly server?: string;
    }
  | {
      readonly type: 'test';
      /** Pitch of a test tone, 20 to 20,000 Hz. */
      readonly frequencyHz: number;
    };

/** Everything a sound pipeline is made from. */
export interface AudioSettings {
  readonly source: AudioSource;
  /** Length of an Opus packet in milliseconds: 5 for the least delay, 10 for a fifth less work, 20 for fewer bytes. */
  readonly frameMs: 5 | 10 | 20;
  /** Opus target in bit/s, 6,000 to 510,000 (RFC 6716, section 2.1.1). */
  readonly bitrateBps: number;
}
