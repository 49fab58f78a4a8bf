import { nullTranslator } from '@jupyterlab/translation';
import { fireEvent, render, screen } from '@testing-library/react';
import { axe } from 'jest-axe';
import * as React from 'react';
import type { DatasetSummary } from '../../api/types';
import { BrowserView, type IBrowserViewProps } from '../view';

const noop = (): void => undefined;

function dataset(name: string, kind = 'real'): DatasetSummary {
  return {
    name,
    namespace: name.split('.')[0],
    description: '<img src=x onerror=alert(1)>',
    version: 'v12',
    updated: '2026-01-01T00:00:00.000Z',
    rows: 1_204_331,
    bytes: 10,
    kind,
    rests_on: [kind],
    tags: []
  } as unknown as DatasetSummary;
}

const listed = [dataset('sales.orders'), dataset('prod.bookings', 'sample')];

const props: IBrowserViewProps = {
  tab: 'datasets',
  search: {
    query: '',
    namespace: '',
    kind: '',
    sort: 'relevance',
    descending: false
  },
  rowAt: place => listed[place] ?? null,
  listKey: 1,
  shifted: 0,
  total: 2,
  totalIsCapped: false,
  namespaces: ['sales', 'prod'],
  warnings: [],
  failure: null,
  selectedPlace: 0,
  production: <p>tables</p>,
  recent: <p>used last</p>,
  trans: nullTranslator.load('headwater'),
  onTab: noop,
  onFind: noop,
  onNamespaces: noop,
  onSelect: noop,
  onOpen: noop,
  onInsert: noop,
  onPin: noop,
  onRange: noop,
  onDrag: noop,
  onRefresh: noop,
  onImport: noop
};

describe('BrowserView', () => {
  it('lists datasets with version, rows and kind', async () => {
    const { container } = render(<BrowserView {...props} />);
    const [orders, bookings] = screen
      .getAllByRole('option')
      .filter(one => one.className.includes('list-row'));
    expect(orders).toHaveTextContent('v12');
    expect(orders).toHaveTextContent('1.2M rows');
    expect(bookings).toHaveTextContent('SAMPLE');
    expect(container.querySelector('img')).toBeNull();
    expect(await axe(container)).toHaveNoViolations();
  });

  it('tells the search at once', () => {
    const onFind = jest.fn();
    render(<BrowserView {...props} onFind={onFind} />);
    fireEvent.change(screen.getByRole('searchbox'), {
      target: { value: 'ord' }
    });
    expect(onFind).toHaveBeenCalledWith({ query: 'ord' });
  });

  it('takes the first row when the search is left by an arrow', () => {
    const onSelect = jest.fn();
    render(<BrowserView {...props} selectedPlace={-1} onSelect={onSelect} />);
    fireEvent.keyDown(screen.getByRole('searchbox'), { key: 'ArrowDown' });
    expect(onSelect).toHaveBeenCalledWith(0);
  });

  it.each([
    ['loading', { total: null }, ''],
    ['an empty home', { total: 0 }, 'import'],
    [
      'a missing server extension',
      {
        total: null,
        failure: {
          message: 'It is missing.',
          hint: 'Install it.',
          command: 'jupyter server extension enable jupyterlab_headwater'
        }
      },
      'jupyter server extension enable'
    ]
  ])('shows %s', async (_, change, text) => {
    const { container } = render(
      <BrowserView {...props} {...(change as Partial<IBrowserViewProps>)} />
    );
    expect(container).toHaveTextContent(new RegExp(text, 'i'));
    expect(await axe(container)).toHaveNoViolations();
  });

  it('gives the command that mends a failure also above rows', () => {
    const onRefresh = jest.fn();
    const failure = {
      message: 'The server runs Headwater 9.0.0, this page 0.1.0.',
      hint: 'Reload it:',
      command: 'pip install jupyterlab-headwater==9.0.0'
    };
    render(<BrowserView {...props} failure={failure} onRefresh={onRefresh} />);
    expect(screen.getByRole('alert')).toHaveTextContent(failure.command);
    expect(screen.getAllByRole('option', { name: /orders/ })).toHaveLength(1);
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(onRefresh).toHaveBeenCalled();
  });

  it('keeps the place of rows that are not loaded', async () => {
    const { container } = render(
      <BrowserView {...props} total={100_000} rowAt={() => null} />
    );
    expect(
      container.querySelectorAll('[aria-busy=true]').length
    ).toBeGreaterThan(10);
    expect(await axe(container)).toHaveNoViolations();
  });

  it('turns the order around', () => {
    const onFind = jest.fn();
    const search = { ...props.search, sort: 'rows' as const, descending: true };
    render(<BrowserView {...props} search={search} onFind={onFind} />);
    fireEvent.click(screen.getByRole('button', { name: /turn the order/ }));
    expect(onFind).toHaveBeenCalledWith({ descending: false });
  });
});
