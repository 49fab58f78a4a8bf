import * as fc from 'fast-check';
import { loadSource, variableName } from '../load-source';

describe('loadSource', () => {
  it.each([
    ['sales.orders', 'orders'],
    ['sales.2024-orders', '_2024_orders'],
    ['sales.class', 'class_'],
    ['sales.hw', 'hw_'],
    ['sales.Orders', 'orders']
  ])('names %s as %s', (dataset, name) => {
    expect(variableName(dataset)).toBe(name);
  });

  it('imports headwater once', () => {
    expect(loadSource('a.b', [])).toBe(
      'import headwater as hw\n\nb = hw.load("a.b")'
    );
    expect(loadSource('a.b', ['x = 1', 'import headwater as hw'])).toBe(
      'b = hw.load("a.b")'
    );
  });

  it('makes one assignment of one string, whatever the name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), name => {
        const source = loadSource(name, ['import headwater as hw']);
        expect(source).toMatch(
          /^[A-Za-z_][A-Za-z0-9_]* = hw\.load\("(?:[^"\\\n]|\\.)*"\)$/
        );
      })
    );
  });
});
