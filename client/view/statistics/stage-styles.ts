import { css } from 'lit';

/** Styles of the stages of a frame: each has one colour, in the bar and in the table. */
export const stageStyles = css`
  .bar {
    display: block;
    width: 100%;
    height: 14px;
    overflow: hidden;
    border-radius: 4px;
    background: rgb(255 255 255 / 6%);
  }

  .bar rect {
    fill: var(--stage);
  }

  .swatch {
    display: inline-block;
    width: 9px;
    height: 9px;
    margin-right: 8px;
    border-radius: 2.5px;
    background: var(--stage);
  }

  .capture {
    --stage: #d8d06a;
  }

  .encode {
    --stage: #f0b35c;
  }

  .queue {
    --stage: #f2807b;
  }

  .network {
    --stage: #74aefb;
  }

  .reassembly {
    --stage: #6fd3e3;
  }

  .decode {
    --stage: #5fd39a;
  }

  .present {
    --stage: #c9a2f5;
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
`;
