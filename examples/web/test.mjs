/** Tests the page in headless Chromium with the real servers, which `make demo-test` starts. */
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { after, before, test } from "node:test";
import axe from "axe-core";
import { chromium } from "playwright-core";

const { PAGE, CHROMIUM, SCREENSHOTS } = process.env;
const DESKTOP = { viewport: { width: 900, height: 630 }, colorScheme: "light" };
const PHONE = { viewport: { width: 390, height: 780 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true, colorScheme: "dark" };
const EMAIL = "ada@example.com", PASSWORD = "a password of hers";

let browser, page, phone; // two browsers of the same user, which only share the servers
let broken = false;
const problems = [];

/** A step of the test. After a failed step the others are skipped, because each continues the one before. */
const step = (name, does, options = {}) => test(name, options, async (t) => {
  if (broken) return t.skip();
  broken = true;
  await does();
  broken = false;
});

before(async () => {
  // The sandbox does not work as root, and we trust our own page. In containers /dev/shm is too small for Chromium.
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
  [page, phone] = [await open(DESKTOP), await open(PHONE)];
});
after(() => browser?.close());

async function open(options) {
  const context = await browser.newContext({ locale: "en-GB", ...options });
  context.setDefaultTimeout(10_000);
  const page = await context.newPage();
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (message) => message.text().includes("Content Security Policy") && problems.push(message.text()));
  await page.goto(PAGE);
  return page;
}

const inDays = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
const row = (page, title) => page.getByRole("listitem").filter({ hasText: title });
const tab = (page, name) => page.getByRole("group").getByRole("button", { name, exact: true }).click();
const titles = (page) => page.locator(".title").allTextContents();

async function add(page, title, priority = "none", due = "") {
  await page.getByRole("textbox", { name: "Title" }).fill(title);
  await page.getByLabel("Priority", { exact: true }).selectOption(priority);
  await page.getByLabel("Due", { exact: true }).fill(due);
  await page.getByRole("button", { name: "Add" }).click();
}

/** Waits until the values are equal, because the effect of a click or of another browser takes time. */
async function until(read, expected) {
  for (const end = Date.now() + 10_000; ; await new Promise((passed) => setTimeout(passed, 50))) {
    const found = await read();
    if (JSON.stringify(found) === JSON.stringify(expected)) return;
    if (Date.now() > end) assert.deepEqual(found, expected);
  }
}

const saved = (page) => page.getByText("Saved", { exact: true }).waitFor();

async function accessible(page) {
  await page.evaluate(axe.source);
  for (const viewport of [DESKTOP.viewport, PHONE.viewport]) {
    for (const colorScheme of ["light", "dark"]) {
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme });
      const { violations } = await page.evaluate(() => globalThis.axe.run());
      const found = violations.flatMap(({ id, nodes }) => nodes.map(({ failureSummary, html }) => `${id}: ${failureSummary} ${html}`));
      assert.deepEqual(found, [], `${viewport.width} px wide, ${colorScheme}`);
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false, "it scrolls sideways");
    }
  }
  await page.setViewportSize(DESKTOP.viewport);
  await page.emulateMedia({ colorScheme: DESKTOP.colorScheme });
}

step("the sign-in form is accessible and shows errors", async () => {
  await page.getByRole("button", { name: "I have an account: sign in" }).click();
  await page.getByLabel("E-mail").fill(EMAIL);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("alert").filter({ hasText: "Invalid email or password" }).waitFor();
  await accessible(page);
});

step("a user signs up and creates tasks", async () => {
  await page.getByRole("button", { name: "I am new here: sign up" }).click();
  await page.getByLabel("Name").fill("Ada");
  await page.getByRole("button", { name: "Sign up" }).click();
  await page.getByText("Nothing to do.").waitFor();
  await add(page, "Book the ferry to Naxos", "high", inDays(19));
  await add(page, "Water the plants", "low");
  await add(page, "Read the chapter on row-level security", "medium", inDays(4));
  await add(page, "Call the dentist", "none", inDays(-2));
  await add(page, "Return the library books");
  await until(async () => (await titles(page)).length, 5);
  await saved(page);
});

step("the token is only in memory", async () => {
  const stored = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]));
  assert.ok(stored.includes("Water the plants") && !/eyJ/.test(stored), stored);
});

step("a refusal is shown in the API's words, and the task is not kept", async () => {
  await add(page, "x".repeat(201));
  await page.getByRole("alert").filter({ hasText: "title: must be 1 to 200 characters, got 201" }).waitFor();
  await until(async () => (await titles(page)).length, 5);
  await page.getByRole("button", { name: "Dismiss" }).click();
});

step("a task is completed, and tasks are searched, filtered and sorted", async () => {
  await row(page, "Return the library books").getByRole("checkbox").check();
  await tab(page, "Done");
  await until(() => titles(page), ["Return the library books"]);
  await tab(page, "To do");
  await page.getByRole("searchbox", { name: "Search" }).fill("THE ");
  await until(async () => (await titles(page)).length, 4);
  await page.getByLabel("Priority shown").selectOption("high");
  await until(() => titles(page), ["Book the ferry to Naxos"]);
  await page.getByLabel("Priority shown").selectOption("");
  await page.getByRole("searchbox", { name: "Search" }).fill("");
  await page.getByLabel("Order").selectOption("due_date");
  await until(async () => (await titles(page))[0], "Call the dentist");
  await page.getByLabel("Order").selectOption("position");
  await tab(page, "All");
});

step("the order can be changed with the keyboard, which keeps the focus, and by dragging", async () => {
  const handle = page.getByRole("button", { name: "Move Book the ferry to Naxos" });
  await handle.press("ArrowDown");
  await page.getByRole("status").filter({ hasText: "“Book the ferry to Naxos” is now 2 of 5." }).waitFor();
  assert.ok(await handle.evaluate((node) => node === document.activeElement));
  await page.keyboard.press("ArrowUp");
  await until(async () => (await titles(page)).indexOf("Book the ferry to Naxos"), 0);
  const from = await row(page, "Call the dentist").locator(".handle").boundingBox();
  const to = await row(page, "Water the plants").boundingBox();
  await page.mouse.move(from.x + 8, from.y + 8);
  await page.mouse.down();
  await page.mouse.move(from.x + 8, to.y + 40, { steps: 4 });
  await page.mouse.move(from.x + 8, to.y + 4, { steps: 4 });
  await page.mouse.up();
  const order = ["Book the ferry to Naxos", "Call the dentist", "Water the plants", "Read the chapter on row-level security", "Return the library books"];
  await until(() => titles(page), order);
  await saved(page);
  await page.reload();
  await until(() => titles(page), order);
});

step("another browser shows all tasks, and later changes too", async () => {
  await phone.getByRole("button", { name: "I have an account: sign in" }).click();
  await phone.getByLabel("E-mail").fill(EMAIL);
  await phone.getByLabel("Password").fill(PASSWORD);
  await phone.getByRole("button", { name: "Sign in", exact: true }).click();
  await until(async () => (await titles(phone)).length, 5);
  assert.deepEqual(await titles(phone), await titles(page));
  await row(page, "Water the plants").getByRole("checkbox").check();
  await row(phone, "Water the plants").getByRole("checkbox", { checked: true }).waitFor();
});

step("a deleted task is in the trash and is restored to its place", async () => {
  const before = await titles(page);
  await page.getByRole("button", { name: "Delete Call the dentist" }).click();
  await page.getByRole("status").filter({ hasText: "is in the trash" }).waitFor();
  await until(async () => (await titles(phone)).length, 4);
  await tab(phone, "Trash");
  await until(() => titles(phone), ["Call the dentist"]);
  await phone.getByRole("button", { name: "Restore Call the dentist" }).click();
  await tab(phone, "All");
  for (const one of [page, phone]) await until(() => titles(one), before);
});

step("the list and the trash are accessible", async () => {
  await accessible(page);
  await page.getByRole("button", { name: "Delete Call the dentist" }).click();
  await tab(page, "Trash");
  await row(page, "Call the dentist").waitFor();
  await accessible(page);
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByText("The trash is empty.").waitFor();
  await page.waitForFunction(() => document.activeElement !== document.body); // the button is gone, the focus is not
  await tab(page, "All");
});

step("offline changes survive a reload and are sent later", async () => {
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => {}));
  await page.context().setOffline(true);
  await add(page, "Buy sunscreen", "low");
  await row(page, "Return the library books").getByRole("checkbox").uncheck();
  await page.getByText("Offline, 2 to send").waitFor();
  await page.reload();
  await page.getByText("Offline, 2 to send").waitFor();
  await row(page, "Buy sunscreen").getByText("not sent yet").waitFor();
  assert.ok(!(await titles(phone)).includes("Buy sunscreen"));
  await page.context().setOffline(false);
  await saved(page);
  await row(phone, "Buy sunscreen").waitFor();
  await row(phone, "Return the library books").getByRole("checkbox", { checked: false }).waitFor();
  assert.equal((await titles(page)).filter((title) => title === "Buy sunscreen").length, 1);
});

step("screenshots", async () => {
  await mkdir("screenshots", { recursive: true });
  for (const one of [page, phone]) await one.reload();
  await row(phone, "Buy sunscreen").waitFor();
  await page.screenshot({ path: "screenshots/desktop-light.png" });
  await phone.screenshot({ path: "screenshots/phone-dark.png" });
}, { skip: !SCREENSHOTS });

step("signing out leaves nothing in the browser", async () => {
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Create an account" }).waitFor();
  assert.deepEqual(await page.evaluate(() => Object.keys(localStorage)), []);
});

step("no script failed, and the page loaded nothing that its policy forbids", () => assert.deepEqual(problems, []));
