import { micros, type Micros } from '../../../protocol/time.ts';
import type { PeerPlan, TrackPlan } from '../../../server/signaling/peer-plan.ts';
import type { RtpFormat, TrackCodec } from '../../../server/signaling/rtp-format.ts';

export const at = (ms: number): Micros => micros(ms * 1_000);

export const format = (codec: TrackCodec, payloadType: number): RtpFormat => ({
  codec,
  payloadType,
  retransmission: payloadType + 1,
  parameters: '',
  feedback: ['nack', 'nack pli', 'ccm fir', 'transport-cc'],
});

export const videoPlan: TrackPlan = {
  mid: '0',
  formats: [format('h264', 108), format('vp8', 96)],
  extensions: { transportSequence: 4, playoutDelay: 5, captureTime: 13 },
  ssrc: 1_111,
  retransmissionSsrc: 1_112,
};

export const audioPlan: TrackPlan = {
  mid: '1',
  formats: [{ ...format('opus', 111), retransmission: undefined }],
  extensions: { transportSequence: 4 },
  ssrc: 2_222,
  retransmissionSsrc: 2_223,
};

/** What was agreed with a browser's page. */
export const peerPlan: PeerPlan = {
  transport: {
    ufrag: 'DZUc',
    pwd: 'HlehxDXEnOjwrsrwgBtCO7pX',
    fingerprint: { algorithm: 'sha-256', value: '79:EC' },
    setup: 'actpass',
  },
  setup: 'active',
  video: videoPlan,
  audio: audioPlan,
  data: { mid: '2', sctpPort: 5_000, maxMessageBytes: 262_144 },
};
