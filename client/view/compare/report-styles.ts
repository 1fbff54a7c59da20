import { css } from 'lit';

/** Styles of a report: its line, table, plots and actions; see report-view.ts and photon-page.ts. */
export const reportStyles = css`
  .verdict {
    max-width: 56ch;
    margin: 0 0 6px;
    font-size: 1.3rem;
    font-weight: 620;
    line-height: 1.35;
    letter-spacing: -0.01em;
    text-wrap: balance;
  }

  .about {
    margin: 0 0 18px;
    font-size: 0.88rem;
  }

  .scroll {
    overflow-x: auto;
  }

  .numbers + .scroll {
    margin-top: 24px;
  }

  table {
    width: 100%;
    border-collapse: collapse;
    font-variant-numeric: tabular-nums;
  }

  th,
  td {
    padding: 7px 0 7px 12px;
    border-top: 1px solid var(--line);
    text-align: right;
    white-space: nowrap;
  }

  thead th,
  thead td {
    border-top: 0;
    font-weight: 600;
  }

  /* Four candidates and the names of the rows. */
  thead th {
    width: 20%;
  }

  thead .swatch {
    margin-right: 8px;
    vertical-align: 2px;
  }

  th[scope='row'],
  .kind {
    padding-left: 0;
    color: var(--text-soft);
    font-weight: 500;
    text-align: left;
  }

  .kind {
    font-size: 0.84rem;
  }

  .part th[scope='row'],
  .part td {
    border-top: 0;
    padding-block: 0 7px;
    font-size: 0.9em;
  }

  .part th[scope='row'] {
    padding-left: 16px;
  }

  tr[data-row='p50'] td,
  tr[data-row='p95'] td,
  tr[data-row='total'] td {
    color: var(--text);
    font-weight: 620;
  }

  .plots {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(22rem, 100%), 1fr));
    gap: 24px 28px;
    margin-top: 24px;
  }

  .plots.single {
    max-width: 36rem;
  }

  .actions {
    display: flex;
    flex-wrap: wrap;
    gap: 10px;
    margin-top: 24px;
  }

  .actions .primary {
    margin-left: auto;
  }

  @media (max-width: 520px) {
    th,
    td {
      padding-left: 8px;
      font-size: 0.86rem;
    }

    .part th[scope='row'],
    .part td {
      font-size: 0.8rem;
    }

    .verdict {
      font-size: 1.1rem;
    }

    .actions .button {
      flex: 1;
    }

    .actions .primary {
      flex-basis: 100%;
      margin-left: 0;
    }
  }
`;
