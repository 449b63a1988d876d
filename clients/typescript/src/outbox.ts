import type { components } from "./api.js";
import { ME, type TaskClient } from "./client.js";
import { outcome, TaskApiError } from "./errors.js";
import { newId } from "./ids.js";

export type Operation = components["schemas"]["Operation"];
export type Result = components["schemas"]["BatchResult"];
export type Detail = components["schemas"]["Detail"];
/** Why an operation will never be done. `message` can be shown to a person. */
export type Refusal = { status: number; code: string | undefined; details: Detail[]; message: string };

export interface OutboxOptions {
  /** A storage that survives a reload, such as `localStorage`. */
  storage: Pick<Storage, "length" | "key" | "getItem" | "setItem" | "removeItem">;
  /** The outbox's name in the storage. Include the user's id, so that another user does not send these operations. */
  name: string;
  /** An operation was done. It leaves the queue after this has returned. The same is true for `onRefused`. */
  onDone?: (operation: Operation, result: Result) => unknown;
  /** An operation was refused, and is not retried. */
  onRefused?: (operation: Operation, refusal: Refusal) => unknown;
}

type Entry = { item: string; operation: Operation };
/** Operations that are sent together. A batch is stored before it is sent, so that a retry sends the same one. */
type Batch = { key: string; entries: Entry[] };

/**
 * A queue of operations for the API. Each is a separate item in the storage, so that several tabs can add operations. A
 * line feed separates the outbox's name from the rest of an item's name. No user id contains one, so no other user's
 * items have the same prefix.
 */
export class Outbox {
  private turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly client: TaskClient, private readonly options: OutboxOptions) {}

  /** Queues an operation and returns the id of its task. A create without an id gets a new one. */
  add(operation: Operation): string {
    const id = operation.id ?? (operation.op === "create" ? operation.task.id : undefined) ?? newId();
    const last = Number(this.entries().at(-1)?.item.split("\n")[1]!.split("-")[0] ?? 0);
    const place = `${Math.max(Date.now(), last + 1)}`.padStart(15, "0"); // after the last one, even with a wrong clock
    this.options.storage.setItem(`${this.options.name}\n${place}-${newId()}`, JSON.stringify({ ...operation, id }));
    return id;
  }

  /** The queued operations, oldest first. */
  pending(): Operation[] {
    return this.entries().map(({ operation }) => operation);
  }

  /**
   * Sends the queue in batches. Returns how many operations are left, which is not 0 if the API could not be reached. A
   * refusal that is not about an operation, such as a refused token, is thrown, and the queue stays as it is.
   */
  async flush(): Promise<number> {
    const send = () => this.send();
    const locks = globalThis.navigator?.locks; // without locks, two tabs send one batch with one key, so it is done once
    await (locks ? locks.request(this.options.name, send) : (this.turn = this.turn.then(send, send)));
    return this.entries().length;
  }

  private async send(): Promise<void> {
    for (let most = 100, batch; (batch = this.batch(most)); this.options.storage.removeItem(this.options.name)) {
      const params = { path: ME, header: { "Idempotency-Key": batch.key } };
      const body = { operations: batch.entries.map(({ operation }) => operation) };
      const answer = await outcome(this.client.http.POST("/api/{user_id}/tasks/batch", { params, body }));
      if (answer instanceof TaskApiError) {
        if (answer.passing) return;
        most = await this.removeRefused(batch.entries, answer);
        continue;
      }
      for (const [index, { item, operation }] of batch.entries.entries()) {
        await this.options.onDone?.(operation, answer.results[index]!);
        this.options.storage.removeItem(item);
      }
      most = 100;
    }
  }

  /** Removes refused operations from the queue. Returns how many operations to send next. */
  private async removeRefused(entries: Entry[], error: TaskApiError): Promise<number> {
    const { status, message, body: { code, details = [] } } = error;
    const named = new Set(details.flatMap(({ operation }) => operation ?? []));
    if (named.size === 0) {
      // The batch is too large or cannot be read. Smaller batches show which operation is the reason.
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

  /** The batch that was already stored, or a new one from the start of the queue. */
  private batch(most: number): Batch | undefined {
    const left = this.options.storage.getItem(this.options.name);
    if (left !== null) return JSON.parse(left);
    const entries = this.entries().slice(0, most);
    if (entries.length === 0) return undefined;
    const [first, last] = [entries[0]!, entries.at(-1)!].map(({ item }) => item.split("\n")[1]);
    const batch = { key: `${first}_${last}_${entries.length}`, entries }; // the same operations, the same key
    this.options.storage.setItem(this.options.name, JSON.stringify(batch));
    return batch;
  }

  private entries(): Entry[] {
    const { storage } = this.options;
    const keys = Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? "");
    const items = keys.filter((key) => key.startsWith(`${this.options.name}\n`)).sort();
    const entries = items.map((item) => ({ item, operation: JSON.parse(storage.getItem(item) ?? "null") }));
    return entries.filter(({ operation }) => operation !== null); // another tab may have just removed it
  }
}
