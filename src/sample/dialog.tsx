/** The dialog of a sample. Loaded when it is first opened. */

import {
  Dialog,
  ReactWidget,
  showDialog,
  UseSignal
} from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { SampleRequest } from '../api/types';
import type { IHeadwater } from '../tokens';
import { SamplePlanner } from './planner';
import { SampleView } from './view';

/** The body of the dialog; its value is the request. */
export class SampleBody
  extends ReactWidget
  implements Dialog.IBodyWidget<SampleRequest>
{
  constructor(planner: SamplePlanner, trans: TranslationBundle) {
    super();
    this._planner = planner;
    this._trans = trans;
    this.addClass('jp-Headwater-sampleBody');
    void planner.replan();
  }

  getValue(): SampleRequest {
    return this._planner.request;
  }

  override dispose(): void {
    this._planner.dispose();
    super.dispose();
  }

  protected render(): JSX.Element {
    const planner = this._planner;
    return (
      <UseSignal signal={planner.changed}>
        {() => (
          <Told onShown={() => this._judge()}>
            <SampleView
              plan={planner.plan}
              failure={planner.failure}
              form={planner.form}
              faults={planner.faults}
              isPlanning={planner.isPlanning}
              trans={this._trans}
              onChange={change => planner.change(change)}
              onRetry={() => void planner.replan()}
            />
          </Told>
        )}
      </UseSignal>
    );
  }

  /** The dialog looks for errors in its body when something is typed; ours may come later, with an answer. */
  private _judge(): void {
    this.node.dispatchEvent(new Event('input', { bubbles: true }));
  }

  private readonly _planner: SamplePlanner;
  private readonly _trans: TranslationBundle;
}

/** Tells when its children are on the page, each time they are. */
function Told(props: {
  onShown: () => void;
  children: React.ReactNode;
}): JSX.Element {
  React.useEffect(() => props.onShown());
  return <>{props.children}</>;
}

/** Ask how to draw; null when the user changed their mind. */
export async function askForSample(
  headwater: IHeadwater,
  source: string,
  table: string,
  trans: TranslationBundle
): Promise<SampleRequest | null> {
  const planner = new SamplePlanner(headwater, source, table, trans);
  const answer = await showDialog({
    title: trans.__('Sample of %1 from %2', table, source),
    body: new SampleBody(planner, trans),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      Dialog.okButton({ label: trans.__('Load Sample') })
    ]
  });
  return answer.button.accept ? answer.value : null;
}
