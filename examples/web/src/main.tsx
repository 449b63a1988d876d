import { StrictMode, useEffect, useState } from "react";
import { createRoot } from "react-dom/client";
import { currentUser, remember, type User } from "./session";
import { SignIn } from "./SignIn";
import "./style.css";
import { Tasks } from "./Tasks";

function App() {
  const [user, setUser] = useState<User | "unknown" | undefined>("unknown");
  useEffect(() => void currentUser().then(setUser, () => setUser(undefined)), []);
  if (user === "unknown") return <p className="empty">One moment…</p>;
  if (!user) return <SignIn onUser={setUser} />;
  return <Tasks key={user.id} user={user} onSignedOut={() => (remember(undefined), setUser(undefined))} />;
}

createRoot(document.getElementById("root")!).render(<StrictMode><App /></StrictMode>);
if ("serviceWorker" in navigator) void navigator.serviceWorker.register("/sw.js");
