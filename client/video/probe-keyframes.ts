/** Keyframes for the question which codecs a browser really decodes (capability.ts). */

/** What a browser is asked to decode before it is believed. */
export interface ProbeKeyframe {
  /** Codec string (W3C WebCodecs registry), at a level that 1080p60 needs. */
  readonly codec: string;
  /** One black keyframe of 64 x 64 pixels as an encoder made it (x264enc, vp8enc, vp9enc, av1enc, x265enc), base64. */
  readonly keyframe: string;
}

/** One for each codec and profile that a gateway may send, best supported everywhere first. */
export const probeKeyframes: readonly ProbeKeyframe[] = [
  {
    codec: 'avc1.42C02A',
    keyframe:
      'AAAAAWdCwBXaEJsBagwMDUoAAAMAAgAAAwDxHixdQAAAAAFozjyAAAAAAWWIhAaokwoAA/vyTycnXXXXXXXX' +
      'XXXXgA==',
  },
  {
    codec: 'avc1.4D402A',
    keyframe:
      'AAAAAWdNQBXaEJsBagwMDUoAAAMAAgAAAwDxHixdQAAAAAFo7zyAAAAAAWWIhAa/+n/CVf/Y9kSiv//ffLnr' +
      'eXLE1eA2Kco+uTv0HWAhNe0=',
  },
  {
    codec: 'avc1.64002A',
    keyframe:
      'AAAAAWdkABSstCE2AtQYGBqUAAADAAQAAAMB4jxQqoAAAAABaO88sAAAAAFliIQGv+z/wlX/2PZEor//33y5' +
      '63lyxNXgNinKPrk79B1gITXt',
  },
  {
    codec: 'vp8',
    keyframe: 'MAMAnQEqQABAADkNAEQcIhYWImYSIBYIABnA8Lc6i4lsIjD+/qU2AA==',
  },
  {
    codec: 'vp09.00.41.08',
    keyframe:
      'gkmDQiAD8AP0BjgkHBg2AAAgQABrQ///7Qfodrw7hqp9GPAr1ovV5zGkKco29VR8ErraVeIzhnHOP//8Kk+e' +
      'i4RmvIe1Z9pAmOsg+m/JWdjeqo+CV1tKvEZwzjm4AJwSQA==',
  },
  {
    codec: 'av01.0.09M.08',
    keyframe: 'EgAKCwAAAAKv//A2vkAQMhUQgIABIAAQQQRAABDBtLfRbjoTCvA=',
  },
  {
    codec: 'hev1.1.6.L123.90',
    keyframe:
      'AAAAAUABDAH//wFgAAADAJAAAAMAAAMAPLoCQAAAAAFCAQEBYAAAAwCQAAADAAADADygIIEFlukpML/8AAQA' +
      'BagwMDAgAAADACAAAAMB4QAAAAFEAcBzwIkAAAABKAGsGuDwaxJn/xMJrCudo8/A',
  },
];
