/** A user's tasks in this browser: a copy that follows the API's change feed, and an outbox for local changes. */
import { type Operation, Outbox, type Result, type Task, TaskApiError } from "task-api-client";
import { api, type User } from "./session";
import { expected } from "./view";

const POLL = 4000; // milliseconds between two requests for changes; ten times as long while the page is hidden

/** `tasks`: all tasks including the trash, in the manual order. `waiting`: the ids of tasks with unsent changes. */
export type Snapshot = { tasks: Task[]; waiting: Set<string>; reached: boolean; loaded: boolean };
type Tell = { failed(message: string): void; signedOut(): void };

export class Store {
  private copy = new Map<string, Task>();
  private since: string | undefined;
  private heard = false; // whether the API has answered since the last pause
  private reached = true;
  private wake = () => {};
  private listeners = new Set<() => void>();
  private snapshot!: Snapshot;
  private readonly name: string;
  private readonly outbox: Outbox;

  constructor(user: User, private readonly tell: Tell) {
    this.name = `tasks ${user.id}`;
    this.outbox = new Outbox(api, {
      storage: localStorage,
      name: `outbox ${user.id}`,
      onDone: (operation, result) => this.done(operation, result),
      onRefused: (_, { message }) => tell.failed(message),
    });
    this.load();
  }

  readonly subscribe = (listener: () => void) => (this.listeners.add(listener), () => void this.listeners.delete(listener));
  readonly current = () => this.snapshot;

  /** Applies the operation here at once, and sends it to the API as soon as that can be reached. */
  do(operation: Operation): void {
    this.outbox.add(operation);
    this.changed();
    void this.flush();
  }

  /** Sends the outbox and follows the change feed, until the returned function is called. */
  start(): () => void {
    const stopping = new AbortController();
    const { signal } = stopping;
    const wake = () => this.wake();
    for (const event of ["online", "focus", "visibilitychange"]) addEventListener(event, wake, { signal });
    addEventListener("offline", () => ((this.reached = false), this.changed()), { signal });
    addEventListener("storage", ({ key, newValue }) => {
      if (key === "user" && newValue === null) return this.tell.signedOut(); // in another tab
      return key === this.name && newValue !== null ? this.load() : this.changed();
    }, { signal });
    void this.flush();
    this.follow(signal).catch((error) => signal.aborted || this.failed(error));
    return () => (stopping.abort(), this.wake());
  }

  /** Loads the trash, because the change feed only says that a task was deleted. */
  async loadTrash(): Promise<void> {
    const trash: Task[] = [];
    for await (const { tasks } of api.pages({ deleted: true, limit: 500 })) trash.push(...tasks);
    for (const task of this.copy.values()) if (task.deleted_at !== null) this.copy.delete(task.id);
    trash.forEach((task) => this.take(task));
    this.changed();
  }

  /** Removes the copy from the browser. The outbox stays for the next sign-in. */
  forget(): void {
    localStorage.removeItem(this.name);
  }

  private async follow(signal: AbortSignal): Promise<void> {
    const wait = async () => {
      if (!this.heard) (this.reached = false), this.changed();
      this.heard = false;
      await new Promise<void>((awake) => setTimeout((this.wake = awake), document.hidden ? POLL * 10 : POLL));
      signal.throwIfAborted();
    };
    for await (const page of api.changes({ since: this.since, wait, signal })) {
      this.heard = true;
      if (page.fresh) this.copy.clear();
      page.tasks.forEach((task) => this.take(task));
      page.deleted.forEach((id) => this.bin(id));
      if (this.since !== page.next || !this.reached) {
        [this.since, this.reached] = [page.next, true];
        this.save();
        this.changed();
      }
      if (this.outbox.pending().length > 0) void this.flush();
    }
  }

  private async flush(): Promise<void> {
    await this.outbox.flush().catch((error) => this.failed(error));
    this.changed();
  }

  private done(operation: Operation, result: Result): void {
    if ("task" in result && result.task) this.take(result.task);
    else if (operation.op === "delete") this.bin(operation.id);
    this.save();
  }

  /** The answer to a write and the change feed can arrive in any order, so the higher revision wins. */
  private take(task: Task): void {
    if ((this.copy.get(task.id)?.revision ?? 0) <= task.revision) this.copy.set(task.id, task);
  }

  private bin(id: string): void {
    const task = this.copy.get(id);
    if (task?.deleted_at === null) this.copy.set(id, { ...task, deleted_at: new Date().toISOString() });
  }

  private failed(error: unknown): void {
    if (error instanceof TaskApiError && error.status === 401) return this.tell.signedOut();
    this.tell.failed(error instanceof Error ? error.message : String(error));
  }

  private load(): void {
    const { tasks = [], since }: { tasks?: Task[]; since?: string } = JSON.parse(localStorage.getItem(this.name) ?? "{}");
    this.copy = new Map(tasks.map((task) => [task.id, task]));
    this.since = since;
    this.changed();
  }

  private save(): void {
    try {
      localStorage.setItem(this.name, JSON.stringify({ tasks: [...this.copy.values()], since: this.since }));
    } catch {
      localStorage.removeItem(this.name); // the storage is full, so the next visit loads everything again
    }
  }

  private changed(): void {
    const pending = this.outbox.pending();
    const tasks = expected(this.copy.values(), pending);
    const waiting = new Set(pending.map(({ id }) => id ?? ""));
    this.snapshot = { tasks, waiting, reached: this.reached, loaded: this.since !== undefined };
    this.listeners.forEach((listener) => listener());
  }
}
