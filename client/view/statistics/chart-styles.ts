import { css } from 'lit';

/** Styles of the two charts of the last minute, and of the numbers that name their colours. */
export const chartStyles = css`
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
`;
