import { act, fireEvent, render, screen } from '@testing-library/react';
import * as fc from 'fast-check';
import * as React from 'react';
import { Scale, useWindow } from '../window';

describe('Scale', () => {
  const view = 600;
  const whole = 20_000_000 * 24;

  it('is the whole itself where that is short enough', () => {
    const scale = new Scale(100_000 * 44, view);
    expect(scale.length).toBe(4_400_000);
    expect(scale.toWhole(1_234_567)).toBe(1_234_567);
    expect(scale.toBar(1_234_567)).toBe(1_234_567);
  });

  it('fits any number of rows into what a browser lays out', () => {
    const scale = new Scale(whole, view);
    expect(scale.length).toBeLessThan(17_895_697);
    expect(scale.toWhole(0)).toBe(0);
    expect(scale.toWhole(scale.length - view)).toBe(whole - view);
    expect(scale.toBar(whole - view)).toBe(scale.length - view);
  });

  it('goes forth and back', () => {
    const scale = new Scale(whole, view);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: whole - view }), at => {
        expect(Math.abs(scale.toWhole(scale.toBar(at)) - at)).toBeLessThan(1);
      })
    );
  });
});

describe('useWindow', () => {
  const COUNT = 20_000_000;

  function Rows(): JSX.Element {
    const scroller = React.useRef<HTMLDivElement>(null);
    const rows = useWindow({
      count: COUNT,
      size: 24,
      overscan: 2,
      axis: 'vertical',
      scroller
    });
    return (
      <div ref={scroller} data-testid="scroller">
        <button onClick={() => rows.reveal(COUNT - 1)}>end</button>
        <output data-length={rows.length}>
          {`${rows.first} ${rows.last} ${rows.startOf(rows.first)}`}
        </output>
      </div>
    );
  }

  const scrollTo = (top: number): void => {
    const element = screen.getByTestId('scroller');
    element.scrollTop = top;
    act(() => void fireEvent.scroll(element));
  };
  const shown = (): number[] =>
    (screen.getByRole('status').textContent ?? '').split(' ').map(Number);

  it('reaches each row of twenty million', () => {
    render(<Rows />);
    expect(shown()).toEqual([0, 800 / 24 + 2 - 1 / 3, 0].map(Math.floor));
    scrollTo(7_999_200);
    expect(shown()[1]).toBe(COUNT - 1);
    // From there the wheel goes row by row.
    scrollTo(7_999_200 - 240);
    expect(shown()[1]).toBe(COUNT - 1 - 8);
    scrollTo(4_000_000);
    const [middle] = shown();
    expect(middle).toBeGreaterThan(COUNT * 0.49);
    expect(middle).toBeLessThan(COUNT * 0.51);
    scrollTo(4_000_240);
    expect(shown()[0]).toBe(middle + 10);
    // Rows stand where the scroll bar looks.
    expect(Math.abs(shown()[2] - 4_000_240)).toBeLessThan(100);
  });

  it('reveals the last row', () => {
    render(<Rows />);
    fireEvent.click(screen.getByText('end'));
    expect(shown()[1]).toBe(COUNT - 1);
    expect(screen.getByTestId('scroller').scrollTop).toBe(7_999_200);
  });
});
