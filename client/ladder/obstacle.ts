import type { LadderFacts } from './facts.ts';
import type { RungName } from './rungs.ts';

/** Why a rung is not to be had, and what would change that; whole sentences for the user. */
export interface Obstacle {
  readonly reason: string;
  /** Undefined where nobody here can do anything. */
  readonly fix: string | undefined;
}

/** What probes say of a rung. */
export type Prospect =
  | { readonly type: 'usable' }
  | { readonly type: 'unknown' }
  | { readonly type: 'impossible'; readonly obstacle: Obstacle };

const USE_HTTPS =
  'Open the gateway by https, or bring it to this machine by an SSH tunnel and open it as localhost.';

const OTHER_CODECS =
  'Install the codecs that this browser was built without, or take another browser.';

const usable: Prospect = { type: 'usable' };
const unknown: Prospect = { type: 'unknown' };

/** Judges a rung by the probes alone. */
export function prospectOf(rung: RungName, facts: LadderFacts): Prospect {
  switch (rung) {
    case 'webCodecs':
      return webCodecs(facts);
    case 'mediaSource':
      return allOf(pictureByMediaSource(facts), workletSound(facts));
    case 'mediaSourceSound':
      return pictureByMediaSource(facts);
    case 'webRtc':
      return webRtc(facts);
  }
}

function webCodecs({ videoDecoder, isSecure }: LadderFacts): Prospect {
  if (videoDecoder.type === 'unknown') return unknown;
  if (videoDecoder.type === 'missing') return withheld('WebCodecs is', isSecure);
  if (videoDecoder.codecs.length > 0) return usable;
  return impossible(
    'WebCodecs is there, but decoded no keyframe of any codec that a gateway sends.',
    OTHER_CODECS,
  );
}

function pictureByMediaSource({ mediaSource }: LadderFacts): Prospect {
  if (mediaSource.type === 'unknown') return unknown;
  if (mediaSource.type === 'missing')
    return impossible('This browser has no Media Source.', 'Take another browser.');
  if (mediaSource.video.length > 0) return usable;
  return impossible(
    'Media Source is there, but takes no codec that a gateway sends.',
    OTHER_CODECS,
  );
}

function workletSound({ workletSound: sound, isSecure }: LadderFacts): Prospect {
  if (sound.type === 'missing') return withheld('AudioDecoder or AudioWorklet is', isSecure);
  return sound.type === 'unknown' ? unknown : usable;
}

function webRtc({ peerConnection, offersWebRtc }: LadderFacts): Prospect {
  if (peerConnection.type === 'missing')
    return impossible('This browser has no WebRTC.', 'Take another browser.');
  if (peerConnection.type === 'there' && peerConnection.codecs.length === 0)
    return impossible('WebRTC is there, but takes no codec that a gateway sends.', OTHER_CODECS);
  if (offersWebRtc === false)
    return impossible('WebRTC is not offered by this gateway.', 'Its operator can switch it on.');
  return peerConnection.type === 'unknown' || offersWebRtc === undefined ? unknown : usable;
}

function withheld(subject: string, isSecure: boolean): Prospect {
  if (isSecure) return impossible(`${subject} missing in this browser.`, 'Take a newer browser.');
  return impossible(`${subject} missing because this page is not served over https.`, USE_HTTPS);
}

const impossible = (reason: string, fix: string | undefined): Prospect => ({
  type: 'impossible',
  obstacle: { reason, fix },
});

/** What stands in the way for sure counts before what is not known yet. */
function allOf(...prospects: readonly Prospect[]): Prospect {
  return (
    prospects.find(({ type }) => type === 'impossible') ??
    prospects.find(({ type }) => type === 'unknown') ??
    usable
  );
}
