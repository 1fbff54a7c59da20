import { bytes } from './bytes.ts';

/**
 * RTP payloads as the payloaders of GStreamer 1.22 wrote them for a black picture of 64 by 64 pixels: a keyframe, then pictures
 * after it. HEVC without the encoder's SEI message.
 */
export const payloads = {
  vp8: {
    key: bytes(
      '103003009d012a40004000390d00441c2216162266122016080019c0f0b73a8b896c2230fefea53600',
    ),
    base: bytes('10310200e34bd90e1fbf805f406160bfd000222e0000'),
    /** N is set: nothing refers to it. */
    upper: bytes('30310200e34bd90e1fbf8000006160bfd000222e0000'),
  },
  vp9: {
    key: bytes(
      '0e1800400040010401824983422003f003f40638241c183600002040006b43ffffed07e876bc3b86aa7d18f02bd6' +
        '8bd5e731a429ca36f5547c12bada55e2338671ce3ffffc2a4f9e8b8466bc87b567da4098eb20fa6fc959d8deaa8f' +
        '82575b4abc4670ce39b8009c1240',
    ),
    delta: bytes('4c86004092b854516000037000005470'),
  },
  hevc: {
    /** Aggregation packet: VPS, SPS, PPS and an IDR slice. */
    key: bytes(
      '6001 0018 40010c01ffff01600000030090000003000003003cba0240' +
        '002f 42010101600000030090000003000003003ca020810596e92930bffc00040005a830303020000003002000000301e1' +
        '0006 4401c073c089 0012 2801ac1ae0f06b1267ff1309ac2b9da3cfc0',
    ),
    delta: bytes('0201d0097880d7fedb1120'),
  },
  av1: {
    /** An event of the pipeline, in front of everything. */
    event: bytes('0004000000000000810747737445'),
    /** With a description of the stream, shortened here to four characters. */
    key: bytes(
      '8000000000000000 04 6d657461 12000a0b00000002affff036be40103215108080012000104104400010c1b4b7d16e3a130af0',
    ),
    delta: bytes(
      '08000000000000001200322738404404080000000000000000002000700030001c000e00000000166c03cf3cf1410240009910',
    ),
  },
} as const;
