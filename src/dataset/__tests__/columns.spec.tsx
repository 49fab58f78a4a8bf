import { nullTranslator } from '@jupyterlab/translation';
import { fireEvent, render, screen } from '@testing-library/react';
import { axe } from 'jest-axe';
import * as React from 'react';
import type { ColumnProfile } from '../../api/types';
import { Columns } from '../columns';

const failure = { message: 'A file is missing.', hint: '', command: '' };
const profile = { name: 'a', nulls: 3, distinct: 2, buckets: [] };

it('leaves no row waiting for what has failed, and asks again', async () => {
  const onWant = jest.fn();
  const { container } = render(
    <Columns
      columns={['a', 'b'].map(name => ({
        name,
        type: 'int64',
        nullable: true
      }))}
      rows={10}
      profiles={new Map([['a', profile as unknown as ColumnProfile]])}
      failure={failure}
      trans={nullTranslator.load('headwater')}
      onWant={onWant}
    />
  );
  expect(container.querySelector('[aria-busy=true]')).toBeNull();
  expect(screen.getByRole('alert')).toHaveTextContent('A file is missing.');
  onWant.mockClear();
  fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
  expect(onWant).toHaveBeenCalledWith(['a', 'b']);
  expect(await axe(container)).toHaveNoViolations();
});
