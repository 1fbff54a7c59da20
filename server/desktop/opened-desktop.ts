import { maxClipboardBytes } from '../../protocol/limits.ts';
import type { Config } from '../config/schema.ts';
import type { Logger } from '../observe/logger.ts';
import type { DesktopPort } from '../session/desktop-ports.ts';
import type { NoticedChange } from './damage.ts';
import type { Screen } from './screen.ts';
import { openXClipboard, type CopiedText, type XClipboard } from './x-clipboard.ts';
import { openXDesktop, type XDesktop, type XDesktopState } from './x-desktop.ts';

/** What a desktop needs of the gateway, and whom it tells of its display. */
export interface OpenedDesktopOptions {
  readonly logger: Logger;
  /** Of pictures that another program makes. */
  readonly pictureSize: () => { readonly width: number; readonly height: number } | undefined;
  onPointer(image: NonNullable<DesktopPort['pointer']>): void;
  /** The display is there, for the first time or again. */
  onConnected(): void;
  /** It was there, and its server is gone. */
  onLost(): void;
  /** A program of the desktop has copied something. */
  readonly onCopied: (copied: CopiedText) => void;
}

/** Is told what happens on the screen. */
export interface ScreenWatcher {
  screenChanged(): void;
  /** Nobody knows what changes on it, until the next `screenChanged`. */
  screenUnwatched(): void;
  /** See DamageListener. */
  changeNoticed(change: NoticedChange): void;
  /** Milliseconds to the first capture that is at least so far away. */
  untilCapture(atLeastMs: number): number;
}

/** What a session has of the desktop, and what the gateway knows of it besides. */
export interface OpenedDesktop {
  readonly port: DesktopPort;
  /** Begins to tell of changes of the screen; never called for a source that cannot tell. */
  watch(watcher: ScreenWatcher): void;
  /** Whether the display can be reached. */
  isConnected(): boolean;
  close(): Promise<void>;
}

/** Input goes to the X display; a test picture takes none. */
export async function openDesktop(
  config: Config,
  { display }: Screen,
  options: OpenedDesktopOptions,
): Promise<OpenedDesktop> {
  return display === undefined
    ? withoutDisplay(config, options)
    : openDisplay(config, display, options);
}

function withoutDisplay(config: Config, { pictureSize }: OpenedDesktopOptions): OpenedDesktop {
  const { width, height } = config.desktop;
  return {
    port: {
      get size() {
        const shown = config.source === 'rtp' ? pictureSize() : undefined;
        return { width: shown?.width ?? width, height: shown?.height ?? height };
      },
      pointer: undefined,
      inject: () => undefined,
    },
    watch: () => undefined,
    isConnected: () => true,
    close: () => Promise.resolve(),
  };
}

async function openDisplay(
  config: Config,
  display: NonNullable<Screen['display']>,
  options: OpenedDesktopOptions,
): Promise<OpenedDesktop> {
  let watcher: ScreenWatcher | undefined;
  let isWatched = false;
  let wasConnected = false;
  const x: XDesktop = await openXDesktop({
    display: display.name,
    ...(display.authority === undefined ? {} : { authority: display.authority }),
    logger: options.logger,
    size: { width: config.desktop.width, height: config.desktop.height },
    onState: (state) => {
      logDisplay(options.logger, display.name, state);
      if (state.type === 'connected') options.onConnected();
      if (state.type === 'lost' && wasConnected) options.onLost();
      wasConnected = state.type === 'connected';
    },
    onCursor: (image) => options.onPointer(image),
    onChange: () => {
      isWatched = true;
      watcher?.screenChanged();
    },
    onNoticed: (change) => watcher?.changeNoticed(change),
    watchAgainIn: (atLeastMs) => watcher?.untilCapture(atLeastMs) ?? atLeastMs,
    onBlind: () => {
      isWatched = false;
      watcher?.screenUnwatched();
    },
  });
  const clipboard = openClipboard(config, display, options);
  return {
    port: {
      ...(clipboard !== undefined && {
        clipboard: { ways: waysOf(config), put: (text: string) => clipboard.put(text) },
      }),
      get size() {
        return x.input.size;
      },
      get pointer() {
        return x.cursor;
      },
      get isAway() {
        return x.state.type !== 'connected';
      },
      inject: (event) => x.input.apply(event),
    },
    watch: (added) => {
      watcher = added;
      if (isWatched) added.screenChanged();
    },
    isConnected: () => x.state.type === 'connected',
    close: async () => {
      clipboard?.close();
      await x.close();
    },
  };
}

type ClipboardWays = NonNullable<DesktopPort['clipboard']>['ways'];

function openClipboard(
  config: Config,
  { name, authority }: NonNullable<Screen['display']>,
  { logger, onCopied }: OpenedDesktopOptions,
): XClipboard | undefined {
  const { direction, primary } = config.clipboard;
  if (direction === 'off') return undefined;
  return openXClipboard({
    display: name,
    ...(authority !== undefined && { authority }),
    withPrimary: primary,
    isRead: waysOf(config).fromDesktop,
    maxBytes: maxClipboardBytes,
    logger,
    onCopied,
  });
}

const waysOf = ({ clipboard: { direction } }: Config): ClipboardWays => ({
  toDesktop: direction === 'both' || direction === 'toDesktop',
  fromDesktop: direction === 'both' || direction === 'fromDesktop',
});

/** The display says itself when it is lost, once; that it is back again is told here. */
function logDisplay(logger: Logger, display: string, state: XDesktopState): void {
  if (state.type === 'connected') logger.info('display is connected', { display, ...state.size });
}
