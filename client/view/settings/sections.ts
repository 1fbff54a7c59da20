/** Which sections the settings have, and in which order: the one place where a section is added. */
import { html } from 'lit';
import type { TemplateResult } from 'lit';
import type { SettingName } from '../../settings/setting-access.ts';
import type { SettingsView } from '../../settings/settings-book.ts';
import type { RungsView } from '../../ladder/rung-control.ts';
import type { PlayerState, TransportMove } from '../../player.ts';
import type { ClipboardView } from '../../clipboard/desktop-clipboard.ts';
import './clipboard-section.ts';
import type { TakeClipboard } from './clipboard-section.ts';
import './compare-section.ts';
import './connection-section.ts';
import './input-section.ts';
import './latency-section.ts';
import './picture-section.ts';
import './rung-section.ts';
import './session-section.ts';
import './sharing-section.ts';
import type { CreateLink } from './sharing-section.ts';
import './sound-section.ts';

/** What a section can be drawn from. */
export interface SectionContext {
  readonly view: SettingsView;
  readonly state: PlayerState;
  /** The newest change of the transport. */
  readonly move: TransportMove | undefined;
  /** Which rung of the ladder is in use, and why no better one. */
  readonly rungs: RungsView | undefined;
  readonly isController: boolean;
  readonly createLink: CreateLink | undefined;
  readonly clipboard: ClipboardView;
  readonly takeClipboard: TakeClipboard | undefined;
}

/** A part of the panel under a title of its own. */
export interface Section {
  /** Part of ids. */
  readonly name: string;
  readonly title: string;
  /** The settings that its "Reset" takes back; none: it has no such button. */
  readonly settings: readonly SettingName[];
  render(context: SectionContext): TemplateResult;
}

/** From the top down. Events that a section dispatches, composed, pass through the panel. */
export const sections: readonly Section[] = [
  {
    name: 'latency',
    title: 'Latency',
    settings: ['mode', 'audioBufferMs', 'audioCapMs', 'presentation', 'videoHoldMs'],
    render: ({ view }) => html`<oriel-latency-section .view=${view}></oriel-latency-section>`,
  },
  {
    name: 'picture',
    title: 'Picture',
    settings: ['quality', 'codec', 'maxBitrateKbps', 'maxFrameRate', 'scale', 'sink'],
    render: ({ view }) => html`<oriel-picture-section .view=${view}></oriel-picture-section>`,
  },
  {
    name: 'sound',
    title: 'Sound',
    settings: ['muted', 'volume', 'audioBitrateKbps', 'audioFrameMs'],
    render: ({ view }) => html`<oriel-sound-section .view=${view}></oriel-sound-section>`,
  },
  {
    name: 'connection',
    title: 'Connection',
    settings: ['transport', 'rung'],
    render: ({ view, state, move, rungs }) => html`
      <oriel-connection-section
        .view=${view}
        .state=${state}
        .move=${move}
      ></oriel-connection-section>
      <oriel-rung-section .view=${view} .rungs=${rungs}></oriel-rung-section>
    `,
  },
  {
    name: 'compare',
    title: 'Compare',
    settings: [],
    render: () => html`<oriel-compare-section></oriel-compare-section>`,
  },
  {
    name: 'input',
    title: 'Mouse and keyboard',
    settings: [],
    render: ({ isController }) => html`
      <oriel-input-section .isController=${isController}></oriel-input-section>
    `,
  },
  {
    name: 'clipboard',
    title: 'Clipboard',
    settings: [],
    render: ({ clipboard, takeClipboard, isController }) => html`
      <oriel-clipboard-section
        .clipboard=${clipboard}
        .take=${takeClipboard}
        .isController=${isController}
      ></oriel-clipboard-section>
    `,
  },
  {
    name: 'sharing',
    title: 'Share',
    settings: [],
    render: ({ isController, createLink }) => html`
      <oriel-sharing-section
        .isController=${isController}
        .createLink=${createLink}
      ></oriel-sharing-section>
    `,
  },
  {
    name: 'session',
    title: 'Session',
    settings: [],
    render: () => html`<oriel-session-section></oriel-session-section>`,
  },
];
