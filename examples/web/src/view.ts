/** The tasks that are shown: the copy with the outbox's operations applied, filtered and sorted. */
import type { Operation, Task } from "task-api-client";

export type Show = "all" | "pending" | "completed" | "trash";
export type Sort = "position" | "due_date" | "priority" | "title" | "created_at";
export type Query = { show: Show; priority: string; search: string; sort: Sort };

export const PRIORITIES = ["none", "low", "medium", "high"] as const;

/** All tasks in the manual order, as they will be after these operations. */
export function expected(tasks: Iterable<Task>, operations: Operation[]): Task[] {
  const list = [...tasks].sort((a, b) => compare(a.position, b.position) || compare(a.id, b.id));
  const placeOf = (id: string | null | undefined) => list.findIndex((task) => task.id === id);
  for (const operation of operations) {
    const at = placeOf(operation.id);
    const task = list[at];
    if (operation.op === "create") list.push(...(task ? [] : [draft(operation)]));
    else if (!task) continue;
    else if (operation.op === "complete") list[at] = { ...task, completed: operation.completed };
    else if (operation.op === "delete") list[at] = { ...task, deleted_at: now() };
    else if (operation.op === "restore") list[at] = { ...task, deleted_at: null };
    else if (operation.op === "move") {
      list.splice(at, 1);
      list.splice(operation.before ? placeOf(operation.before) : placeOf(operation.after) + 1, 0, task);
    }
  }
  return list;
}

/** The tasks that match the query, in its order. The API's list has the same filters and orders. */
export function chosen(tasks: Task[], { show, priority, search, sort }: Query): Task[] {
  const text = search.trim().toLowerCase();
  const found = tasks.filter((task) =>
    (task.deleted_at !== null) === (show === "trash") &&
    (show === "all" || show === "trash" || task.completed === (show === "completed")) &&
    (priority === "" || task.priority === priority) &&
    `${task.title}\n${task.description ?? ""}`.toLowerCase().includes(text));
  return sort === "position" ? found : found.sort(ORDERS[sort]);
}

const compare = <T,>(a: T, b: T) => (a < b ? -1 : a > b ? 1 : 0);
const now = () => new Date().toISOString();
const dueOf = ({ due_date: due }: Task) => (due === null ? "~" : due.length === 10 ? `${due}T23:59:59Z` : due); // none is last
const ORDERS: Record<Exclude<Sort, "position">, (a: Task, b: Task) => number> = {
  due_date: (a, b) => compare(dueOf(a), dueOf(b)),
  priority: (a, b) => PRIORITIES.indexOf(b.priority) - PRIORITIES.indexOf(a.priority),
  title: (a, b) => a.title.localeCompare(b.title),
  created_at: (a, b) => compare(b.created_at, a.created_at),
};

/** A task that the API does not know yet. */
function draft({ id, task }: Extract<Operation, { op: "create" }>): Task {
  const { title, priority, due_date = null } = task; // the form has only these fields
  const times = { created_at: now(), updated_at: now(), completed_at: null, deleted_at: null };
  const rest = { owner_user_id: "", position: "~", revision: 0, completed: false, description: null, tags: [] };
  return { ...rest, ...times, id: id ?? "", title, priority: priority ?? "none", due_date };
}
