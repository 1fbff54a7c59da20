import type { ReportUnit } from '../../protocol/control/report.ts';
import { zeroDropCounters, type DropCounters, type DropReason } from '../schedule/drop-policy.ts';
import type { TransportClosed } from '../transport/transport.ts';
import { ClientReport } from './client-report.ts';
import type { ObservedViewer, SessionObserver } from './session-observer.ts';

/** What the session's observer hears of one viewer: that it came and went, and every loss once. */
export class ViewerAccount {
  readonly #observer: SessionObserver;
  readonly #report = new ClientReport();
  #viewer: ObservedViewer | undefined;
  #dropsTold: DropCounters = zeroDropCounters();

  constructor(observer: SessionObserver) {
    this.#observer = observer;
  }

  /** As it was told when it joined; undefined before. */
  get viewer(): ObservedViewer | undefined {
    return this.#viewer;
  }

  joined(viewer: ObservedViewer): void {
    this.#viewer = viewer;
    this.#observer.joined(viewer);
  }

  /** A connection that never joined leaves without a word. */
  left(how: TransportClosed): void {
    if (this.#viewer !== undefined) this.#observer.left(this.#viewer, how);
  }

  /** @param dropped what the gateway did not send since the connection joined */
  dropped(dropped: DropCounters): void {
    for (const reason of Object.keys(dropped) as DropReason[]) {
      const count = dropped[reason] - this.#dropsTold[reason];
      if (count > 0) this.#observer.dropped(reason, count);
    }
    this.#dropsTold = dropped;
  }

  /** What the client says of what it got over this kind of transport. */
  reported(unit: ReportUnit, transport: string): void {
    for (const [reason, count] of this.#report.take(unit)) this.#observer.unused(reason, count);
    const frame = this.#report.shown(unit);
    if (frame !== undefined) this.#observer.shown(frame, transport);
  }
}
