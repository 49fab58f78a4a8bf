/** Tabs by the ARIA pattern: arrows move, one is in the tab order. */

import * as React from 'react';

export interface ITab<Id extends string> {
  id: Id;
  label: string;
}

export function Tabs<Id extends string>(props: {
  tabs: readonly ITab<Id>[];
  current: Id;
  label: string;
  /** Prefix of element ids, unique on the page. */
  idPrefix: string;
  onChange: (id: Id) => void;
}): JSX.Element {
  const { tabs, current, onChange } = props;
  const list = React.useRef<HTMLDivElement>(null);
  const move = (event: React.KeyboardEvent): void => {
    const place = tabs.findIndex(tab => tab.id === current);
    const last = tabs.length - 1;
    const next: Record<string, number> = {
      ArrowRight: place === last ? 0 : place + 1,
      ArrowLeft: place === 0 ? last : place - 1,
      Home: 0,
      End: last
    };
    const to = next[event.key];
    if (to !== undefined) {
      event.preventDefault();
      onChange(tabs[to].id);
      list.current?.querySelectorAll<HTMLElement>('[role=tab]')[to]?.focus();
    }
  };
  return (
    <div
      ref={list}
      className="jp-Headwater-tabs"
      role="tablist"
      aria-label={props.label}
      onKeyDown={move}
    >
      {tabs.map(tab => (
        <button
          key={tab.id}
          type="button"
          role="tab"
          id={`${props.idPrefix}-tab-${tab.id}`}
          aria-controls={`${props.idPrefix}-panel-${tab.id}`}
          aria-selected={tab.id === current}
          tabIndex={tab.id === current ? 0 : -1}
          onClick={() => onChange(tab.id)}
        >
          {tab.label}
        </button>
      ))}
    </div>
  );
}

/** The panel of the tab `id`. */
export function TabPanel(props: {
  id: string;
  idPrefix: string;
  children: React.ReactNode;
}): JSX.Element {
  return (
    <div
      className="jp-Headwater-tabPanel"
      role="tabpanel"
      id={`${props.idPrefix}-panel-${props.id}`}
      aria-labelledby={`${props.idPrefix}-tab-${props.id}`}
    >
      {props.children}
    </div>
  );
}
