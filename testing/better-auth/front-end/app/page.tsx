"use client";

import { useEffect, useState } from "react";
import { authClient } from "@/lib/auth-client";
import { createTask, forgetToken, listTasks, type Task } from "@/lib/tasks";

export default function Home() {
  const { data, isPending } = authClient.useSession();
  if (isPending) return null;
  return data ? <Tasks key={data.user.id} /> : <SignIn />;
}

function SignIn() {
  const [problem, setProblem] = useState("");

  async function enter(form: FormData, isNew: boolean) {
    const email = String(form.get("email"));
    const password = String(form.get("password"));
    forgetToken();
    const { error } = isNew
      ? await authClient.signUp.email({ email, password, name: email })
      : await authClient.signIn.email({ email, password });
    setProblem(error ? (error.message ?? "That did not work.") : "");
  }

  return (
    <form>
      <input name="email" type="email" placeholder="E-mail address" required />
      <input name="password" type="password" placeholder="Password" minLength={8} required />
      <button formAction={(form) => enter(form, false)}>Sign in</button>
      <button formAction={(form) => enter(form, true)}>Sign up</button>
      <p role="alert">{problem}</p>
    </form>
  );
}

function Tasks() {
  const [tasks, setTasks] = useState<Task[]>([]);
  const [problem, setProblem] = useState("");

  useEffect(() => {
    listTasks().then(setTasks, (error: Error) => setProblem(error.message));
  }, []);

  async function add(form: FormData) {
    try {
      const task = await createTask(String(form.get("title")));
      setTasks((others) => [task, ...others]);
      setProblem("");
    } catch (error) {
      setProblem((error as Error).message);
    }
  }

  async function leave(how: () => Promise<{ error: { message?: string } | null }>) {
    const { error } = await how();
    if (error) return setProblem(error.message ?? "That did not work.");
    forgetToken();
  }

  return (
    <main>
      <form action={add}>
        <input name="title" placeholder="What is to be done?" required />
        <button>Add</button>
      </form>
      <ul>{tasks.map((task) => <li key={task.id}>{task.title}</li>)}</ul>
      <p role="alert">{problem}</p>
      <button onClick={() => leave(() => authClient.signOut())}>Sign out</button>
      <button onClick={() => leave(() => authClient.deleteUser())}>Delete my account and all my tasks</button>
    </main>
  );
}
