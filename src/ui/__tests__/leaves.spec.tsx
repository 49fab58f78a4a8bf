import { fireEvent, render, screen } from '@testing-library/react';
import { axe } from 'jest-axe';
import * as React from 'react';
import {
  formatAge,
  formatBytes,
  formatChange,
  formatCompact,
  formatNumber
} from '../format';
import { VirtualList } from '../virtual-list';

describe('format', () => {
  it('writes numbers as people read them', () => {
    expect(formatNumber(1204331, 'en')).toBe('1,204,331');
    expect(formatCompact(336776, 'en')).toBe('337K');
    expect(formatChange(1204, 'en')).toBe('+1,204');
    expect(formatBytes(6_400_000, 'en')).toBe('6.4 MB');
  });

  it('writes ages', () => {
    const now = Date.parse('2026-01-02T00:00:00Z');
    expect(formatAge('2026-01-01T22:00:00Z', now, 'en')).toBe('2 hr. ago');
    expect(formatAge('2026-01-01T23:59:50Z', now, 'en')).toBe('now');
    expect(formatAge('2025-01-01T00:00:00Z', now, 'en')).toMatch(/last yr/);
  });
});

describe('VirtualList', () => {
  const list = (props: Partial<Parameters<typeof VirtualList>[0]> = {}) => (
    <VirtualList
      count={100_000}
      rowHeight={44}
      label="Datasets"
      selected={3}
      rowKey={String}
      renderRow={place => <span>row {place}</span>}
      onSelect={() => undefined}
      onOpen={() => undefined}
      onRange={() => undefined}
      {...props}
    />
  );

  it('holds at most 60 of 100,000 rows in the page', () => {
    render(list());
    const rows = screen.getAllByRole('option');
    expect(rows.length).toBeGreaterThan(10);
    expect(rows.length).toBeLessThanOrEqual(60);
    expect(rows[0]).toHaveAttribute('aria-setsize', '100000');
  });

  it('is moved and opened by keys', () => {
    const chosen: number[] = [];
    const opened: number[] = [];
    render(
      list({
        onSelect: place => chosen.push(place),
        onOpen: place => opened.push(place)
      })
    );
    const box = screen.getByRole('listbox');
    for (const key of ['ArrowDown', 'ArrowUp', 'Home', 'End', 'Enter']) {
      fireEvent.keyDown(box, { key });
    }
    expect(chosen).toEqual([4, 2, 0, 99_999]);
    expect(opened).toEqual([3]);
  });

  it('is accessible', async () => {
    const { container } = render(list({ count: 5 }));
    expect(await axe(container)).toHaveNoViolations();
  });

  it.each([{ key: 'ContextMenu' }, { key: 'F10', shiftKey: true }])(
    'opens the menu of the selected row by %p',
    event => {
      render(list());
      const asked: (string | null)[] = [];
      const listen = ({ target }: Event): void => {
        asked.push((target as Element).textContent);
      };
      document.addEventListener('contextmenu', listen);
      const box = screen.getByRole('listbox');
      fireEvent.keyDown(box, event);
      // What the browser itself makes of the key names the list; it opens nothing more.
      fireEvent.contextMenu(box);
      document.removeEventListener('contextmenu', listen);
      expect(asked).toEqual(['row 3']);
    }
  );

  it('reaches the last row, and begins anew at the top', () => {
    const { rerender } = render(list({ listKey: 1 }));
    const box = screen.getByRole('listbox');
    fireEvent.keyDown(box, { key: 'End' });
    expect(screen.getByText('row 99999')).toBeInTheDocument();
    rerender(list({ listKey: 2 }));
    expect(box.scrollTop).toBe(0);
    expect(screen.queryByText('row 99999')).toBeNull();
  });

  it('stays with the rows in view when others come before them', () => {
    const { rerender } = render(list());
    const box = screen.getByRole('listbox');
    box.scrollTop = 4_400;
    fireEvent.scroll(box);
    rerender(list({ shifted: 3 }));
    expect(box.scrollTop).toBe(4_400 + 3 * 44);
  });
});
