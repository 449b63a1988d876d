//! Compares the list, the trash, the export and the change feed with a model: a vector of tasks. Tasks, filters,
//! orders, pages, batches, and edits between pages are random. `FAULTS=long` makes a longer run, `FAULTS_SEED` repeats
//! one.

use std::{
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet},
    env,
    time::{SystemTime, UNIX_EPOCH},
};

use operations::SCHEMA;
use rand_chacha::{
    ChaCha8Rng,
    rand_core::{RngCore, SeedableRng},
};
use serde_json::{Value, json};
use testing::{Api, User};
use uuid::Uuid;

use crate::{list::next, path, start};

const TITLES: [&str; 8] = ["Milk", "milk", "Éclair", "eggs", "Zoo", "ähre 100%", "a_b", "\u{10ffff}"];
const TAGS: [&str; 4] = ["home", "work", "Home", "日本"];
const PRIORITIES: [&str; 4] = ["none", "low", "medium", "high"];
const DUE: [&str; 6] =
    ["2026-12-01", "2026-12-02", "2026-12-01T23:59:59.999999Z", "2026-12-02T00:00:00Z", "1970-01-01", "9999-12-31"];
const SORTS: [&str; 6] = ["created_at", "updated_at", "due_date", "priority", "title", "position"];

#[tokio::test]
async fn the_api_agrees_with_a_model_on_random_queries_and_writes() {
    let steps = if testing::is_long() { 6_000 } else { 400 };
    let now = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let seed = env::var("FAULTS_SEED").map_or_else(|_| now(), |seed| seed.parse().expect("a seed is a number"));
    testing::tell(&format!("model: FAULTS_SEED={seed}"));
    let api = start().await;
    let mut model = Model {
        alice: api.user("alice"),
        tasks: Vec::new(),
        follower: Follower::default(),
        random: Random(ChaCha8Rng::seed_from_u64(seed)),
    };
    for step in 0..steps {
        match model.random.below(40) {
            _ if model.tasks.len() < 8 => drop(model.write().await),
            0 => model.follow(step).await,
            1 => model.export(step).await,
            2 => model.batch(step).await,
            3 if step % 7 == 0 => model.purge(&api).await,
            4 if step % 31 == 0 => model.erase().await,
            5..20 => model.list(step).await,
            _ => drop(model.write().await),
        }
    }
    model.follow(steps).await;
    model.counters_are_right(&api).await;
}

struct Random(ChaCha8Rng);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0.next_u32() as usize % limit
    }

    fn one_in(&mut self, number: usize) -> bool {
        self.below(number) == 0
    }

    fn of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }
}

/// The tasks as the API returned them, in the manual order, including those in the trash.
struct Model<'a> {
    alice: User<'a>,
    tasks: Vec<Value>,
    follower: Follower,
    random: Random,
}

/// What a client knows that only reads the change feed.
#[derive(Default)]
struct Follower {
    next: Option<String>,
    tasks: BTreeMap<String, Value>,
}

fn id(task: &Value) -> String {
    task["id"].as_str().unwrap().to_owned()
}

fn is_deleted(task: &Value) -> bool {
    !task["deleted_at"].is_null()
}

impl Model<'_> {
    /// Does one write. Returns the ids of the tasks that it changed.
    async fn write(&mut self) -> BTreeSet<String> {
        let random = &mut self.random;
        let at = random.below(self.tasks.len().max(1));
        // Keep between 8 and 40 tasks, so that every list can be read page by page.
        let what = match self.tasks.len() {
            ..8 => 0,
            8..=40 => random.below(9),
            _ => 8,
        };
        if what > 2 && is_deleted(&self.tasks[at]) {
            return self.restore_or_remove(at).await;
        }
        match what {
            0..=2 => {
                let mut body = fields(random);
                body["title"] = json!(random.of(&TITLES));
                if random.one_in(3) {
                    body["id"] = json!(Uuid::from_u128(u128::from(random.0.next_u64())));
                }
                let answer = self.alice.post("/api/me/tasks").json(body).send().await;
                assert_eq!(answer.status, 201, "{answer:?}");
                self.tasks.push(answer.json().clone());
                BTreeSet::from([id(answer.json())])
            }
            3..=4 => {
                let answer = self.alice.patch(&path(&self.tasks[at])).json(fields(random)).send().await;
                assert_eq!(answer.status, 200, "{answer:?}");
                self.tasks[at] = answer.json().clone();
                BTreeSet::from([id(answer.json())])
            }
            5 => {
                let answer = self.alice.patch(&format!("{}/complete", path(&self.tasks[at]))).send().await;
                self.tasks[at] = answer.json().clone();
                BTreeSet::from([id(answer.json())])
            }
            6 => self.move_task(at).await,
            7 => {
                let answer = self.alice.delete(&path(&self.tasks[at])).send().await;
                assert_eq!(answer.status, 204, "{answer:?}");
                let newest = "/api/me/tasks?deleted=true&sort=updated_at&limit=1";
                let trash = self.alice.get(newest).send().await;
                let deleted = trash.json()[0].clone();
                assert_eq!(id(&deleted), id(&self.tasks[at]));
                assert!(is_deleted(&deleted), "{deleted}");
                self.tasks[at] = deleted.clone();
                BTreeSet::from([id(&deleted)])
            }
            _ => {
                let target = format!("{}?permanent=true", path(&self.tasks[at]));
                let answer = self.alice.delete(&target).send().await;
                assert_eq!(answer.status, 204, "{answer:?}");
                BTreeSet::from([id(&self.tasks.remove(at))])
            }
        }
    }

    /// Restores a task from the trash or deletes it for good. Asserts that other operations do not find it.
    async fn restore_or_remove(&mut self, at: usize) -> BTreeSet<String> {
        let target = path(&self.tasks[at]);
        for missing in [self.alice.get(&target), self.alice.delete(&target), self.alice.patch(&target).json(json!({}))]
        {
            assert_eq!(missing.send().await.status, 404);
        }
        if self.random.one_in(3) {
            let answer = self.alice.delete(&format!("{target}?permanent=true")).send().await;
            assert_eq!(answer.status, 204, "{answer:?}");
            return BTreeSet::from([id(&self.tasks.remove(at))]);
        }
        let answer = self.alice.post(&format!("{target}/restore")).send().await;
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(answer.json()["position"], self.tasks[at]["position"], "it is restored to its place");
        self.tasks[at] = answer.json().clone();
        BTreeSet::from([id(answer.json())])
    }

    /// Sends a batch: it creates a task and changes some others.
    async fn batch(&mut self, step: usize) {
        let mut body = fields(&mut self.random);
        body["title"] = json!(self.random.of(&TITLES));
        let made = Uuid::from_u128(u128::from(self.random.0.next_u64()));
        let mut operations = vec![json!({ "op": "create", "id": made, "task": body })];
        let (first, count) = (self.random.below(self.tasks.len()), 1 + self.random.below(5));
        let concerned: Vec<_> = (first..self.tasks.len().min(first + count)).collect();
        for at in &concerned {
            let task = &self.tasks[*at];
            let (id, if_match) = (&task["id"], &task["revision"]);
            operations.push(match self.random.below(3) {
                _ if is_deleted(task) => json!({ "op": "restore", "id": id, "if_match": if_match }),
                0 => json!({ "op": "update", "id": id, "task": fields(&mut self.random), "if_match": if_match }),
                1 => json!({ "op": "complete", "id": id, "completed": self.random.one_in(2) }),
                _ => json!({ "op": "delete", "id": id, "if_match": if_match }),
            });
        }
        let answer = self.alice.post("/api/me/tasks/batch").json(json!({ "operations": operations })).send().await;
        assert_eq!(answer.status, 200, "step {step}: {answer:?}");
        let results = answer.json()["results"].as_array().unwrap();
        assert_eq!(results.len(), operations.len());
        for (at, result) in concerned.into_iter().zip(&results[1..]) {
            if result["status"] == 204 {
                let trash = self.alice.get("/api/me/tasks?deleted=true&limit=500").send().await;
                let trash = trash.json().as_array().unwrap();
                self.tasks[at] = trash.iter().find(|task| id(task) == id(&self.tasks[at])).unwrap().clone();
            } else {
                self.tasks[at] = result["task"].clone();
            }
        }
        assert_eq!(results[0]["task"]["id"], json!(made));
        self.tasks.push(results[0]["task"].clone());
    }

    /// Reads the change feed, and asserts that it leads to the same tasks as the list.
    async fn follow(&mut self, step: usize) {
        loop {
            let limit = 1 + self.random.below(6);
            let since = self.follower.next.as_ref().map_or_else(String::new, |next| format!("&since={next}"));
            let answer = self.alice.get(&format!("/api/me/tasks/changes?limit={limit}{since}")).send().await;
            if answer.status == 410 {
                self.follower = Follower::default(); // the account was erased
                continue;
            }
            assert_eq!(answer.status, 200, "step {step}: {answer:?}");
            let page = answer.json();
            for task in page["tasks"].as_array().unwrap() {
                self.follower.tasks.insert(id(task), task.clone());
            }
            for deleted in page["deleted"].as_array().unwrap() {
                self.follower.tasks.remove(deleted.as_str().unwrap());
            }
            self.follower.next = Some(page["next"].as_str().unwrap().to_owned());
            if page["more"] == false {
                break;
            }
        }
        let live = self.tasks.iter().filter(|task| !is_deleted(task)).map(|task| (id(task), task.clone()));
        assert_eq!(self.follower.tasks, live.collect(), "step {step}");
    }

    /// Compares the export: all tasks including the trash, newest first.
    async fn export(&mut self, step: usize) {
        let mut exported = Vec::new();
        let mut target = Some(format!("/api/me/export?limit={}", 1 + self.random.below(9)));
        while let Some(here) = target {
            let answer = self.alice.get(&here).send().await;
            assert_eq!(answer.status, 200, "step {step}: {answer:?}");
            exported.extend(answer.json().as_array().unwrap().iter().cloned());
            target = next(answer.header("link"));
        }
        let mut expected = self.tasks.clone();
        let key = |task: &Value| (task["created_at"].as_str().unwrap().to_owned(), id(task));
        expected.sort_by_key(|task| std::cmp::Reverse(key(task)));
        assert_eq!(exported, expected, "step {step}");
    }

    /// Ages half of the trash by a month, and purges it.
    async fn purge(&mut self, api: &Api) {
        let deleted: Vec<_> = self.tasks.iter().filter(|task| is_deleted(task)).map(id).collect();
        let old: Vec<Uuid> = deleted.iter().step_by(2).map(|id| id.parse().unwrap()).collect();
        let client = api.database().connect().await;
        let age = "update tasks set deleted_at = deleted_at - interval '31 days' where id = any ($1)";
        client.execute(age, &[&old]).await.unwrap();
        let purge = format!("select * from {SCHEMA}.purge_trash('', 3000, 1000)");
        client.query(&purge, &[]).await.unwrap();
        self.tasks.retain(|task| !old.contains(&id(task).parse().unwrap()));
    }

    /// Erases the account. Tags and cursors from before must not match afterwards.
    async fn erase(&mut self) {
        let list = self.alice.get("/api/me/tasks?limit=1").send().await;
        let (etag, cursor) = (list.header("etag").unwrap().to_owned(), next(list.header("link")));
        let before = self.tasks.pop().unwrap();
        assert_eq!(self.alice.delete("/api/me").send().await.status, 204);
        self.tasks.clear();
        let again = json!({ "id": before["id"], "title": "again" });
        let answer = self.alice.post("/api/me/tasks").json(again).send().await;
        assert_eq!(answer.status, 201, "{answer:?}");
        self.tasks.push(answer.json().clone());
        let tag = format!("\"2.{}\"", before["revision"]);
        let write = self.alice.patch(&path(&before)).header("if-match", &tag).json(json!({})).send().await;
        assert_eq!(write.status, 412, "{write:?}");
        let read = self.alice.get("/api/me/tasks").header("if-none-match", &etag).send().await;
        assert_eq!(read.status, 200, "{read:?}");
        if let Some(cursor) = cursor {
            assert_eq!(self.alice.get(&cursor).send().await.status, 400);
        }
    }

    async fn move_task(&mut self, at: usize) -> BTreeSet<String> {
        let task = self.tasks.remove(at);
        // The place is beside a task that is not in the trash, or at an end.
        let mut to = self.random.below(self.tasks.len() + 1);
        while to.checked_sub(1).is_some_and(|ahead| is_deleted(&self.tasks[ahead]))
            || self.tasks.get(to).is_some_and(is_deleted)
        {
            to = self.random.below(self.tasks.len() + 1);
        }
        let body = if self.random.one_in(2) {
            json!({ "after": to.checked_sub(1).map(|before| self.tasks[before]["id"].clone()) })
        } else {
            json!({ "before": self.tasks.get(to).map(|behind| behind["id"].clone()) })
        };
        let answer = self.alice.post(&format!("{}/move", path(&task))).json(body).send().await;
        assert_eq!(answer.status, 200, "{answer:?}");
        self.tasks.insert(to, answer.json().clone());
        let positions: Vec<_> = self.tasks.iter().map(|task| task["position"].as_str().unwrap()).collect();
        assert!(positions.is_sorted_by(|one, other| one < other), "{positions:?}");
        BTreeSet::from([task["id"].as_str().unwrap().to_owned()])
    }

    /// Compares all pages of one list, sometimes with writes between them.
    async fn list(&mut self, step: usize) {
        let asked = Asked::at_random(&mut self.random);
        let mut expected: Vec<_> = self.tasks.iter().filter(|task| asked.lets_through(task)).cloned().collect();
        expected.sort_by(|one, other| asked.compare(one, other));
        let case = format!("step {step}: {}", asked.query);
        let offset = if self.random.one_in(4) { self.random.below(expected.len() + 3) } else { 0 };
        let is_edited = self.random.one_in(2);
        let (mut seen, mut touched, mut is_first) = (Vec::new(), BTreeSet::new(), true);
        let mut target = Some(format!("/api/me/tasks?{}&offset={offset}", asked.query));
        while let Some(here) = target {
            let answer = self.alice.get(&here).send().await;
            assert_eq!(answer.status, 200, "{case}: {answer:?}");
            if is_first {
                assert_eq!(answer.header("x-total-count"), Some(&*expected.len().to_string()), "{case}");
            }
            seen.extend(answer.json().as_array().unwrap().iter().cloned());
            target = next(answer.header("link"));
            if is_edited && target.is_some() {
                touched.extend(self.write().await);
            }
            is_first = false;
        }
        let untouched = |task: &&Value| !touched.contains(task["id"].as_str().unwrap());
        let seen: Vec<_> = seen.iter().filter(untouched).collect();
        let expected: Vec<_> = expected.iter().skip(offset).filter(untouched).collect();
        assert_eq!(seen, expected, "{case}");
    }

    async fn counters_are_right(&self, api: &Api) {
        let sql = "select pending_tasks, completed_tasks, revision,
                       (select count(*) from tasks where not completed and deleted_at is null),
                       (select count(*) from tasks where completed and deleted_at is null),
                       (select max(revision) from tasks), deleted_tasks,
                       (select count(*) from tasks where deleted_at is not null)
                   from users";
        let row = api.database().connect().await.query_one(sql, &[]).await.unwrap();
        let [pending, completed, revision, is_pending, is_completed, newest, deleted, is_deleted] =
            [0, 1, 2, 3, 4, 5, 6, 7].map(|at| row.get::<_, i64>(at));
        assert_eq!((pending, completed, deleted), (is_pending, is_completed, is_deleted));
        assert!(newest <= revision);
    }
}

/// Random fields of a task.
fn fields(random: &mut Random) -> Value {
    let mut body = json!({});
    let mut set = |random: &mut Random, name: &str, value: Value| {
        if !random.one_in(3) {
            body[name] = value;
        }
    };
    let (priority, due, has_due) = (random.of(&PRIORITIES), random.of(&DUE), random.one_in(2));
    let tags: Vec<_> = TAGS.into_iter().filter(|_| random.one_in(3)).collect();
    let description = random.of(&[None, Some("Two litres of MILK"), Some("100% ÉTÉ"), Some("")]);
    set(random, "priority", json!(priority));
    set(random, "due_date", if has_due { json!(due) } else { json!(null) });
    set(random, "tags", json!(tags));
    set(random, "description", json!(description));
    body
}

/// A list request, as a query and as the model applies it.
#[derive(Default)]
struct Asked {
    query: String,
    in_trash: bool,
    status: Option<bool>,
    priorities: Vec<&'static str>,
    tags: Vec<&'static str>,
    search: &'static str,
    due_before: Option<&'static str>,
    due_after: Option<&'static str>,
    sort: &'static str,
    is_descending: bool,
}

impl Asked {
    fn at_random(random: &mut Random) -> Self {
        let mut asked = Self { sort: random.of(&SORTS), is_descending: random.one_in(2), ..Self::default() };
        let order = if asked.is_descending { "desc" } else { "asc" };
        let mut query = vec![format!("sort={}&order={order}&limit={}&count=true", asked.sort, 1 + random.below(7))];
        if random.one_in(4) {
            asked.in_trash = true;
            query.push("deleted=true".to_owned());
        }
        if random.one_in(2) {
            let completed = random.one_in(2);
            asked.status = Some(completed);
            query.push(format!("status={}", if completed { "completed" } else { "pending" }));
        }
        if random.one_in(3) {
            asked.priorities = vec![random.of(&PRIORITIES), random.of(&PRIORITIES)];
            query.push(format!("priority={}", asked.priorities.join(",")));
        }
        if random.one_in(4) {
            asked.tags = vec![random.of(&TAGS)];
            query.push(format!("tags={}", asked.tags.join(",")));
        }
        if random.one_in(3) {
            asked.search = random.of(&["MIL", "é", "%", "_", "nothing", "o"]);
            query.push(format!("search={}", asked.search.replace('%', "%25")));
        }
        if random.one_in(4) {
            asked.due_before = Some(random.of(&DUE));
            query.extend(asked.due_before.map(|due| format!("due_before={due}")));
        }
        if random.one_in(4) {
            asked.due_after = Some(random.of(&DUE));
            query.extend(asked.due_after.map(|due| format!("due_after={due}")));
        }
        asked.query = query.join("&");
        asked
    }

    fn lets_through(&self, task: &Value) -> bool {
        let due = task["due_date"].as_str().map(end);
        let found =
            |text: &Value| text.as_str().is_some_and(|text| text.to_lowercase().contains(&self.search.to_lowercase()));
        is_deleted(task) == self.in_trash
            && self.status.is_none_or(|completed| task["completed"] == completed)
            && (self.priorities.is_empty() || self.priorities.iter().any(|priority| task["priority"] == *priority))
            && self.tags.iter().all(|tag| task["tags"].as_array().unwrap().contains(&json!(tag)))
            && (self.search.is_empty() || found(&task["title"]) || found(&task["description"]))
            && self.due_before.is_none_or(|bound| due.as_ref().is_some_and(|due| *due < begin(bound)))
            && self.due_after.is_none_or(|bound| due.as_ref().is_some_and(|due| *due > end(bound)))
    }

    fn compare(&self, one: &Value, other: &Value) -> Ordering {
        let text = |task: &Value, name: &str| task[name].as_str().unwrap().to_owned();
        let rank = |task: &Value| PRIORITIES.iter().position(|name| task["priority"] == *name);
        let never = |task: &Value| task["due_date"].is_null();
        let by_key = match self.sort {
            "created_at" | "position" => text(one, self.sort).cmp(&text(other, self.sort)),
            "updated_at" => one["revision"].as_i64().cmp(&other["revision"].as_i64()),
            "due_date" => one["due_date"].as_str().map(end).cmp(&other["due_date"].as_str().map(end)),
            "priority" => rank(one).cmp(&rank(other)),
            _ => text(one, "title").to_lowercase().cmp(&text(other, "title").to_lowercase()),
        };
        let total = by_key.then_with(|| text(one, "id").cmp(&text(other, "id")));
        let directed = if self.is_descending { total.reverse() } else { total };
        // Tasks without a due date come last in both directions.
        if self.sort == "due_date" { never(one).cmp(&never(other)).then(directed) } else { directed }
    }
}

/// The end of a due date as a comparable text: for a day, its last microsecond.
fn end(due: &str) -> String {
    if due.len() == 10 { format!("{due}T23:59:59.999999Z") } else { moment(due) }
}

fn begin(due: &str) -> String {
    if due.len() == 10 { format!("{due}T00:00:00.000000Z") } else { moment(due) }
}

fn moment(due: &str) -> String {
    if due.contains('.') { due.to_owned() } else { due.replace('Z', ".000000Z") }
}
