import { type FormEvent, useState } from "react";
import { signIn, type User } from "./session";

export function SignIn({ onUser }: { onUser: (user: User) => void }) {
  const [isNew, setNew] = useState(true);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const [name, email, password] = ["name", "email", "password"].map((field) => String(form.get(field) ?? ""));
    setBusy(true);
    setProblem("");
    await signIn(email!, password!, isNew ? name : undefined).then(onUser, (error: Error) => setProblem(error.message));
    setBusy(false);
  }

  return (
    <main className="sign-in">
      <form className="card" onSubmit={submit}>
        <img src="/icon.svg" alt="" width="44" height="44" />
        <h1>{isNew ? "Create an account" : "Welcome back"}</h1>
        {isNew && <label>Name<input name="name" autoComplete="name" required /></label>}
        <label>E-mail<input name="email" type="email" autoComplete="email" required /></label>
        <label>Password<input name="password" type="password" autoComplete={isNew ? "new-password" : "current-password"} required /></label>
        <p role="alert" className="problem">{problem}</p>
        <button className="primary" disabled={busy}>{isNew ? "Sign up" : "Sign in"}</button>
        <button type="button" className="link" onClick={() => (setNew(!isNew), setProblem(""))}>
          {isNew ? "I have an account: sign in" : "I am new here: sign up"}
        </button>
      </form>
    </main>
  );
}
