import { type FormEvent, useEffect, useRef, useState, useSyncExternalStore } from "react";
import { newId, type NewTask, type Task } from "task-api-client";
import { Row, useDrag } from "./Row";
import { signOut, type User } from "./session";
import { Store } from "./store";
import { chosen, PRIORITIES, type Query, type Show, type Sort } from "./view";

const SHOWS: Record<Show, string> = { all: "All", pending: "To do", completed: "Done", trash: "Trash" };
const SORTS: Record<Sort, string> = {
  position: "My order", due_date: "Due date", priority: "Priority", created_at: "Newest", title: "Title",
};
const EMPTY: Record<Show, string> = {
  all: "Nothing to do. Add your first task above.", pending: "All done.", completed: "Nothing is done yet.",
  trash: "The trash is empty.",
};

export function Tasks({ user, onSignedOut }: { user: User; onSignedOut: () => void }) {
  const [error, setError] = useState("");
  const [notice, setNotice] = useState<{ text: string; undo?: () => void }>({ text: "" });
  const [query, setQuery] = useState<Query>({ show: "all", priority: "", search: "", sort: "position" });
  const [store] = useState(() => new Store(user, { failed: setError, signedOut: onSignedOut }));
  const { tasks, waiting, reached, loaded } = useSyncExternalStore(store.subscribe, store.current);
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => store.start(), [store]);
  const ask = (part: Partial<Query>) => setQuery({ ...query, ...part });

  const shown = chosen(tasks, query);
  const isTrash = query.show === "trash";
  const isMovable = query.sort === "position" && !isTrash && shown.length > 1;
  const emptyText = query.search || query.priority ? "No task matches." : EMPTY[query.show];
  const left = tasks.filter((task) => !task.deleted_at && !task.completed).length;

  function move(from: number, to: number) {
    const task = shown[from]!;
    const others = shown.toSpliced(from, 1);
    if (from === to || to < 0 || to > others.length) return;
    store.do({ op: "move", id: task.id, ...(to > 0 ? { after: others[to - 1]!.id } : { before: others[0]!.id }) });
    setNotice({ text: `“${task.title}” is now ${to + 1} of ${shown.length}.` });
  }

  /** Keeps the keyboard's focus nearby when the focused row disappears. */
  function focusNear(index: number, control: string) {
    requestAnimationFrame(() => {
      const row = list.current?.children[Math.min(index, shown.length - 2)];
      (row?.querySelector<HTMLElement>(control) ?? document.getElementById("new-title"))?.focus();
    });
  }

  function remove(task: Task, index: number) {
    store.do({ op: "delete", id: task.id });
    setNotice({ text: `“${task.title}” is in the trash.`, undo: () => (restore(task), focusNear(index, ".delete")) });
    focusNear(index, ".delete");
  }

  function restore({ id, title }: Task, index?: number) {
    store.do({ op: "restore", id });
    setNotice({ text: `“${title}” was restored.` });
    if (index !== undefined) focusNear(index, ".restore");
  }

  function complete({ id }: Task, completed: boolean, index: number) {
    store.do({ op: "complete", id, completed });
    if (query.show !== "all") focusNear(index, "input");
  }

  function open(show: Show) {
    setQuery({ ...query, show });
    if (show === "trash") void store.loadTrash().catch(({ message }) => setError(message));
  }

  const leave = () => signOut().then(() => (store.forget(), onSignedOut()), ({ message }) => setError(message));

  const drag = useDrag(list, move);
  const handleOf = (index: number) => (
    { place: `${index + 1} of ${shown.length}`, onStep: (by: number) => move(index, index + by), ...drag.handle(index) });
  return (
    <>
      <header>
        <h1><img src="/icon.svg" alt="" width="28" height="28" /> Tasks</h1>
        <p className={`state ${reached ? "" : "offline"}`}>
          {reached && (waiting.size > 0 ? "Saving…" : "Saved")}
          <span role="status">{!reached && (waiting.size > 0 ? `Offline, ${waiting.size} to send` : "Offline")}</span>
        </p>
        <button className="link" onClick={leave}>Sign out<span className="hidden">, {user.name}</span></button>
      </header>
      <main>
        <NewTaskForm onTask={(task) => store.do({ op: "create", id: newId(), task })} />
        <section className="tools" aria-label="What is shown">
          <div className="tabs" role="group" aria-label="Which tasks">
            {Object.entries(SHOWS).map(([show, label]) => (
              <button key={show} aria-pressed={query.show === show}
                onClick={() => open(show as Show)}>{label}</button>
            ))}
          </div>
          <input type="search" aria-label="Search" placeholder="Search" value={query.search}
            onChange={({ target }) => ask({ search: target.value })} />
          <select aria-label="Priority shown" value={query.priority} onChange={({ target }) => ask({ priority: target.value })}>
            <option value="">Any priority</option>
            {PRIORITIES.toReversed().map((priority) => <option key={priority} value={priority}>{labelOf(priority)}</option>)}
          </select>
          <select aria-label="Order" value={query.sort} onChange={({ target }) => ask({ sort: target.value as Sort })}>
            {Object.entries(SORTS).map(([sort, label]) => <option key={sort} value={sort}>{label}</option>)}
          </select>
        </section>
        <p role="alert" className="problem">
          {error && <>{error} <button className="link" onClick={() => setError("")}>Dismiss</button></>}
        </p>
        <ul ref={list} className={drag.active ? "list dragging" : "list"} aria-label={SHOWS[query.show]}>
          {shown.map((task, index) => (
            <Row key={task.id} task={task} waits={waiting.has(task.id)} shift={drag.shiftOf(index)}
              onComplete={(completed) => complete(task, completed, index)}
              onDelete={() => remove(task, index)} onRestore={() => restore(task, index)}
              handle={isMovable ? handleOf(index) : undefined} />
          ))}
        </ul>
        {shown.length === 0 && <p className="empty">{loaded || !reached ? emptyText : "One moment…"}</p>}
        <p className="foot">{isTrash ? "Deleted tasks stay here for 30 days." : `${left} to do`}</p>
        <p id="keys" className="hidden">Arrow up and arrow down move the task.</p>
      </main>
      <div className="notice" role="status">
        {notice.text}
        {notice.undo && <button className="link" onClick={notice.undo}>Undo</button>}
        {notice.text && <button className="link" aria-label="Dismiss" onClick={() => setNotice({ text: "" })}>✕</button>}
      </div>
    </>
  );
}

function NewTaskForm({ onTask }: { onTask: (task: NewTask) => void }) {
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = event.currentTarget;
    const { title, priority, due_date } = Object.fromEntries(new FormData(form)) as Record<string, string>;
    onTask({ title: title!, priority: priority as NonNullable<NewTask["priority"]>, due_date: due_date || null });
    form.reset();
    form.querySelector("input")!.focus();
  }
  return (
    <form className="card new" onSubmit={submit} aria-label="New task">
      <input id="new-title" name="title" aria-label="Title" placeholder="What is to be done?" autoComplete="off" required />
      <select name="priority" aria-label="Priority">
        {PRIORITIES.map((priority) => <option key={priority} value={priority}>{priority === "none" ? "Priority" : labelOf(priority)}</option>)}
      </select>
      <input name="due_date" type="date" aria-label="Due" />
      <button className="primary">Add</button>
    </form>
  );
}

const labelOf = (priority: string) => (priority === "none" ? "No priority" : priority[0]!.toUpperCase() + priority.slice(1));
