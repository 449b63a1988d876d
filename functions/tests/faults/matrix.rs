//! Every operation under every fault of the wire at every moment. Each operation has an API of its own, and all of them
//! run at once.

use std::time::{Duration, Instant};

use serde_json::Value;
use testing::{
    Api,
    proxy::{Break, Door, Fault, Moment},
};
use tokio::time::sleep;
use tokio_postgres::Client;
use uuid::Uuid;

use crate::{
    IN_TIME, assert_calm, impatient, is_honest_503,
    operations::{OPERATIONS, On, Operation, Write, timeless},
    revision, seed, timed,
};

const BREAKS: [Break; 3] = [Break::Fin, Break::Rst, Break::Silence];

/// How long a door stays shut.
const SHUT: Duration = Duration::from_millis(300);

/// What happens to a connection.
#[derive(Clone, Copy, Debug)]
enum Trouble {
    /// It dies while nobody uses it.
    Idle(Break),
    /// The same while its environment is frozen.
    Frozen(Break),
    /// It dies with the request.
    Struck(Fault),
    /// It is gone, and the next one dies while it is opened.
    Opening(Fault),
    /// It is gone, and nobody gets in for a while.
    Shut(Door),
}

fn troubles() -> Vec<Trouble> {
    let mut troubles = Vec::new();
    for how in BREAKS {
        troubles.extend([Trouble::Idle(how), Trouble::Frozen(how)]);
        let moments = [30, 60, 90].map(Moment::PartOfRequest).into_iter();
        let moments = moments.chain([Moment::Request, Moment::Answer, Moment::PartOfAnswer(50)]);
        troubles.extend(moments.map(|moment| Trouble::Struck(Fault::next(moment, how))));
        // Start-up and the two messages of SCRAM.
        let flights = [1, 2, 3].into_iter().flat_map(|flight| [Moment::Request, Moment::Answer].map(|at| (flight, at)));
        troubles.extend(flights.map(|(flight, moment)| Trouble::Opening(Fault::in_flight(flight, moment, how))));
    }
    troubles.extend([Door::Refuses, Door::Resets, Door::Mute, Door::Deaf].map(Trouble::Shut));
    troubles
}

impl Trouble {
    async fn strike(self, api: &Api) {
        let proxy = api.proxy();
        match self {
            Self::Idle(how) => proxy.break_all(how),
            Self::Frozen(how) => {
                api.freeze();
                proxy.break_all(how);
                sleep(Duration::from_millis(5)).await;
            }
            Self::Struck(fault) => proxy.plant(fault),
            Self::Opening(fault) => {
                proxy.break_all(Break::Fin);
                proxy.plant(fault);
            }
            Self::Shut(door) => {
                proxy.break_all(Break::Fin);
                proxy.door(door).await;
            }
        }
    }

    async fn passes(self, api: &Api) {
        if let Self::Shut(_) = self {
            sleep(SHUT).await;
            api.proxy().door(Door::Open).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_operation_under_every_fault_is_done_once_and_in_time() {
    testing::on_tasks_of_their_own(OPERATIONS.iter().map(every_fault)).await;
}

async fn every_fault(operation: &'static Operation) {
    let api = impatient().through_proxy(Duration::ZERO).start().await;
    let database = api.database().connect().await;
    seed(&database, "alice").await; // behind which a task can be moved
    for trouble in troubles() {
        under(trouble, operation, &api, &database).await;
    }
    assert_calm(&api);
}

async fn under(trouble: Trouble, operation: &Operation, api: &Api, database: &Client) {
    let case = format!("{} under {trouble:?}", operation.name);
    let (alice, bob) = (api.user("alice"), api.user("bob"));
    let (task, bobs) = (seed(database, "alice").await, seed(database, "bob").await);
    // The function is running, and has a connection that works.
    let warm = (operation.ask)(&bob, &On { path: &format!("/api/me/tasks/{bobs}"), label: "warm" }).send().await;
    assert_eq!(warm.status, operation.status, "{case}: {warm:?}");
    let (before, revision_before) = (state_of(database, "alice", task).await, revision(database, "alice").await);

    trouble.strike(api).await;
    let label = Uuid::new_v4().to_string();
    let request = (operation.ask)(&alice, &On { path: &format!("/api/me/tasks/{task}"), label: &label });
    let ((answer, took), ()) = tokio::join!(timed(request), trouble.passes(api));

    assert_eq!(answer.status, operation.status, "{case}: {answer:?}\n{}", api.log());
    assert!(took < IN_TIME, "{case} took {took:?}");
    assert_eq!(api.proxy().planted(), 0, "{case}: nothing has struck");
    let write = Write { label: &label, revision: revision_before + operation.writes() };
    assert_eq!(revision(database, "alice").await, write.revision, "{case}: once");
    let (before, written) = if operation.creates() {
        (Value::Null, answer.json()["id"].as_str().unwrap().parse().unwrap())
    } else {
        (before, task)
    };
    let after = state_of(database, "alice", written).await;
    assert!(operation.explains(&before, &after, &write), "{case}: {before} became {after}");
    api.proxy().bury_the_silent();
}

/// A task as it is in the database, or null.
pub(crate) async fn state_of(database: &Client, user: &str, id: Uuid) -> Value {
    let sql = "select coalesce((select to_jsonb(tasks) from tasks where owner_user_id = $1 and id = $2), 'null')::text";
    let text: String = database.query_one(sql, &[&user, &id]).await.unwrap().get(0);
    timeless(serde_json::from_str(&text).unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_gets_in_for_longer_than_anybody_waits_and_every_operation_says_so_in_time() {
    let doors = [Door::Refuses, Door::Resets, Door::Mute, Door::Deaf];
    testing::on_tasks_of_their_own(doors.map(|door| Box::pin(shut_for_long(door)))).await;
}

async fn shut_for_long(door: Door) {
    const BUDGET: Duration = Duration::from_millis(1_500);
    let api = impatient().env("REQUEST_BUDGET_MS", "1500").environments(4).through_proxy(Duration::ZERO).start().await;
    let (alice, database) = (api.user("alice"), api.database().connect().await);
    let path = format!("/api/me/tasks/{}", seed(&database, "alice").await);
    api.proxy().door(door).await;
    let requests = OPERATIONS.iter().map(|operation| timed((operation.ask)(&alice, &On { path: &path, label: "x" })));
    for (answer, took) in testing::concurrently_all(requests).await {
        assert!(is_honest_503(&answer), "{door:?}: {answer:?}");
        assert!(took < BUDGET * 2, "{door:?}: {took:?}");
    }
    assert_eq!(revision(&database, "alice").await, 1, "{door:?}: nothing was done");
    api.proxy().door(Door::Open).await;
    assert_eq!(alice.get(&path).send().await.status, 200, "{door:?}");
    assert_calm(&api);
}

/// The try that follows must not take another's write for its own, nor its own for another's.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_whose_acknowledgement_is_lost_is_done_once_though_others_come_between() {
    let writes = OPERATIONS.iter().filter(|operation| operation.writes() == 1);
    testing::on_tasks_of_their_own(writes.map(others_between)).await;
}

async fn others_between(operation: &'static Operation) {
    let api = impatient().environments(2).through_proxy(Duration::ZERO).start().await;
    let (alice, bob, database) = (api.user("alice"), api.user("bob"), api.database().connect().await);
    seed(&database, "alice").await; // behind which a task can be moved
    let path = format!("/api/me/tasks/{}", seed(&database, "alice").await);
    let bobs = format!("/api/me/tasks/{}", seed(&database, "bob").await);
    let [create, toggle] = ["create", "toggle"].map(|name| OPERATIONS.iter().find(|it| it.name == name).unwrap());
    // Two environments of each of the others' functions, because one of them may be busy with the write.
    let warm =
        [create, create, toggle, toggle].map(|other| (other.ask)(&bob, &On { path: &bobs, label: "warm" }).send());
    testing::concurrently_all(warm).await;
    (operation.ask)(&bob, &On { path: &bobs, label: "warm" }).send().await;

    // So that it is not tried again before the others are through.
    api.proxy().plant(Fault::next(Moment::Answer, Break::Silence));
    let others = async {
        while revision(&database, "alice").await < 3 {
            sleep(Duration::from_millis(1)).await;
        }
        let mut statuses = Vec::new();
        for other in [create, toggle, toggle, toggle] {
            statuses.push((other.ask)(&alice, &On { path: &path, label: "other" }).send().await.status);
        }
        (statuses, Instant::now())
    };
    let write = async {
        let answer = (operation.ask)(&alice, &On { path: &path, label: "x" }).send().await;
        (answer, Instant::now())
    };
    let ((answer, answered), (others, through)) = tokio::join!(write, others);
    let (name, status) = (operation.name, if operation.deletes() { 404 } else { 200 });
    assert_eq!((answer.status, others), (operation.status, vec![201, status, status, status]), "{name}: {answer:?}");
    assert!(through < answered, "{name}: the others have not come between");
    assert_eq!(api.proxy().planted(), 0, "{name}: nothing has struck");
    let others = if operation.deletes() { 1 } else { 4 };
    assert_eq!(revision(&database, "alice").await, 3 + others, "{name}: each once");
    assert_calm(&api);
}
