import { type KeyboardEvent, type PointerEvent, type RefObject, useState } from "react";
import type { Task } from "task-api-client";

const GAP = 8; // pixels between two rows, as in style.css

type Handle = { place: string; onStep: (by: 1 | -1) => void } & ReturnType<ReturnType<typeof useDrag>["handle"]>;
type Actions = { onComplete: (completed: boolean) => void; onDelete: () => void; onRestore: () => void };
type Props = Actions & { task: Task; waits: boolean; shift: number | undefined; handle: Handle | undefined };

export function Row({ task, waits, shift, handle, onComplete, onDelete, onRestore }: Props) {
  const { title, completed, priority, due_date: due, tags } = task;
  const { place, onStep, ...pointer } = handle ?? {};
  const step = (event: KeyboardEvent) => {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key] as 1 | -1 | undefined;
    if (by) (event.preventDefault(), onStep?.(by));
  };
  return (
    <li className={`row ${completed ? "done" : ""}`} style={shift === undefined ? {} : { translate: `0 ${shift}px` }}>
      {handle && (
        <button className="handle" aria-label={`Move ${title}, ${place}`} aria-describedby="keys" onKeyDown={step} {...pointer}>
          <svg viewBox="0 0 16 16" width="16" fill="currentColor" aria-hidden="true"><path d="M5 3h2v2H5zm4 0h2v2H9zM5 7h2v2H5zm4 0h2v2H9zm-4 4h2v2H5zm4 0h2v2H9z" /></svg>
        </button>
      )}
      <label>
        {!task.deleted_at && <input type="checkbox" checked={completed} onChange={({ target }) => onComplete(target.checked)} />}
        <span className="what">
          <span className="title">{title}</span>
          {waits && <span className="fact">not sent yet</span>}
          {tags.map((tag) => <span key={tag} className="fact">#{tag}</span>)}
          {due && <time dateTime={due} className={`fact ${isLate(task) ? "late" : ""}`}>{isLate(task) && "since "}{dayOf(due)}</time>}
          {priority !== "none" && <span className={`fact ${priority}`}>{priority}</span>}
        </span>
      </label>
      {task.deleted_at
        ? <button className="restore" onClick={onRestore}>Restore<span className="hidden"> {title}</span></button>
        : <button className="delete" aria-label={`Delete ${title}`} onClick={onDelete}>×</button>}
    </li>
  );
}

/** Dragging with mouse or finger. The other rows make room meanwhile, and the order changes at the end. */
export function useDrag(list: RefObject<HTMLUListElement | null>, onMove: (from: number, to: number) => void) {
  const [drag, setDrag] = useState<{ from: number; to: number; start: number; dy: number; middles: number[]; room: number }>();
  const handle = (index: number) => ({
    onPointerDown({ button, clientY, currentTarget, pointerId }: PointerEvent<HTMLElement>) {
      if (button !== 0) return;
      currentTarget.setPointerCapture(pointerId);
      const boxes = Array.from(list.current!.children, (row) => row.getBoundingClientRect());
      const middles = boxes.map(({ top, height }) => top + height / 2);
      setDrag({ from: index, to: index, start: clientY, dy: 0, middles, room: boxes[index]!.height + GAP });
    },
    onPointerMove({ clientY }: PointerEvent) {
      if (!drag) return;
      const dy = clientY - drag.start;
      const middle = drag.middles[drag.from]! + dy;
      setDrag({ ...drag, dy, to: drag.middles.filter((other, at) => at !== drag.from && other < middle).length });
    },
    onPointerUp() {
      if (drag) onMove(drag.from, drag.to);
      setDrag(undefined);
    },
    onPointerCancel: () => setDrag(undefined),
  });
  function shiftOf(index: number): number | undefined {
    if (!drag) return undefined;
    if (index === drag.from) return drag.dy;
    if (drag.from < index && index <= drag.to) return -drag.room;
    return drag.to <= index && index < drag.from ? drag.room : 0;
  }
  return { active: drag !== undefined, handle, shiftOf };
}

/** A due day is the same everywhere. A due time is shown on its local day. */
const dateOf = (due: string) => new Date(due.length === 10 ? `${due}T00:00` : due);
const yearOf = (date: Date) => (date.getFullYear() === new Date().getFullYear() ? {} : { year: "numeric" } as const);
const dayOf = (due: string) =>
  dateOf(due).toLocaleDateString(undefined, { day: "numeric", month: "short", ...yearOf(dateOf(due)) });
const isLate = ({ completed, due_date: due }: Task) => !completed && due !== null && dateOf(due) < new Date(new Date().toDateString());
