/** Events of the ledger, whoever caused them, over one WebSocket that comes back by itself. */

import { URLExt } from '@jupyterlab/coreutils';
import type { ServerConnection } from '@jupyterlab/services';
import type { IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';
import { API } from './client';
import type { HeadwaterEvent } from './types';

export interface IEventStream {
  /** Each event once, in the order of the ledger. */
  readonly event: ISignal<IEventStream, HeadwaterEvent>;
  /** Emitted when the connection is made (true) or lost (false). */
  readonly connectionChanged: ISignal<IEventStream, boolean>;
  readonly isConnected: boolean;
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;

export class EventStream implements IEventStream, IDisposable {
  constructor(settings: ServerConnection.ISettings) {
    this._settings = settings;
  }

  get event(): ISignal<IEventStream, HeadwaterEvent> {
    return this._event;
  }

  get connectionChanged(): ISignal<IEventStream, boolean> {
    return this._connectionChanged;
  }

  get isConnected(): boolean {
    return this._isConnected;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Connect, and again after each loss, until disposed. */
  start(): void {
    if (this._isDisposed || this._socket !== null) {
      return;
    }
    const socket = new this._settings.WebSocket(this._url());
    this._socket = socket;
    socket.onopen = () => {
      this._wait = FIRST_WAIT_MS;
      this._connected(true);
    };
    socket.onmessage = (message: MessageEvent<string>) => {
      const event = JSON.parse(message.data) as HeadwaterEvent;
      if (event.seq > this._seq) {
        this._seq = event.seq;
        this._event.emit(event);
      }
    };
    socket.onclose = () => {
      this._socket = null;
      this._connected(false);
      this._again();
    };
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    window.clearTimeout(this._timer);
    this._socket?.close();
    Signal.clearData(this);
  }

  private _again(): void {
    if (this._isDisposed) {
      return;
    }
    this._timer = window.setTimeout(() => this.start(), this._wait);
    this._wait = Math.min(this._wait * 2, LONGEST_WAIT_MS);
  }

  private _connected(connected: boolean): void {
    if (connected !== this._isConnected) {
      this._isConnected = connected;
      this._connectionChanged.emit(connected);
    }
  }

  private _url(): string {
    const { wsUrl, token, appendToken } = this._settings;
    const query: Record<string, string> = {};
    if (this._seq > 0) {
      query.since = String(this._seq);
    }
    if (appendToken && token) {
      query.token = token;
    }
    return (
      URLExt.join(wsUrl, API, 'events') + URLExt.objectToQueryString(query)
    );
  }

  private readonly _settings: ServerConnection.ISettings;
  private readonly _event = new Signal<IEventStream, HeadwaterEvent>(this);
  private readonly _connectionChanged = new Signal<IEventStream, boolean>(this);
  private _socket: WebSocket | null = null;
  private _isConnected = false;
  private _isDisposed = false;
  private _seq = 0;
  private _timer = 0;
  private _wait = FIRST_WAIT_MS;
}
