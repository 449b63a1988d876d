//! Every operation under every fault of the network at every moment. Each operation has its own API, and several of
//! them run at once.

use std::time::{Duration, Instant};

use serde_json::Value;
use testing::{
    Answer, Api, Request,
    proxy::{Break, Fault, Moment, NewConnections},
};
use tokio::{sync::Semaphore, time::sleep};
use tokio_postgres::Client;
use uuid::Uuid;

use crate::{
    IN_TIME, assert_calm, assert_counted, builder, is_honest_503,
    operations::{OPERATIONS, On, Operation, Whose, made_by, timeless},
    revision, seed, timed, with_short_timeouts,
};

const BREAKS: [Break; 3] = [Break::Fin, Break::Rst, Break::Silence];

/// Only this many run at once. With more, a small machine is too slow for the attempts' time limit.
static TURNS: Semaphore = Semaphore::const_new(8);

/// How long new connections fail.
const UNREACHABLE: Duration = Duration::from_millis(300);

/// What happens to a connection.
#[derive(Clone, Copy, Debug)]
enum Trouble {
    /// It dies while nobody uses it.
    Idle(Break),
    /// The same while its execution environment is frozen.
    Frozen(Break),
    /// It dies during the request.
    Struck(Fault),
    /// It is closed, and the next one dies while it is opened.
    Opening(Fault),
    /// It is closed, and new ones fail for a while.
    Unreachable(NewConnections),
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
    troubles.extend(
        [NewConnections::Refused, NewConnections::Reset, NewConnections::Unanswered, NewConnections::Dropped]
            .map(Trouble::Unreachable),
    );
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
            Self::Unreachable(mode) => {
                proxy.break_all(Break::Fin);
                proxy.set_new_connections(mode).await;
            }
        }
    }

    async fn end(self, api: &Api) {
        if let Self::Unreachable(_) = self {
            sleep(UNREACHABLE).await;
            api.proxy().set_new_connections(NewConnections::Forwarded).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_operation_under_every_fault_is_done_once_and_in_time() {
    testing::spawn_all(OPERATIONS.iter().map(every_fault)).await;
}

async fn every_fault(operation: &'static Operation) {
    let _turn = TURNS.acquire().await;
    let api = with_short_timeouts().through_proxy(Duration::ZERO).start().await;
    let database = api.database().connect().await;
    seed(&database, "alice").await; // a task can be moved after this one
    for trouble in troubles() {
        under(trouble, operation, &api, &database).await;
    }
    assert_counted(&database).await;
    assert_calm(&api);
}

async fn under(trouble: Trouble, operation: &Operation, api: &Api, database: &Client) {
    let case = format!("{} under {trouble:?}", operation.name);
    let (alice, bob) = (api.user("alice"), api.user("bob"));
    let (task, bobs) = (operation.seed(database, "alice").await, operation.seed(database, "bob").await);
    // Makes sure that the function is running and has a working connection.
    let label = Uuid::new_v4().to_string();
    let warm = (operation.ask)(&bob, On { task: bobs, label: &label }).send().await;
    assert_eq!(warm.status, operation.status, "{case}: {warm:?}");
    let (before, revision_before) = (state_of(database, "alice", task).await, revision(database, "alice").await);

    trouble.strike(api).await;
    let request = (operation.ask)(&alice, On { task, label: &label });
    let ((answer, took), ()) = tokio::join!(timed(request.clone()), trouble.end(api));

    assert_eq!(answer.status, operation.status, "{case}: {answer:?}\n{}", api.log());
    assert!(took < IN_TIME, "{case} took {took:?}");
    assert_eq!(api.proxy().planted(), 0, "{case}: the fault did not happen");
    assert_eq!(revision(database, "alice").await, operation.moves_on(revision_before), "{case}: once");
    let after = state_of(database, "alice", task).await;
    let is_done = operation.explains(Whose::Asked, &before, &after, &label, revision_before);
    assert!(is_done, "{case}: {before} became {after}");
    if operation.makes() {
        let made = state_of(database, "alice", made_by(&answer).unwrap()).await;
        let is_done = operation.explains(Whose::Made, &Value::Null, &made, &label, revision_before);
        assert!(is_done, "{case}: {made} was made");
    }
    if operation.is_keyed {
        assert_replayed(&answer, request, &case).await;
        assert_eq!(revision(database, "alice").await, operation.moves_on(revision_before), "{case}: once");
    }
    api.proxy().close_silent();
}

/// The result of our own attempts is the first answer to a key. A client's retry must get the same answer.
async fn assert_replayed(answer: &Answer, request: Request<'_>, case: &str) {
    let again = request.send().await;
    assert_eq!((again.status, again.text()), (answer.status, answer.text()), "{case}");
    for name in ["etag", "location"] {
        assert_eq!(again.header(name), answer.header(name), "{case}, {name}");
    }
    let replayed = [answer, &again].map(|answer| answer.header("idempotency-replayed"));
    assert_eq!(replayed, [None, Some("true")], "{case}");
}

/// A task's row, or null.
pub(crate) async fn state_of(database: &Client, user: &str, id: Uuid) -> Value {
    let sql = "select coalesce((select to_jsonb(tasks) from tasks where owner_user_id = $1 and id = $2), 'null')::text";
    let text: String = database.query_one(sql, &[&user, &id]).await.unwrap().get(0);
    timeless(serde_json::from_str(&text).unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_no_database_for_a_long_time_every_operation_is_a_503_in_time() {
    let modes = [NewConnections::Refused, NewConnections::Reset, NewConnections::Unanswered, NewConnections::Dropped];
    testing::spawn_all(modes.map(|mode| Box::pin(unreachable_for_long(mode)))).await;
}

async fn unreachable_for_long(mode: NewConnections) {
    const BUDGET: Duration = Duration::from_millis(1_500);
    let api = with_short_timeouts()
        .env("REQUEST_BUDGET_MS", "1500")
        .environments(4)
        .through_proxy(Duration::ZERO)
        .start()
        .await;
    let (alice, database) = (api.user("alice"), api.database().connect().await);
    let task = seed(&database, "alice").await;
    api.proxy().set_new_connections(mode).await;
    let requests =
        OPERATIONS.iter().map(|operation| timed((operation.ask)(&alice, On { task, label: operation.name })));
    for (answer, took) in testing::concurrently_all(requests).await {
        assert!(is_honest_503(&answer), "{mode:?}: {answer:?}");
        assert!(took < BUDGET * 2, "{mode:?}: {took:?}");
    }
    assert_eq!(revision(&database, "alice").await, 1, "{mode:?}: nothing was done");
    api.proxy().set_new_connections(NewConnections::Forwarded).await;
    assert_eq!(alice.get(&format!("/api/me/tasks/{task}")).send().await.status, 200, "{mode:?}");
    assert_calm(&api);
}

/// A retry must recognise its own write, and must not take another request's write for its own.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_whose_acknowledgement_is_lost_is_done_once_even_with_other_writes_in_between() {
    // A retried erasure also removes what others wrote between the two attempts. That is correct, because it was not
    // answered yet.
    let writes = OPERATIONS.iter().filter(|operation| operation.is_write() && !operation.erases());
    testing::spawn_all(writes.map(others_between)).await;
}

async fn others_between(operation: &'static Operation) {
    let _turn = TURNS.acquire().await;
    // The other requests need time between the two attempts.
    let api = builder().env("DB_TRY_MS", "1500").environments(2).through_proxy(Duration::ZERO).start().await;
    let (alice, bob, database) = (api.user("alice"), api.user("bob"), api.database().connect().await);
    seed(&database, "alice").await; // a task can be moved after this one
    seed(&database, "bob").await;
    let (task, bobs) = (operation.seed(&database, "alice").await, operation.seed(&database, "bob").await);
    let his = seed(&database, "bob").await;
    let [create, toggle] = ["create", "toggle"].map(|name| OPERATIONS.iter().find(|it| it.name == name).unwrap());
    // Warms two execution environments of each function, because one of them may be busy with the write.
    let warm = [create, create, toggle, toggle].map(|other| (other.ask)(&bob, On { task: his, label: "warm" }).send());
    testing::concurrently_all(warm).await;
    for request in [(operation.ask)(&bob, On { task: bobs, label: "warm" }), operation.undoing(&bob, bobs)] {
        assert!(request.send().await.status < 300, "{}", operation.name);
    }

    // Silence delays the retry until the other requests are done.
    api.proxy().plant(Fault::next(Moment::Answer, Break::Silence));
    let others = async {
        while revision(&database, "alice").await < 3 {
            sleep(Duration::from_millis(1)).await;
        }
        let mut statuses = Vec::new();
        for other in [create, toggle, toggle, toggle] {
            statuses.push((other.ask)(&alice, On { task, label: "other" }).send().await.status);
        }
        statuses.push(operation.undoing(&alice, task).send().await.status / 100);
        (statuses, Instant::now())
    };
    let request = (operation.ask)(&alice, On { task, label: "x" });
    let write = async {
        let answer = request.clone().send().await;
        (answer, Instant::now())
    };
    let ((answer, answered), (others, through)) = tokio::join!(write, others);
    let (name, status) = (operation.name, if operation.deletes() { 404 } else { 200 });
    // At the retry, the restored task is in the trash again, so it cannot be shown.
    let shown = if operation.restores() { 404 } else { operation.status };
    assert_eq!((answer.status, others), (shown, vec![201, status, status, status, 2]), "{name}: {answer:?}");
    assert!(through < answered, "{name}: the other requests were not in between");
    assert_eq!(api.proxy().planted(), 0, "{name}: the fault did not happen");
    let others = if operation.deletes() { 2 } else { 5 };
    assert_eq!(revision(&database, "alice").await, operation.moves_on(2) + others, "{name}: each once");
    if operation.is_keyed {
        assert_replayed(&answer, request, name).await;
    }
    assert_counted(&database).await;
    assert_calm(&api);
}
