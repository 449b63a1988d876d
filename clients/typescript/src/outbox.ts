import type { components } from "./api.js";
import { ME, type TaskClient } from "./client.js";
import { TaskApiError, unwrap } from "./errors.js";
import { newId } from "./ids.js";

export type Operation = components["schemas"]["Operation"];
export type Result = components["schemas"]["BatchResult"];
export type Detail = components["schemas"]["Detail"];
/** Why an operation will never be done. `message` can be shown to a person. */
export type Refusal = { status: number; code: string | undefined; details: Detail[]; message: string };

export interface OutboxOptions {
  /** What outlives a reload, such as `localStorage`. */
  storage: Pick<Storage, "length" | "key" | "getItem" | "setItem" | "removeItem">;
  /** Its name there. Put the user's id into it: what one has queued, another must not send. */
  name: string;
  /** An operation was done. It leaves the queue only when this has come back; so, too, where it was refused. */
  onDone?: (operation: Operation, result: Result) => unknown;
  /** An operation was refused, and is not tried again. */
  onRefused?: (operation: Operation, refusal: Refusal) => unknown;
}

type Entry = { item: string; operation: Operation };
/** What is sent together. It is stored before it is sent, and so is the same whenever it is sent again. */
type Batch = { key: string; entries: Entry[] };

/** Operations that wait for the API, in their order. Each is an item of its own, so that several tabs can add. */
export class Outbox {
  private turn: Promise<unknown> = Promise.resolve();
  private readonly prefix: string;
  private readonly current: string;

  constructor(private readonly client: TaskClient, private readonly options: OutboxOptions) {
    this.prefix = `${options.name}/operation/`;
    this.current = `${options.name}/batch`;
  }

  /** Queues an operation, and says which task it is about: a create without an id gets one. */
  add(operation: Operation): string {
    const id = operation.id ?? (operation.op === "create" ? operation.task.id : undefined) ?? newId();
    const last = Number(this.items().at(-1)?.slice(this.prefix.length).split("-")[0] ?? 0);
    const place = Math.max(Date.now(), last + 1).toString().padStart(15, "0"); // behind the last, whatever the clock says
    this.options.storage.setItem(`${this.prefix}${place}-${newId()}`, JSON.stringify({ ...operation, id }));
    return id;
  }

  /** What is queued, the oldest first. */
  pending(): Operation[] {
    return this.entries().map(({ operation }) => operation);
  }

  /**
   * Sends what is queued, batch by batch, and says how much is left: something, where the API could not be reached. What
   * is not about an operation, such as a token that is refused, is thrown. The queue then stays as it is.
   */
  async flush(): Promise<number> {
    const send = () => this.send();
    const locks = globalThis.navigator?.locks; // without them, two tabs send the same under the same key: it is done once
    await (locks ? locks.request(this.options.name, send) : (this.turn = this.turn.then(send, send)));
    return this.items().length;
  }

  private async send(): Promise<void> {
    for (let most = 100, batch; (batch = this.batch(most)); this.options.storage.removeItem(this.current)) {
      const params = { path: ME, header: { "Idempotency-Key": batch.key } };
      const body = { operations: batch.entries.map(({ operation }) => operation) };
      const call = unwrap(this.client.http.POST("/api/{user_id}/tasks/batch", { params, body }));
      const answer = await call.catch((error: unknown) => {
        if (error instanceof TaskApiError) return error;
        throw error;
      });
      most = 100;
      if (!(answer instanceof TaskApiError)) {
        for (const [index, { item, operation }] of batch.entries.entries()) {
          await this.options.onDone?.(operation, answer.results[index]!);
          this.options.storage.removeItem(item);
        }
      } else if (answer.passing) {
        return;
      } else {
        most = await this.takeOut(batch.entries, answer);
      }
    }
  }

  /** Takes out what was refused, and says how many operations to send next. */
  private async takeOut(entries: Entry[], error: TaskApiError): Promise<number> {
    const { status, message, body: { code, details = [] } } = error;
    const named = new Set(details.flatMap(({ operation }) => operation ?? []));
    if (named.size === 0) {
      // The whole is too large, or cannot be read. By which operation, shows when it is sent alone.
      if (code !== "payload_too_large" && !details.some(({ field }) => field === "body")) throw error;
      if (entries.length > 1) return Math.ceil(entries.length / 2);
      named.add(0);
    }
    for (const index of named) {
      const { item, operation } = entries[index]!;
      const its = details.filter((detail) => detail.operation === index);
      const text = its[0] ? `${its[0].field}: ${its[0].message}` : message;
      await this.options.onRefused?.(operation, { status, code, details: its, message: text });
      this.options.storage.removeItem(item);
    }
    return 100;
  }

  /** The batch that was under way, or else a new one from the front. */
  private batch(most: number): Batch | undefined {
    const left = this.options.storage.getItem(this.current);
    if (left !== null) return JSON.parse(left);
    const entries = this.entries().slice(0, most);
    const [first, last] = [entries[0], entries.at(-1)].map((entry) => entry?.item.slice(this.prefix.length));
    if (first === undefined) return undefined;
    const batch = { key: `${first}_${last}_${entries.length}`, entries }; // the same operations, the same key
    this.options.storage.setItem(this.current, JSON.stringify(batch));
    return batch;
  }

  private entries(): Entry[] {
    const stored = this.items().map((item) => ({ item, text: this.options.storage.getItem(item) }));
    return stored.flatMap(({ item, text }) => (text === null ? [] : [{ item, operation: JSON.parse(text) }]));
  }

  private items(): string[] {
    const { storage } = this.options;
    const keys = Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? "");
    return keys.filter((key) => key.startsWith(this.prefix)).sort();
  }
}
