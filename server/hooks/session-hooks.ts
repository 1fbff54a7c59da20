import type { Config } from '../config/schema.ts';
import { HookCommands } from './hook-commands.ts';
import { SessionEvents } from './session-events.ts';
import { Webhook } from './webhook.ts';
import type { Logger } from '../observe/logger.ts';
import type { ObservedViewer, SessionObserver } from '../session/session-observer.ts';

/** The hooks and the webhook of the settings. */
export interface SessionHooks {
  joined(viewer: ObservedViewer): void;
  left(viewer: ObservedViewer): void;
  close(): void;
}

/** Opens what the settings name; without any, events go nowhere. */
export function openSessionHooks(config: Config['hooks'], logger: Logger): SessionHooks {
  const { webhookUrl, webhookSecret, afterConnect, afterDisconnect } = config;
  const events = new SessionEvents();
  const receivers = [
    new HookCommands({ afterConnect, afterDisconnect, logger }),
    ...(webhookUrl === undefined
      ? []
      : [new Webhook({ url: webhookUrl, secret: webhookSecret, logger })]),
  ];
  const tell = (event: ReturnType<SessionEvents['joined']>): void => {
    if (event !== undefined) for (const receiver of receivers) receiver.tell(event);
  };
  return {
    joined: (viewer) => tell(events.joined(viewer)),
    left: (viewer) => tell(events.left(viewer)),
    close: () => {
      for (const receiver of receivers) receiver.close();
    },
  };
}

/** An observer that tells hooks of what comes and goes, and another one of everything. */
export function observedBy(observer: SessionObserver, hooks: SessionHooks): SessionObserver {
  return {
    joined: (viewer) => {
      observer.joined(viewer);
      hooks.joined(viewer);
    },
    left: (viewer, how) => {
      observer.left(viewer, how);
      hooks.left(viewer);
    },
    denied: (unit) => observer.denied(unit),
    dropped: (reason, count) => observer.dropped(reason, count),
    unused: (reason, count) => observer.unused(reason, count),
    keyframeWanted: (cause) => observer.keyframeWanted(cause),
    changeCaptured: (waitedUs) => observer.changeCaptured(waitedUs),
    pictureSent: (queuedUs, sendingUs) => observer.pictureSent(queuedUs, sendingUs),
    shown: (frame, transport) => observer.shown(frame, transport),
  };
}
