import { nullTranslator } from '@jupyterlab/translation';
import { fireEvent, render, screen, within } from '@testing-library/react';
import { axe } from 'jest-axe';
import * as React from 'react';
import type { SavedRecipe } from '../../api/types';
import { Estimate } from '../estimate';
import { BLANK, filled, type ISampleForm } from '../form';
import { Masks } from '../masks';
import { MethodFields } from '../method';
import { Recipes, type IRecipesProps } from '../recipes';
import { Related } from '../related';
import { plan } from './plan';
import { CUSTOMER, PAYMENTS, REFERRER, set } from './set';

const trans = nullTranslator.load('headwater');
const EVIL = '<img src=x onerror=alert(1)>';

describe('MethodFields', () => {
  const masks = [
    ...plan.masks,
    { ...plan.masks[1], column: 'booked_at', type: 'timestamptz' },
    { ...plan.masks[1], column: 'price', type: 'numeric' }
  ];
  const props = {
    plan: { ...plan, masks },
    form: filled(BLANK, plan),
    faults: {},
    trans,
    onChange: jest.fn()
  };
  const show = (form: Partial<ISampleForm>) =>
    render(<MethodFields {...props} form={{ ...props.form, ...form }} />);

  beforeEach(() => props.onChange.mockClear());

  it('shows a field only where the method has it', () => {
    const { rerender } = show({});
    expect(screen.queryByRole('group')).toBeNull();
    const labels = () =>
      [...screen.getByRole('group').querySelectorAll('label')].map(
        one => one.firstChild?.textContent
      );
    const turn = (method: ISampleForm['method']) =>
      rerender(<MethodFields {...props} form={{ ...props.form, method }} />);
    turn('stratified');
    expect(labels()).toEqual(['By the columns', 'Rows of each']);
    turn('window');
    expect(labels()).toEqual(['By the column', 'From', 'Before']);
    turn('top');
    expect(labels()).toEqual(['By the columns', 'Largest', 'Rows of each']);
    turn('keys');
    expect(labels()).toEqual(['Keys, one a line: booking_id']);
  });

  it('offers columns that are not masked, those in time for a window', () => {
    const { rerender } = show({ method: 'stratified' });
    const offered = (label: string) =>
      within(screen.getByLabelText(label))
        .getAllByRole('option')
        .map(one => one.getAttribute('value'));
    expect(offered('By the columns')).toEqual([
      '',
      'company',
      'booked_at',
      'price'
    ]);
    rerender(
      <MethodFields {...props} form={{ ...props.form, method: 'newest' }} />
    );
    expect(offered('By the column')).toEqual(['', 'booked_at']);
  });

  it('proposes the column in time, adds strata and takes them out', () => {
    const { rerender } = show({});
    fireEvent.change(screen.getByLabelText('Method'), {
      target: { value: 'newest' }
    });
    expect(props.onChange).toHaveBeenLastCalledWith({
      method: 'newest',
      by: ['booked_at']
    });
    rerender(
      <MethodFields
        {...props}
        form={{ ...props.form, method: 'stratified', by: ['company'] }}
      />
    );
    fireEvent.change(screen.getByLabelText('By the columns'), {
      target: { value: 'price' }
    });
    expect(props.onChange).toHaveBeenLastCalledWith({
      by: ['company', 'price']
    });
    fireEvent.click(screen.getByRole('button', { name: 'Without company' }));
    expect(props.onChange).toHaveBeenLastCalledWith({ by: [] });
  });

  it('says under the filter what is wrong with it', async () => {
    const { container } = render(
      <MethodFields {...props} faults={{ where: EVIL, by: EVIL }} />
    );
    expect(screen.getByLabelText('Filter')).toHaveAccessibleDescription(EVIL);
    expect(container.querySelector('img')).toBeNull();
    expect(await axe(container)).toHaveNoViolations();
  });
});

describe('Related', () => {
  const form: ISampleForm = { ...filled(BLANK, plan), related: true };
  const onChange = jest.fn();
  const show = (change: Partial<ISampleForm> = {}) =>
    render(
      <Related
        plan={set}
        form={{ ...form, ...change }}
        isPlanning={false}
        trans={trans}
        onChange={onChange}
      />
    );
  const node = (container: Element, name: string) =>
    [...container.querySelectorAll<HTMLElement>('[data-link]')].find(
      one => one.dataset.link === name
    ) as HTMLElement;
  const box = (container: Element, name: string) =>
    within(node(container, name)).getByRole('checkbox');

  beforeEach(() => onChange.mockClear());

  it('is one box until it is wanted', () => {
    show({ related: false });
    fireEvent.click(screen.getByRole('checkbox'));
    expect(onChange).toHaveBeenCalledWith({ related: true });
  });

  it('holds what is needed, cuts what may be null, takes children on request', async () => {
    const { container } = show();
    expect(box(container, CUSTOMER.name)).toBeDisabled();
    expect(box(container, CUSTOMER.name)).toBeChecked();
    expect(node(container, CUSTOMER.name)).toHaveTextContent('+36,812');
    expect(node(container, PAYMENTS.name)).toHaveTextContent('would add 9,950');
    fireEvent.click(box(container, REFERRER.name));
    expect(onChange).toHaveBeenLastCalledWith({ cut: [REFERRER.name] });
    fireEvent.click(box(container, PAYMENTS.name));
    expect(onChange).toHaveBeenLastCalledWith({ children: [PAYMENTS.name] });
    fireEvent.click(screen.getByRole('checkbox', { name: /flight_no/ }));
    expect(onChange).toHaveBeenLastCalledWith({ links: set.suggested });
    expect(await axe(container)).toHaveNoViolations();
  });

  it('says what a cut does, and takes it back', () => {
    const { container } = show({
      cut: [REFERRER.name],
      children: [PAYMENTS.name]
    });
    expect(node(container, REFERRER.name)).toHaveTextContent(
      'cut: referred_by becomes null'
    );
    fireEvent.click(box(container, REFERRER.name));
    expect(onChange).toHaveBeenLastCalledWith({ cut: [] });
    fireEvent.click(box(container, PAYMENTS.name));
    expect(onChange).toHaveBeenLastCalledWith({ children: [] });
  });
});

describe('Masks', () => {
  it('are those of all tables, each by its own name', async () => {
    const onChange = jest.fn();
    const { container } = render(
      <Masks
        plan={set}
        chosen={{}}
        isPlanning={false}
        trans={trans}
        onChange={onChange}
      />
    );
    expect(
      screen.getAllByRole('rowheader').map(one => one.textContent)
    ).toEqual([
      'public.bookings',
      'email',
      'company',
      'public.customers',
      'email'
    ]);
    fireEvent.change(screen.getByLabelText('Mask of public.customers.email'), {
      target: { value: 'null' }
    });
    expect(onChange).toHaveBeenCalledWith({ 'public.customers.email': 'null' });
    expect(await axe(container)).toHaveNoViolations();
  });
});

describe('Estimate', () => {
  it('tells rows, tables, size, time and the limit', () => {
    const { container } = render(
      <Estimate plan={set} isPlanning={false} trans={trans} />
    );
    expect(container).toHaveTextContent(
      'About 136,812 rows, of 2 tables, 24 MB, 1.6 min'
    );
    expect(container).toHaveTextContent(
      'reads 12 % of the table · at most 10 min'
    );
  });

  it('tells rows where nothing was estimated, no more than there are', () => {
    const { container } = render(
      <Estimate
        plan={{ ...plan, rows_estimate: 12 }}
        isPlanning={false}
        trans={trans}
      />
    );
    expect(container).toHaveTextContent(/^About 12 rows$/);
  });
});

describe('Recipes', () => {
  const recipe: SavedRecipe = {
    name: EVIL,
    request: { source: EVIL, table: EVIL } as SavedRecipe['request'],
    owner: EVIL,
    created: '2026-11-28T08:00:00.000Z',
    changed: '2026-11-28T08:00:00.000Z'
  };
  const props: IRecipesProps = {
    plan: set,
    recipes: [recipe],
    deleted: null,
    saved: null,
    failure: null,
    canSave: true,
    isPlanning: false,
    trans,
    onCopy: jest.fn(),
    onSave: jest.fn(),
    onUse: jest.fn(),
    onDelete: jest.fn(),
    onUndo: jest.fn()
  };

  it('shows the text, copies it, and takes any name as text', async () => {
    const { container } = render(<Recipes {...props} />);
    expect(screen.getByLabelText('The recipe as text')).toHaveValue(set.text);
    fireEvent.click(screen.getByRole('button', { name: 'Copy the recipe' }));
    expect(props.onCopy).toHaveBeenCalledWith(set.text);
    fireEvent.click(screen.getByRole('button', { name: `Use ${EVIL}` }));
    expect(props.onUse).toHaveBeenCalledWith(recipe);
    expect(container.querySelector('img')).toBeNull();
    expect(await axe(container)).toHaveNoViolations();
  });

  it('saves by Enter, and does not load the sample by it', () => {
    const onEnter = jest.fn();
    render(
      <div onKeyDown={onEnter}>
        <Recipes {...props} />
      </div>
    );
    const name = screen.getByLabelText('Name of the recipe');
    fireEvent.change(name, { target: { value: 'gold' } });
    fireEvent.keyDown(name, { key: 'Enter' });
    expect(props.onSave).toHaveBeenCalledWith('gold');
    expect(onEnter).not.toHaveBeenCalled();
  });

  it('saves nothing that is wrong, and brings back what was deleted', () => {
    render(<Recipes {...props} canSave={false} deleted={recipe} />);
    fireEvent.change(screen.getByLabelText('Name of the recipe'), {
      target: { value: 'gold' }
    });
    expect(screen.getByRole('button', { name: 'Save' })).toBeDisabled();
    fireEvent.click(screen.getByRole('button', { name: 'Undo' }));
    expect(props.onUndo).toHaveBeenCalled();
  });
});
