import { Suspense } from "react";
import { callApiOnServer } from "@/lib/server-tasks";
import type { Task } from "@/lib/tasks";

export default function Page() {
  return (
    <Suspense fallback="Loading">
      <Titles />
    </Suspense>
  );
}

async function Titles() {
  const response = await callApiOnServer("/api/me/tasks?status=pending");
  if (!response.ok) return <p role="alert">{(await response.json()).detail}</p>;
  const tasks: Task[] = await response.json();
  return <ol>{tasks.map((task) => <li key={task.id}>{task.title}</li>)}</ol>;
}
