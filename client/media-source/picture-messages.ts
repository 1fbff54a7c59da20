/** The messages between the video worker, which makes fragments, and the page's element, which plays them. Times in seconds. */

/** Video worker to element. */
export type ToPictureElement =
  /** A stream begins, with its initialization segment; the buffer is transferred. */
  | { readonly type: 'begin'; readonly mimeType: string; readonly segment: Uint8Array<ArrayBuffer> }
  | {
      readonly type: 'fragment';
      readonly segment: Uint8Array<ArrayBuffer>;
      /** Where the frame begins on the element's time line. */
      readonly time: number;
      readonly key: boolean;
    }
  /** How far the picture is to stay behind what has arrived. */
  | { readonly type: 'hold'; readonly seconds: number };

/** Element to video worker. */
export type FromPictureElement =
  /** A frame is on its way to the screen. */
  | {
      readonly type: 'presented';
      readonly mediaTime: number;
      /** Local time, µs. */
      readonly shownAt: number;
      /** When the last packet of it came, local time, µs; undefined where it came on no track of WebRTC. */
      readonly receivedAt?: number;
      /** What the browser says that decoding took, µs; undefined where it does not say. */
      readonly decodeTime: number | undefined;
      /** RTP timestamp of one that came on a track of WebRTC; absent where a browser does not say. */
      readonly trackTimestamp?: number;
      readonly width: number;
      readonly height: number;
      /** One row of pixels of it, in the page's `?probe=1` mode. */
      readonly row?: Uint8ClampedArray<ArrayBuffer>;
    }
  /** It lags more than playing faster can mend: a keyframe is needed to go on at. */
  | { readonly type: 'behind' }
  /** It plays nothing any more. */
  | { readonly type: 'failed'; readonly why: string };
