import { css } from 'lit';

/** Styles of the statistics overlay; see stats-overlay.ts. */
export const statisticsStyles = css`
  :host {
    --capture: #d8d06a;
    --encode: #f0b35c;
    --queue: #f2807b;
    --network: #74aefb;
    --reassembly: #6fd3e3;
    --decode: #5fd39a;
    --present: #c9a2f5;

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

  .bar {
    display: block;
    width: 100%;
    height: 14px;
    overflow: hidden;
    border-radius: 4px;
    background: rgb(255 255 255 / 6%);
  }

  rect.capture {
    fill: var(--capture);
  }

  rect.encode {
    fill: var(--encode);
  }

  rect.queue {
    fill: var(--queue);
  }

  rect.network {
    fill: var(--network);
  }

  rect.reassembly {
    fill: var(--reassembly);
  }

  rect.decode {
    fill: var(--decode);
  }

  rect.present {
    fill: var(--present);
  }

  .swatch {
    display: inline-block;
    width: 9px;
    height: 9px;
    margin-right: 8px;
    border-radius: 2.5px;
  }

  .swatch.capture {
    background: var(--capture);
  }

  .swatch.encode {
    background: var(--encode);
  }

  .swatch.queue {
    background: var(--queue);
  }

  .swatch.network {
    background: var(--network);
  }

  .swatch.reassembly {
    background: var(--reassembly);
  }

  .swatch.decode {
    background: var(--decode);
  }

  .swatch.present {
    background: var(--present);
  }

  table {
    width: 100%;
    margin-top: 4px;
    border-collapse: collapse;
  }

  th,
  td {
    padding: 2px 0;
    font-weight: 450;
    text-align: right;
    white-space: nowrap;
  }

  thead th {
    color: var(--text-soft);
    font-size: 0.74rem;
  }

  td,
  thead th + th {
    width: 76px;
  }

  th[scope='row'] {
    text-align: left;
  }

  .typical {
    font-weight: 600;
  }

  .chart {
    margin: 12px 0 0;
  }

  .plot {
    position: relative;
  }

  .plot svg {
    display: block;
    width: 100%;
    height: 54px;
    overflow: visible;
  }

  .grid {
    stroke: rgb(255 255 255 / 9%);
    stroke-width: 1;
    vector-effect: non-scaling-stroke;
  }

  .line {
    fill: none;
    stroke: #eef0f4;
    stroke-linejoin: round;
    stroke-width: 1.5;
    vector-effect: non-scaling-stroke;
  }

  .spread {
    fill: rgb(238 240 244 / 22%);
  }

  .delivered {
    fill: rgb(116 174 251 / 38%);
  }

  .target {
    fill: none;
    stroke: #eef0f4;
    stroke-dasharray: 4 3;
    stroke-width: 1.25;
    vector-effect: non-scaling-stroke;
  }

  .rate {
    display: flex;
    flex-wrap: wrap;
    gap: 2px 16px;
    margin: 12px 0 -6px;
    font-variant-numeric: tabular-nums;
  }

  .swatch.delivered {
    background: rgb(116 174 251 / 60%);
  }

  .swatch.target {
    height: 0;
    border-top: 2px dashed #eef0f4;
    border-radius: 0;
    vertical-align: middle;
  }

  .scale {
    position: absolute;
    left: 0;
    padding: 0 4px 0 0;
    color: var(--text-soft);
    font-size: 0.7rem;
    line-height: 1;
    text-shadow: 0 0 4px var(--surface);
  }

  .scale.top {
    top: 3px;
  }

  .scale.bottom {
    bottom: 3px;
  }

  figcaption {
    display: flex;
    justify-content: space-between;
    margin-top: 3px;
    color: var(--text-soft);
    font-size: 0.7rem;
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
