import { ServerConnection } from '@jupyterlab/services';
import { EventStream } from '../events';

class Socket {
  static made: Socket[] = [];
  onopen: () => void = () => undefined;
  onmessage: (message: { data: string }) => void = () => undefined;
  onclose: () => void = () => undefined;

  constructor(readonly url: string) {
    Socket.made.push(this);
  }

  tell(seq: number): void {
    const event = {
      seq,
      topic: 'version',
      subject: `a.b@v${seq}`,
      payload: {}
    };
    this.onmessage({ data: JSON.stringify(event) });
  }

  close(): void {
    this.onclose();
  }
}

const made = (): EventStream =>
  new EventStream({
    ...ServerConnection.makeSettings(),
    wsUrl: 'ws://127.0.0.1:1/',
    token: 'secret&',
    appendToken: true,
    WebSocket: Socket as unknown as typeof WebSocket
  });

beforeEach(() => {
  jest.useFakeTimers();
  Socket.made = [];
});
afterEach(() => void jest.useRealTimers());

describe('EventStream', () => {
  it('tells each event once, in order', () => {
    const stream = made();
    const told: number[] = [];
    stream.event.connect((_, event) => told.push(event.seq));
    stream.start();
    stream.start();
    expect(Socket.made).toHaveLength(1);
    Socket.made[0].onopen();
    [1, 2, 2, 1, 3].forEach(seq => Socket.made[0].tell(seq));
    expect(told).toEqual([1, 2, 3]);
  });

  it('comes back after a loss, ever later, from where it was', () => {
    const stream = made();
    const connected: boolean[] = [];
    stream.connectionChanged.connect((_, is) => connected.push(is));
    stream.start();
    Socket.made[0].onopen();
    Socket.made[0].tell(41);
    Socket.made[0].close();
    jest.advanceTimersByTime(500);
    expect(Socket.made).toHaveLength(2);
    expect(Socket.made[1].url).toContain('since=41');
    expect(Socket.made[1].url).toContain('token=secret%26');
    Socket.made[1].close();
    jest.advanceTimersByTime(500);
    expect(Socket.made).toHaveLength(2);
    jest.advanceTimersByTime(500);
    expect(Socket.made).toHaveLength(3);
    Socket.made[2].onopen();
    expect(connected).toEqual([true, false, true]);
    Socket.made[2].close();
    jest.advanceTimersByTime(500);
    expect(Socket.made).toHaveLength(4);
  });

  it('stays away once disposed', () => {
    const stream = made();
    stream.start();
    stream.dispose();
    jest.advanceTimersByTime(120_000);
    stream.start();
    expect(Socket.made).toHaveLength(1);
    expect(stream.isDisposed).toBe(true);
  });
});
