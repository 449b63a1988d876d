//! The list against a model of it: tasks in a vector of Rust. Random tasks, filters, orders, pages, and edits between the
//! pages. `FAULTS=long` makes it long, `FAULTS_SEED` repeats one.

use std::{
    cmp::Ordering,
    collections::BTreeSet,
    env,
    time::{SystemTime, UNIX_EPOCH},
};

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
async fn the_list_is_what_a_model_of_it_says_whatever_is_asked_and_written_between_two_pages() {
    let steps = if testing::is_long() { 6_000 } else { 400 };
    let now = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let seed = env::var("FAULTS_SEED").map_or_else(|_| now(), |seed| seed.parse().expect("a seed is a number"));
    testing::tell(&format!("model: FAULTS_SEED={seed}"));
    let api = start().await;
    let mut model =
        Model { alice: api.user("alice"), tasks: Vec::new(), random: Random(ChaCha8Rng::seed_from_u64(seed)) };
    for step in 0..steps {
        if model.tasks.len() < 8 || model.random.one_in(2) {
            model.write().await;
        } else {
            model.list(step).await;
        }
    }
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

/// The tasks as the API has answered them, in the manual order.
struct Model<'a> {
    alice: User<'a>,
    tasks: Vec<Value>,
    random: Random,
}

impl Model<'_> {
    /// One write; the ids of all tasks that it has changed.
    async fn write(&mut self) -> BTreeSet<String> {
        let random = &mut self.random;
        let at = random.below(self.tasks.len().max(1));
        let id = |task: &Value| BTreeSet::from([task["id"].as_str().unwrap().to_owned()]);
        // Between 8 and 40 tasks: few enough for pages of every list.
        match if self.tasks.len() > 40 { 7 } else { random.below(if self.tasks.len() < 8 { 1 } else { 8 }) } {
            0..=2 => {
                let mut body = fields(random);
                body["title"] = json!(random.of(&TITLES));
                if random.one_in(3) {
                    body["id"] = json!(Uuid::from_u128(u128::from(random.0.next_u64())));
                }
                let answer = self.alice.post("/api/me/tasks").json(body).send().await;
                assert_eq!(answer.status, 201, "{answer:?}");
                self.tasks.push(answer.json().clone());
                id(answer.json())
            }
            3..=4 => {
                let answer = self.alice.patch(&path(&self.tasks[at])).json(fields(random)).send().await;
                assert_eq!(answer.status, 200, "{answer:?}");
                self.tasks[at] = answer.json().clone();
                id(answer.json())
            }
            5 => {
                let answer = self.alice.patch(&format!("{}/complete", path(&self.tasks[at]))).send().await;
                self.tasks[at] = answer.json().clone();
                id(answer.json())
            }
            6 => self.put_elsewhere(at).await,
            _ => {
                let answer = self.alice.delete(&path(&self.tasks[at])).send().await;
                assert_eq!(answer.status, 204, "{answer:?}");
                id(&self.tasks.remove(at))
            }
        }
    }

    async fn put_elsewhere(&mut self, at: usize) -> BTreeSet<String> {
        let task = self.tasks.remove(at);
        let to = self.random.below(self.tasks.len() + 1);
        let body = if self.random.one_in(2) {
            json!({ "after": to.checked_sub(1).map(|before| self.tasks[before]["id"].clone()) })
        } else {
            json!({ "before": self.tasks.get(to).map(|behind| behind["id"].clone()) })
        };
        let answer = self.alice.post(&format!("{}/move", path(&task))).json(body).send().await;
        assert_eq!(answer.status, 200, "{answer:?}");
        self.tasks.insert(to, answer.json().clone());
        BTreeSet::from([task["id"].as_str().unwrap().to_owned()])
    }

    /// All pages of one list, perhaps with writes between them.
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
                       (select count(*) from tasks where not completed), (select count(*) from tasks where completed),
                       (select max(revision) from tasks)
                   from users";
        let row = api.database().connect().await.query_one(sql, &[]).await.unwrap();
        let [pending, completed, revision, is_pending, is_completed, newest] =
            [0, 1, 2, 3, 4, 5].map(|at| row.get::<_, i64>(at));
        assert_eq!((pending, completed), (is_pending, is_completed));
        assert!(newest <= revision);
    }
}

/// Some fields of a task.
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

/// What is asked for, as a query and as the model understands it.
#[derive(Default)]
struct Asked {
    query: String,
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
        self.status.is_none_or(|completed| task["completed"] == completed)
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
        // What is never due comes last in both directions.
        if self.sort == "due_date" { never(one).cmp(&never(other)).then(directed) } else { directed }
    }
}

/// When a due date ends, as a text that can be compared: a day with its last microsecond.
fn end(due: &str) -> String {
    if due.len() == 10 { format!("{due}T23:59:59.999999Z") } else { moment(due) }
}

fn begin(due: &str) -> String {
    if due.len() == 10 { format!("{due}T00:00:00.000000Z") } else { moment(due) }
}

fn moment(due: &str) -> String {
    if due.contains('.') { due.to_owned() } else { due.replace('Z', ".000000Z") }
}
