/** The second click: what is drawn, what comes along, what is masked, what it costs. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { SamplePlan } from '../api/types';
import { formatNumber } from '../ui/format';
import {
  ErrorState,
  FailureNotice,
  type IFailure,
  Skeleton
} from '../ui/states';
import { TabPanel, Tabs } from '../ui/tabs';
import { Estimate } from './estimate';
import type { ISampleForm, SampleFaults } from './form';
import { countMasked, Masks } from './masks';
import { MethodFields } from './method';
import { Related } from './related';

type SampleTab = 'masks' | 'related' | 'recipes';

export interface ISampleViewProps {
  plan: SamplePlan | null;
  failure: IFailure | null;
  form: ISampleForm;
  faults: SampleFaults;
  isPlanning: boolean;
  /** The choice of the root table. */
  tableField: React.ReactNode;
  /** The recipe as text and the saved ones, of this plan. */
  recipes: (plan: SamplePlan) => React.ReactNode;
  trans: TranslationBundle;
  onChange: (change: Partial<ISampleForm>) => void;
  onRetry: () => void;
}

export function SampleView(props: ISampleViewProps): JSX.Element {
  const { plan, trans } = props;
  return (
    <div className="jp-Headwater jp-Headwater-sample">
      {props.tableField}
      {plan ? (
        <Planned {...props} plan={plan} />
      ) : props.failure ? (
        <ErrorState
          failure={props.failure}
          onRetry={props.onRetry}
          trans={trans}
        />
      ) : (
        <Skeleton rows={14} label={trans.__('Planning the sample')} />
      )}
    </div>
  );
}

function Planned(props: ISampleViewProps & { plan: SamplePlan }): JSX.Element {
  const { plan, form, trans, onChange } = props;
  const [tab, setTab] = React.useState<SampleTab>('masks');
  const idPrefix = React.useId();
  const { masked, columns } = countMasked(plan, form.masks);
  const others = form.related ? (plan.tables ?? []).length - 1 : 0;
  return (
    <>
      <FailureNotice failure={props.failure} />
      <MethodFields {...props} />
      <p className="jp-Headwater-dim">
        {plan.key.length > 0
          ? trans.__(
              'The same seed draws the same rows again: each is chosen by a hash of its key (%1). About %2 rows are there.',
              plan.key.join(', '),
              plan.rows_estimate === null
                ? '?'
                : formatNumber(plan.rows_estimate)
            )
          : trans.__('The table has no key that rows could be chosen by.')}
      </p>
      {plan.warnings.map(warning => (
        <p key={warning} className="jp-Headwater-notice">
          {warning}
        </p>
      ))}
      <Tabs
        tabs={[
          {
            id: 'masks',
            label: trans._n(
              '%1 of %2 columns is masked',
              '%1 of %2 columns are masked',
              masked,
              columns
            )
          },
          {
            id: 'related',
            label:
              others > 0
                ? trans.__('Related tables (%1)', formatNumber(others))
                : trans.__('Related tables')
          },
          { id: 'recipes', label: trans.__('Recipe') }
        ]}
        current={tab}
        label={trans.__('Of this sample')}
        idPrefix={idPrefix}
        onChange={setTab}
      />
      <TabPanel id={tab} idPrefix={idPrefix}>
        {tab === 'masks' && (
          <Masks
            plan={plan}
            chosen={form.masks}
            isPlanning={props.isPlanning}
            trans={trans}
            onChange={masks => onChange({ masks })}
          />
        )}
        {tab === 'related' && <Related {...props} />}
        {tab === 'recipes' && props.recipes(plan)}
      </TabPanel>
      <Estimate plan={plan} isPlanning={props.isPlanning} trans={trans} />
    </>
  );
}
