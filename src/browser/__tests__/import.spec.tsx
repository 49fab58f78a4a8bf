import { Dialog } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';
import { fireEvent, screen, waitFor } from '@testing-library/react';
import { axe } from 'jest-axe';
import { askForImport, suggestedName } from '../import-dialog';

const trans = nullTranslator.load('headwater');

// jsdom knows no modal dialogs and lays nothing out.
beforeAll(() => {
  // The dialog renders by itself, not by a test's hand.
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: false });
  HTMLDialogElement.prototype.showModal ??= function () {
    this.open = true;
  };
});
afterEach(() => Dialog.flush());

async function asked(path = 'work/Orders 2024.csv') {
  const answer = askForImport(path, trans);
  answer.catch(() => undefined);
  const name = await screen.findByLabelText<HTMLInputElement>('Dataset', {
    exact: false
  });
  const save = screen.getByText('Save as Version').closest('button');
  const type = (label: string, value: string): void =>
    void fireEvent.change(screen.getByLabelText(label), { target: { value } });
  return { answer, name, save: save as HTMLButtonElement, type };
}

describe('the name', () => {
  it.each([
    ['work/Orders 2024.csv', 'data.orders_2024'],
    ['a/--x.tar.gz', 'data.x'],
    ['.csv', 'data.table'],
    [`${'x'.repeat(300)}.csv`, `data.${'x'.repeat(123)}`]
  ])('suggested for %s is %s', (path, name) => {
    expect(suggestedName(path)).toBe(name);
  });

  it.each(['orders', 'a.b.c', '', 'sales.órders', '-a.b'])(
    '%p is asked for again, and nothing is lost',
    async wrong => {
      const { answer, name, save, type } = await asked();
      let answered = false;
      void answer.then(() => (answered = true));
      type('Dataset', wrong);
      type('Message', 'first load');
      await waitFor(() => expect(name).toHaveAttribute('aria-invalid', 'true'));
      fireEvent.keyDown(name, { key: 'Enter' });
      save.click();
      await Promise.resolve();
      expect(answered).toBe(false);
      expect(document.activeElement).toBe(name);
      type('Dataset', 'sales.orders');
      fireEvent.input(name);
      await waitFor(() => expect(save).toBeEnabled());
      save.click();
      expect(await answer).toEqual({
        path: 'work/Orders 2024.csv',
        name: 'sales.orders',
        message: 'first load',
        types: {}
      });
    }
  );
});

it('gives types to columns', async () => {
  const { answer, save, type } = await asked();
  fireEvent.click(screen.getByText('Give a type'));
  type('Column', 'zip, code');
  type('Type of zip, code', ' string ');
  save.click();
  expect((await answer)?.types).toEqual({ 'zip, code': 'string' });
});

it('leaves a type out that was taken back, and asks for one begun', async () => {
  const { answer, save, type } = await asked();
  fireEvent.click(screen.getByText('Give a type'));
  type('Column', 'zip');
  let answered = false;
  void answer.then(() => (answered = true));
  save.click();
  await Promise.resolve();
  expect(answered).toBe(false);
  fireEvent.click(screen.getByLabelText('Leave zip as it is read'));
  await waitFor(() => expect(screen.queryByLabelText('Column')).toBeNull());
  save.click();
  expect((await answer)?.types).toEqual({});
});

it('is given up without an answer', async () => {
  const { answer } = await asked();
  screen.getByText('Cancel').click();
  expect(await answer).toBeNull();
});

it('is accessible', async () => {
  await asked();
  fireEvent.click(screen.getByText('Give a type'));
  const form = document.querySelector('.jp-Headwater-form') as Element;
  expect(await axe(form)).toHaveNoViolations();
});
