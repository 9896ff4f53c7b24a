/**
 * Drives a real Chromium through the DevTools protocol over a pipe (file descriptors 3 and 4, messages end in
 * NUL), with nothing but Node.js. Invariant: the process and its profile are gone after `close`.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';

const names = ['chromium', 'chromium-browser', 'google-chrome'] as const;

/** The browser to use: `$CHROMIUM_BIN`, or the first on the PATH. Undefined if there is none. */
export function findChromium(): string | undefined {
  const given = process.env['CHROMIUM_BIN'] ?? '';
  const directories = (process.env['PATH'] ?? '')
    .split(path.delimiter)
    .filter((directory) => directory !== '');
  const candidates =
    given === '' ? names.flatMap((name) => directories.map((at) => path.join(at, name))) : [given];
  return candidates.find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

type Parameters = Readonly<Record<string, unknown>>;
interface Message {
  readonly id?: number;
  readonly sessionId?: string;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
}

export class Browser {
  readonly #process: ChildProcess;
  readonly #profile: string;
  readonly #input: Writable;
  readonly #waiting = new Map<
    number,
    { resolve: (result: Message['result']) => void; reject: (e: Error) => void }
  >();
  readonly #pages = new Map<string, Page>();
  #lastId = 0;
  #unread = '';

  private constructor(binary: string) {
    this.#profile = mkdtempSync(path.join(tmpdir(), 'etcd-sim-chromium-'));
    const flags = [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--force-color-profile=srgb',
      '--remote-debugging-pipe',
      `--user-data-dir=${this.#profile}`,
    ];
    this.#process = spawn(binary, [...flags, 'about:blank'], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    });
    this.#input = this.#process.stdio[3] as Writable;
    const output = this.#process.stdio[4] as Readable;
    this.#input.on('error', () => undefined);
    output.setEncoding('utf8').on('data', (text: string) => this.#read(text));
    const fail = (error: Error) => {
      for (const { reject } of this.#waiting.values()) reject(error);
      this.#waiting.clear();
    };
    this.#process.on('error', fail);
    this.#process.on('exit', (code) => fail(new Error(`Chromium ended with code ${String(code)}`)));
  }

  static async launch(binary: string): Promise<Browser> {
    const browser = new Browser(binary);
    await browser.send('Browser.getVersion');
    return browser;
  }

  /** A page of its own, that records the browser's complaints. */
  async newPage(size: { readonly width: number; readonly height: number }): Promise<Page> {
    const { targetId } = await this.send('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await this.send('Target.attachToTarget', { targetId, flatten: true });
    const page = new Page(this, String(sessionId));
    this.#pages.set(String(sessionId), page);
    await page.begin(size);
    return page;
  }

  async send(method: string, params: Parameters = {}, sessionId?: string): Promise<Record<string, unknown>> {
    const id = ++this.#lastId;
    const answer = new Promise<Message['result']>((resolve, reject) =>
      this.#waiting.set(id, { resolve, reject }),
    );
    this.#input.write(
      `${JSON.stringify({ id, method, params, ...(sessionId === undefined ? {} : { sessionId }) })}\0`,
    );
    return (await answer) ?? {};
  }

  async close(): Promise<void> {
    const gone = this.#process.exitCode === null ? once(this.#process, 'exit') : undefined;
    await this.send('Browser.close').catch(() => this.#process.kill('SIGKILL'));
    await gone;
    await rm(this.#profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }

  #read(text: string): void {
    const messages = (this.#unread + text).split('\0');
    this.#unread = messages.pop() ?? '';
    for (const message of messages) this.#receive(JSON.parse(message) as Message);
  }

  #receive({ id, sessionId, method, params, result, error }: Message): void {
    if (id === undefined) {
      if (method !== undefined) this.#pages.get(sessionId ?? '')?.tell(method, params ?? {});
      return;
    }
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === undefined) waiting?.resolve(result);
    else waiting?.reject(new Error(error.message));
  }
}

/** Keys that can be held while another is pressed. */
export const CTRL = 2;
export const SHIFT = 8;

export class Page {
  /** Errors and warnings on the console, uncaught exceptions, violations of the Content-Security-Policy. */
  readonly complaints: string[] = [];
  /** Every URL it requested. */
  readonly requests: string[] = [];
  readonly #browser: Browser;
  readonly #sessionId: string;
  readonly #listeners = new Map<string, () => void>();

  constructor(browser: Browser, sessionId: string) {
    this.#browser = browser;
    this.#sessionId = sessionId;
  }

  async begin(size: { readonly width: number; readonly height: number }): Promise<void> {
    for (const domain of ['Page', 'Runtime', 'Log', 'Network', 'Audits']) await this.send(`${domain}.enable`);
    await this.send('Emulation.setDeviceMetricsOverride', { ...size, deviceScaleFactor: 1, mobile: false });
  }

  /** Opens a page and waits until it is loaded and drawn. */
  async open(url: string): Promise<void> {
    const loaded = new Promise<void>((resolve) => this.#listeners.set('Page.loadEventFired', resolve));
    await this.send('Page.navigate', { url });
    await loaded;
    await this.nextFrame();
  }

  /** The value of an expression; of a promise, what it resolves to. */
  async evaluate<T>(expression: string): Promise<T> {
    const answer = await this.send('Runtime.evaluate', {
      expression,
      awaitPromise: true,
      returnByValue: true,
    });
    if (answer['exceptionDetails'] !== undefined) throw new Error(JSON.stringify(answer['exceptionDetails']));
    return (answer['result'] as { readonly value: T }).value;
  }

  /** Waits until the changes are drawn. */
  async nextFrame(): Promise<void> {
    await this.evaluate(
      'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(0))))',
    );
  }

  /** Presses a key, such as `+` or `ArrowLeft`, while others are held. */
  async press(key: string, modifiers = 0): Promise<void> {
    const text = key.length === 1 ? { text: key } : {};
    await this.send('Input.dispatchKeyEvent', { type: 'keyDown', key, modifiers, ...text });
    await this.send('Input.dispatchKeyEvent', { type: 'keyUp', key, modifiers });
    await this.nextFrame();
  }

  async mouse(type: 'mouseMoved' | 'mousePressed' | 'mouseReleased', x: number, y: number): Promise<void> {
    const button = type === 'mouseMoved' ? {} : { button: 'left', clickCount: 1 };
    await this.send('Input.dispatchMouseEvent', { type, x, y, ...button });
    await this.nextFrame();
  }

  async wheel(x: number, y: number, deltaY: number, modifiers = 0): Promise<void> {
    await this.send('Input.dispatchMouseEvent', { type: 'mouseWheel', x, y, deltaX: 0, deltaY, modifiers });
    await this.nextFrame();
  }

  async screenshot(): Promise<Buffer> {
    const { data } = await this.send('Page.captureScreenshot', { format: 'png' });
    return Buffer.from(String(data), 'base64');
  }

  async send(method: string, params: Parameters = {}): Promise<Record<string, unknown>> {
    return this.#browser.send(method, params, this.#sessionId);
  }

  tell(method: string, params: Record<string, unknown>): void {
    switch (method) {
      case 'Runtime.exceptionThrown':
      case 'Audits.issueAdded':
        this.complaints.push(`${method}: ${JSON.stringify(params)}`);
        break;
      case 'Runtime.consoleAPICalled':
        this.complaints.push(`console: ${JSON.stringify(params['args'])}`);
        break;
      case 'Log.entryAdded': {
        const entry = params['entry'] as { readonly text: string };
        this.complaints.push(`log: ${entry.text}`);
        break;
      }
      case 'Network.requestWillBeSent':
        this.requests.push((params['request'] as { readonly url: string }).url);
        break;
      default:
        this.#listeners.get(method)?.();
    }
  }
}
