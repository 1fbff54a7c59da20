import { css, type CSSResultGroup } from 'lit';
import { chartStyles } from './chart-styles.ts';
import { stageStyles } from './stage-styles.ts';

/** The panel itself, and the facts below the charts. */
const panelStyles = css`
  :host {
    position: absolute;
    z-index: 2;
    top: max(64px, calc(env(safe-area-inset-top) + 56px));
    right: 12px;
    width: 340px;
    max-width: calc(100% - 16px);
    max-height: calc(100% - 76px);
    display: flex;
    font-size: 0.84rem;
    line-height: 1.4;
  }

  section {
    display: flex;
    flex-direction: column;
    width: 100%;
    min-height: 0;
    border: 1px solid var(--line);
    border-radius: 14px;
    /* Opaque: a blur of what lies behind would be computed anew for every frame, and this panel measures frames. */
    background: var(--surface);
    box-shadow: var(--shadow);
    animation: appear 160ms ease both;
  }

  @keyframes appear {
    from {
      opacity: 0;
      transform: translateY(-4px);
    }
  }

  header {
    display: flex;
    align-items: center;
    justify-content: space-between;
    padding: 6px 6px 0 16px;
  }

  h2,
  h3 {
    margin: 0;
    color: var(--text-soft);
    font-size: 0.78rem;
    font-weight: 600;
    letter-spacing: 0.02em;
  }

  .content {
    min-height: 0;
    padding: 0 16px 14px;
    overflow: auto;
    overscroll-behavior: contain;
    scrollbar-width: thin;
    border-radius: 0 0 14px 14px;
  }

  .content:focus-visible {
    outline-offset: -2px;
  }

  .total {
    display: flex;
    align-items: baseline;
    flex-wrap: wrap;
    gap: 2px 10px;
    margin: 0 0 10px;
  }

  strong {
    font-size: 1.6rem;
    font-weight: 620;
    letter-spacing: -0.015em;
    line-height: 1.2;
  }

  strong,
  td,
  dd {
    font-variant-numeric: tabular-nums;
  }

  .soft,
  .waiting {
    color: var(--text-soft);
  }

  .waiting {
    margin: 0 0 12px;
  }

  .groups {
    display: grid;
    gap: 9px;
    margin-top: 9px;
  }

  .group {
    padding-top: 8px;
    border-top: 1px solid var(--line);
  }

  dl {
    display: grid;
    grid-template-columns: 1fr 1fr;
    gap: 1px 18px;
    margin: 4px 0 0;
  }

  dl > div {
    display: flex;
    justify-content: space-between;
    gap: 8px;
    min-width: 0;
  }

  dt {
    color: var(--text-soft);
  }

  dd {
    margin: 0;
    text-align: right;
  }

  .loss {
    color: var(--warn);
    font-weight: 600;
  }

  @media (max-width: 520px) {
    :host {
      top: auto;
      right: 8px;
      bottom: max(8px, env(safe-area-inset-bottom));
      left: 8px;
      width: auto;
      max-width: none;
      max-height: 56%;
    }
  }
`;

/** Styles of the statistics overlay; see stats-overlay.ts. */
export const statisticsStyles: CSSResultGroup = [panelStyles, stageStyles, chartStyles];
