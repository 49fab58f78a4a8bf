import type { IPlannedLink } from '../../api/types';
import { branchesOf, type IBranch } from '../graph';

function link(
  child: string,
  parent: string,
  direction: 'parent' | 'child' = 'parent'
): IPlannedLink {
  return {
    link: {
      child,
      columns: [`${parent}_id`],
      parent,
      parent_columns: ['id'],
      nullable: false,
      declared: true
    },
    name: `${child}(${parent}_id) -> ${parent}(id)`,
    direction,
    choice: 'follow',
    rows: null,
    can_cut: false,
    reason: ''
  };
}

function drawn(branches: readonly IBranch[]): unknown {
  return branches.map(one => [
    one.table + (one.isKnown ? '*' : ''),
    ...(one.branches.length > 0 ? [drawn(one.branches)] : [])
  ]);
}

describe('branchesOf', () => {
  it('shows each link once and a table in full where it is nearest', () => {
    const links = [
      link('orders', 'customers'),
      link('orders', 'shops'),
      link('customers', 'cities'),
      link('shops', 'cities'),
      link('items', 'orders', 'child'),
      link('items', 'products')
    ];
    expect(drawn(branchesOf('orders', [], links))).toEqual([
      ['customers', [['cities']]],
      ['shops', [['cities*']]],
      ['items', [['products']]]
    ]);
  });

  it('ends where keys go round', () => {
    const links = [
      link('a', 'a'),
      link('a', 'b'),
      link('b', 'c'),
      link('c', 'a')
    ];
    expect(drawn(branchesOf('a', [], links))).toEqual([
      ['a*'],
      ['b', [['c', [['a*']]]]]
    ]);
  });

  it('knows the rows of the tables', () => {
    const tables = [
      {
        table: 'b',
        dataset: 'p.b',
        rows: 5,
        root: false,
        masks: [],
        warnings: []
      }
    ];
    const [b] = branchesOf('a', tables, [link('a', 'b')]);
    expect(b.rows).toBe(5);
  });
});
