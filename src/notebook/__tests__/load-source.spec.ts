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
    expect(loadSource(['a.b'], [])).toBe(
      'import headwater as hw\n\nb = hw.load("a.b")'
    );
    expect(loadSource(['a.b'], ['x = 1', 'import headwater as hw'])).toBe(
      'b = hw.load("a.b")'
    );
  });

  it.each([
    ['orders = hw.load("sales.orders")', 'marts_orders'],
    ['orders = hw.load("marts.orders@v2", as_="arrow")', 'orders'],
    ["orders = hw.load('marts.orders')\norders = orders.dropna()", 'orders'],
    ['  orders = hw.load("sales.orders")\n', 'marts_orders'],
    ['orders = 5', 'marts_orders'],
    ['orders: int = 5', 'marts_orders'],
    ['first, orders = split(x)', 'marts_orders'],
    ['orders += 1', 'marts_orders'],
    ['for orders in all_of_them:', 'marts_orders'],
    ['import shop as orders', 'marts_orders'],
    ['from shop import carts, orders', 'marts_orders'],
    ['def orders():', 'marts_orders'],
    ['reorders = 5\norders_of = 6', 'orders'],
    ['if orders == 5: pass', 'orders'],
    ['orders = 1\nmarts_orders = 2', 'marts_orders_2'],
    [
      'orders = hw.load("a.orders")\nmarts_orders = hw.load("marts.orders")',
      'marts_orders'
    ]
  ])('beside %j loads marts.orders as %s', (source, name) => {
    const made = loadSource(
      ['marts.orders'],
      ['import headwater as hw', source]
    );
    expect(made).toBe(`${name} = hw.load("marts.orders")`);
  });

  it('loads a set with a line each, under names of their own', () => {
    expect(loadSource(['prod.orders', 'prod.items', 'old.orders'], [])).toBe(
      [
        'import headwater as hw',
        '',
        'orders = hw.load("prod.orders")',
        'items = hw.load("prod.items")',
        'old_orders = hw.load("old.orders")'
      ].join('\n')
    );
  });

  it('makes one assignment of one string, whatever the name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), name => {
        const source = loadSource([name], ['import headwater as hw']);
        expect(source).toMatch(
          /^[A-Za-z_][A-Za-z0-9_]* = hw\.load\("(?:[^"\\\n]|\\.)*"\)$/
        );
      })
    );
  });
});
