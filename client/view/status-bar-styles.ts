import { css } from 'lit';

/** Styles of the status bar; see status-bar.ts. */
export const statusBarStyles = css`
  :host {
    position: absolute;
    z-index: 2;
    top: 0;
    right: 0;
    left: 0;
    display: flex;
    justify-content: center;
    height: 0;
    padding: 0 8px;
  }

  .dock {
    position: relative;
    display: flex;
    flex-direction: column;
    align-items: center;
    height: max-content;
    max-width: 100%;
    padding-top: max(8px, env(safe-area-inset-top));
    transition: transform 220ms cubic-bezier(0.3, 0.7, 0.2, 1);
  }

  :host(:not([open])) .dock {
    transform: translateY(calc(-100% + 14px));
  }

  .bar {
    display: flex;
    align-items: center;
    gap: 4px;
    max-width: 100%;
    padding: 5px 6px 5px 16px;
    border: 1px solid var(--line);
    border-radius: 14px;
    background: rgb(19 22 29 / 88%);
    box-shadow: var(--shadow);
    font-size: 0.867rem;
    white-space: nowrap;
    transition: opacity 160ms ease;
    backdrop-filter: blur(18px) saturate(1.3);
  }

  :host(:not([open])) .bar {
    opacity: 0;
  }

  .status {
    display: flex;
    align-items: center;
    gap: 14px;
    margin-right: 10px;
    min-width: 0;
  }

  .phase {
    display: flex;
    align-items: center;
    gap: 8px;
    font-weight: 600;
  }

  .dot {
    width: 8px;
    height: 8px;
    border-radius: 50%;
    background: var(--warn);
  }

  .live .dot {
    background: var(--good);
    box-shadow: 0 0 0 3px rgb(95 211 154 / 18%);
  }

  .ended .dot,
  .refused .dot {
    background: var(--bad);
  }

  .connecting .dot,
  .reconnecting .dot {
    animation: breathe 1.4s ease-in-out infinite;
  }

  @keyframes breathe {
    50% {
      opacity: 0.3;
    }
  }

  .transport,
  .rung {
    overflow: hidden;
    color: var(--text-soft);
    text-overflow: ellipsis;
  }

  .latency {
    min-width: 3.6em;
    font-variant-numeric: tabular-nums;
    font-weight: 600;
    text-align: right;
  }

  .latency.good {
    color: var(--good);
  }

  .latency.fair {
    color: var(--warn);
  }

  .latency.poor {
    color: var(--bad);
  }

  .unit {
    color: var(--text-soft);
    font-weight: 450;
  }

  .controls {
    display: flex;
    gap: 2px;
    padding-left: 6px;
    border-left: 1px solid var(--line);
  }

  /* What stays visible of the hidden bar: a small tab at the edge, with room for a finger around it. */
  .handle {
    position: relative;
    width: 92px;
    height: 14px;
    padding: 0;
    border: 0;
    background: transparent;
  }

  .handle::after {
    position: absolute;
    top: 5px;
    left: 22px;
    width: 48px;
    height: 4px;
    border-radius: 4px;
    background: rgb(255 255 255 / 55%);
    box-shadow: 0 0 0 1px rgb(0 0 0 / 35%);
    content: '';
    transition: opacity 160ms ease;
  }

  :host([open]) .handle {
    pointer-events: none;
  }

  :host([open]) .handle::after {
    opacity: 0;
  }

  @media (pointer: coarse) {
    .handle {
      height: 22px;
    }

    :host(:not([open])) .dock {
      transform: translateY(calc(-100% + 22px));
    }
  }

  @media (max-width: 520px) {
    .transport,
    .rung {
      display: none;
    }

    .bar {
      padding-left: 13px;
    }

    /* The buttons give way to what the status says, not the other way round. */
    .status {
      flex: none;
      gap: 10px;
      margin-right: 4px;
    }

    .latency {
      min-width: 0;
    }

    .controls {
      gap: 0;
      min-width: 0;
    }

    .controls .icon-button {
      flex: 0 1 44px;
      min-width: 36px;
    }
  }
`;
