/** What the settings are called and what is said of them. */
import type { RefusalReason } from '../../../protocol/control/stream.ts';
import type { Presentation } from '../../../protocol/latency-mode.ts';
import type { StreamSettings } from '../../../protocol/stream-settings.ts';
import type { VideoCodecName } from '../../../protocol/video-codec.ts';
import type { RungChoice } from '../../ladder/rungs.ts';
import type { SettingAccess } from '../../settings/setting-access.ts';
import type { Subject } from '../../settings/settings-book.ts';
import type { UserSettings } from '../../settings/user-settings.ts';

/** Every mode with what it is for, in one sentence. */
export const modeWords: Readonly<
  Record<StreamSettings['mode'], { readonly label: string; readonly detail: string }>
> = {
  instant: {
    label: 'Instant',
    detail: 'The newest picture at once, for games and drawing on a good network.',
  },
  balanced: {
    label: 'Balanced',
    detail: 'Little delay and steady sound, for everyday work.',
  },
  smooth: {
    label: 'Smooth',
    detail: 'Holds up to 150 ms back so that an uneven network does not show.',
  },
  movie: {
    label: 'Movie',
    detail: 'Picture and sound in step, a moment behind, for films.',
  },
  custom: { label: 'Custom', detail: 'Every delay and buffer as you set it.' },
};

/** Labels of the controls. */
export const subjectLabels: Readonly<Record<Subject, string>> = {
  mode: 'Latency mode',
  delayTargetMs: 'Delay target',
  videoBudgetMs: 'Picture budget',
  audioBudgetMs: 'Sound budget',
  audioBufferMs: 'Sound buffer',
  audioCapMs: 'Sound buffer cap',
  presentation: 'Presentation',
  videoHoldMs: 'Picture hold',
  codec: 'Codec',
  maxBitrateKbps: 'Bit rate cap',
  maxFrameRate: 'Frame rate cap',
  scale: 'Resolution',
  quality: 'When the network is slow',
  sink: 'Drawn by',
  rung: 'Player',
  video: 'Picture',
  muted: 'Mute',
  volume: 'Volume',
  audioBitrateKbps: 'Sound bit rate',
  audioFrameMs: 'Packet length',
  transport: 'Transport',
};

/** Codecs by the names that people know. */
export const codecLabels: Readonly<Record<VideoCodecName, string>> = {
  h264: 'H.264',
  vp8: 'VP8',
  'vp8-svc': 'VP8 in two layers',
  vp9: 'VP9',
  hevc: 'HEVC',
  av1: 'AV1',
};

/** What each way of presenting is called. */
export const presentationLabels: Readonly<Record<Presentation, string>> = {
  newest: 'Newest frame, no hold',
  cushion: 'Newest, one in hand after a gap',
  jitterBuffer: 'In step, through a buffer',
  synchronized: 'In step, at a constant delay',
};

/** What each sink is called. */
export const sinkLabels: Readonly<Record<UserSettings['sink'], string>> = {
  auto: 'Automatic',
  canvas: 'Canvas, least delay',
  track: 'Video element, least work',
};

/** The rungs of the ladder by what plays picture and sound. */
export const rungLabels: Readonly<Record<RungChoice, string>> = {
  auto: 'Automatic',
  webCodecs: 'WebCodecs',
  mediaSource: 'Media Source',
  mediaSourceSound: 'Media Source, sound too',
  webRtc: 'WebRTC',
};

/** Why a control cannot be used; undefined when it can. */
export const accessWords: Readonly<Record<SettingAccess, string | undefined>> = {
  open: undefined,
  locked: 'Set by the operator.',
  viewer: 'Only who has control can change this.',
};

/** Why a choice was not taken. */
export const refusalWords: Readonly<Record<RefusalReason, string>> = {
  locked: 'the operator has set it',
  range: 'it is outside of what the operator allows',
  viewer: 'only who has control can change it',
  unavailable: 'the server or this browser cannot do it',
};

const noUnit = { auto: 'Automatic' } as const;

/** Milliseconds. */
export const msText = (ms: number): string => `${Math.round(ms)} ms`;

/** A bit rate in a unit that fits, without needless decimals. */
export function kbpsText(value: number | 'auto', auto: string = noUnit.auto): string {
  if (value === 'auto') return auto;
  return value < 1_000 ? `${value} kbit/s` : `${Number((value / 1_000).toFixed(2))} Mbit/s`;
}

/** A cap of the frame rate; frames per second. */
export const frameRateText = (value: number | 'auto'): string =>
  value === 'auto' ? 'No limit' : `${value} fps`;

/** A part of 1 in percent. */
export const percentText = (part: number): string => `${Math.round(part * 100)} %`;

/** A scale of the picture; a part of 1. */
export const scaleText = (value: number | 'auto'): string =>
  value === 'auto' ? noUnit.auto : percentText(value);

/** A value as its control shows it. */
export function valueText(subject: Subject, settings: UserSettings): string {
  const name = subject;
  switch (name) {
    case 'mode':
      return modeWords[settings.mode].label;
    case 'delayTargetMs':
    case 'videoBudgetMs':
    case 'audioBudgetMs':
      return settings.custom === undefined
        ? modeWords[settings.mode].label
        : msText(settings.custom[name]);
    case 'audioBufferMs':
    case 'audioCapMs':
    case 'videoHoldMs':
      return msText(settings[name]);
    case 'presentation':
      return presentationLabels[settings.presentation];
    case 'codec':
      return settings.codec === 'auto' ? noUnit.auto : codecLabels[settings.codec];
    case 'maxBitrateKbps':
      return kbpsText(settings.maxBitrateKbps, 'No limit');
    case 'audioBitrateKbps':
      return kbpsText(settings.audioBitrateKbps);
    case 'maxFrameRate':
      return frameRateText(settings.maxFrameRate);
    case 'scale':
      return scaleText(settings.scale);
    case 'quality':
      return settings.quality === 'text' ? 'Sharp text' : 'Smooth motion';
    case 'sink':
      return sinkLabels[settings.sink];
    case 'rung':
      return rungLabels[settings.rung];
    case 'video':
      return settings.video === 'shown' ? 'Shown' : 'Hidden';
    case 'muted':
      return settings.muted ? 'On' : 'Off';
    case 'volume':
      return percentText(settings.volume);
    case 'audioFrameMs':
      return settings.audioFrameMs === 'auto' ? noUnit.auto : msText(settings.audioFrameMs);
    case 'transport':
      return transportChoiceLabels[settings.transport];
  }
}

/** What each choice of the transport is called. */
export const transportChoiceLabels: Readonly<Record<StreamSettings['transport'], string>> = {
  auto: 'Automatic',
  webtransport: 'WebTransport',
  websocket: 'WebSocket',
};
