//! What the log must say, and what it must never say.

use serde_json::{Value, json};
use testing::token::{Key, Token};

use crate::{builder, create, path};

#[tokio::test]
async fn every_request_is_one_line_of_json() {
    let api = builder().without_env("METRICS_NAMESPACE").start().await; // because metrics are extra lines
    let alice = api.user("alice");
    let created = alice.post("/api/me/tasks").json(json!({ "title": "x" })).send().await;
    let refused = alice.post("/api/me/tasks").json(json!({})).send().await;

    let log = api.log().to_string();
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
    assert_eq!(lines.len(), 2, "{log}");
    for (line, answer) in lines.iter().zip([created, refused]) {
        assert_eq!(line["request_id"].as_str(), answer.header("x-request-id"));
        assert_eq!(line["route"], "POST /api/{user_id}/tasks");
        assert_eq!(line["status"], answer.status);
        assert!(line["duration_ms"].as_f64().is_some_and(|ms| ms > 0.0), "{line}");
        assert_eq!(line["level"], "INFO");
        assert!(line["trace"].as_str().is_some_and(|trace| trace.starts_with("1-")), "{line}");
    }
    let [made, refused] = lines.as_slice() else { unreachable!() };
    assert_eq!((&made["cold_start"], &refused["cold_start"]), (&json!(true), &json!(false)));
    assert_eq!(
        (&made["tries"], &refused["tries"]),
        (&json!(1), &Value::Null),
        "a refused request does not call the database"
    );
    assert!(made["database_ms"].as_f64() <= made["duration_ms"].as_f64() && made["database_ms"].is_f64(), "{made}");
    assert_eq!(refused["code"], "validation_failed");
}

/// With this constraint, every write of a task fails with an internal error.
const BROKEN: &str = "alter table tasks add constraint tasks_broken check (false) not valid";

#[tokio::test]
async fn a_message_below_the_level_is_not_logged() {
    let api = builder().env("LOG_LEVEL", "error").start().await;
    let alice = api.user("alice");
    create(&alice, "x").await;
    api.database().connect().await.batch_execute(BROKEN).await.unwrap();
    alice.post("/api/me/tasks").json(json!({ "title": "x" })).send().await;
    api.log().line_with("23514").await;
    assert!(!api.log().to_string().contains("INFO"), "{}", api.log());
}

#[tokio::test]
async fn an_owner_is_logged_as_a_hash_with_the_pepper() {
    const PEPPERS: [&str; 2] = ["a pepper of at least thirty-two bytes", "another pepper of thirty-two bytes"];
    let mut hashes = Vec::new();
    for pepper in PEPPERS {
        let api = builder().env("LOG_OWNER_PEPPER", pepper).start().await;
        for user in ["alice", "bob", "alice"] {
            api.user(user).get("/api/me/tasks").send().await;
        }
        api.get("/api/me/tasks").send().await;
        let log = api.log().to_string();
        let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
        let [alice, bob, again, nobody] = lines.as_slice() else { panic!("{log}") };
        assert_eq!(alice["owner"].as_str().map(str::len), Some(16), "{alice}");
        assert!(alice["owner"] == again["owner"] && alice["owner"] != bob["owner"], "{log}");
        assert!(nobody.get("owner").is_none(), "{nobody}");
        assert!(!log.contains("pepper") && !log.contains("alice"), "{log}");
        hashes.push(alice["owner"].clone());
    }
    assert_ne!(hashes[0], hashes[1], "the hash depends on the pepper");
}

#[tokio::test]
async fn with_a_namespace_every_request_logs_its_metrics_in_the_embedded_format() {
    let api = builder().env("METRICS_NAMESPACE", "TaskApi").env("SERVICE_NAME", "task-api-test").start().await;
    let alice = api.user("alice");
    create(&alice, "x").await;
    api.database().connect().await.batch_execute(BROKEN).await.unwrap();
    alice.post("/api/me/tasks").json(json!({ "title": "x" })).send().await;
    alice.post("/api/me/tasks").json(json!({})).send().await;

    let log = api.log().to_string();
    let lines = log.lines().map(|line| serde_json::from_str::<Value>(line).expect(line));
    let metrics: Vec<Value> = lines.filter(|line| line.get("_aws").is_some()).collect();
    let [made, failed, refused] = metrics.as_slice() else { panic!("expected one line for each request: {log}") };
    for (line, errors, cold) in [(made, 0, 1), (failed, 1, 0), (refused, 0, 0)] {
        let directive = &line["_aws"]["CloudWatchMetrics"][0];
        assert_eq!((&directive["Namespace"], &directive["Dimensions"]), (&json!("TaskApi"), &json!([["Service"]])));
        assert_eq!(line["Service"], "task-api-test");
        assert_eq!(
            (&line["Requests"], &line["ServerErrors"], &line["ColdStarts"]),
            (&json!(1), &json!(errors), &json!(cold))
        );
        assert!(line["Duration"].as_f64().is_some_and(|ms| ms > 0.0), "{line}");
        let named =
            |name: &str| directive["Metrics"].as_array().unwrap().iter().find(|metric| metric["Name"] == name).cloned();
        assert_eq!(named("Duration").unwrap()["Unit"], "Milliseconds");
        assert_eq!(named("Requests").unwrap()["Unit"], "Count");
        let asked = line != refused;
        assert_eq!((line.get("DatabaseTime").is_some(), named("DatabaseTime").is_some()), (asked, asked), "{line}");
    }
    assert_eq!(made["DatabaseRetries"], 0);
}

/// Lambda runs a daemon beside every function, which receives traces as UDP datagrams.
#[tokio::test]
async fn a_recorded_trace_includes_the_time_in_the_database() {
    let daemon = tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = daemon.local_addr().unwrap().to_string();
    let api = builder().env("AWS_XRAY_DAEMON_ADDRESS", &address).start().await;
    let alice = api.user("alice");
    let task = create(&alice, "x").await;
    alice.get(&path(&task)).send().await;

    let line: Value = serde_json::from_str(&api.log().line_with("GET /api").await).unwrap();
    let mut datagram = [0; 2048];
    let length = loop {
        let length = daemon.recv(&mut datagram).await.unwrap();
        if str::from_utf8(&datagram[..length]).unwrap().contains(line["trace"].as_str().unwrap()) {
            break length;
        }
    };
    let (header, document) = str::from_utf8(&datagram[..length]).unwrap().split_once('\n').unwrap();
    assert_eq!(serde_json::from_str::<Value>(header).unwrap(), json!({ "format": "json", "version": 1 }));
    let document: Value = serde_json::from_str(document).unwrap();
    assert_eq!((&document["type"], &document["name"]), (&json!("subsegment"), &json!("database")));
    assert_eq!(document["parent_id"].as_str().map(str::len), Some(16));
    assert_eq!((&document["fault"], &document["annotations"]["tries"]), (&json!(false), &json!(1)));
    let took = document["end_time"].as_f64().unwrap() - document["start_time"].as_f64().unwrap();
    assert!((took * 1000.0 - line["database_ms"].as_f64().unwrap()).abs() < 1.0, "{document}, {line}");
}

/// Checks the most detailed level.
#[tokio::test]
async fn no_token_title_id_or_connection_string_is_logged() {
    let api = builder().env("LOG_LEVEL", "trace").start().await;
    let alice = api.user("alice-the-subject");
    let body = json!({ "title": "my-secret-title", "description": "my-secret-description" });
    let task = alice.post("/api/me/tasks").json(body).send().await.json().clone();
    alice.get(&path(&task)).send().await;
    alice.get("/api/me/tasks").send().await;
    alice.get("/api/somebody-else/tasks").send().await;
    alice.patch(&path(&task)).json(json!({ "my-secret-field": 1 })).send().await;
    // When a constraint refuses a row, Postgres' DETAIL repeats the whole row.
    let database = api.database().connect().await;
    database.batch_execute("alter table tasks add constraint no check (title <> 'my-secret-x')").await.unwrap();
    let refused = alice.patch(&path(&task)).json(json!({ "title": "my-secret-x" })).send().await;
    assert_eq!(refused.status, 500);
    assert!(api.log().to_string().contains("23514"), "{}", api.log());

    let log = api.log().to_string();
    let password = api.database().url();
    let password = password.split_once("//").and_then(|(_, rest)| rest.split_once('@')).unwrap().0;
    let id = task["id"].as_str().unwrap();
    for secret in ["my-secret", "alice-the-subject", "somebody-else", alice.token(), password, id] {
        assert!(!log.contains(secret), "{secret} is in the log:\n{log}");
    }
}

#[tokio::test]
async fn every_answer_has_a_request_id() {
    let api = builder().cargo_lambda().start().await;
    let task = create(&api.user("alice"), "x").await;
    let answer = api.user("alice").get(&path(&task)).send().await;
    assert!(answer.header("x-request-id").is_some_and(|id| !id.is_empty()));
    assert_eq!(
        answer.header("access-control-expose-headers"),
        Some(
            "ETag, Idempotency-Replayed, Link, Location, Retry-After, WWW-Authenticate, X-Ignored, X-Request-Id, X-Total-Count"
        ),
        "without a gateway, the function tells browsers which headers they may read"
    );
}

/// `make check` runs the queries of docs/runbook.md on these lines, so they must look like real ones.
#[tokio::test]
async fn the_sample_lines_for_the_runbooks_queries_are_like_real_ones() {
    let sample = std::fs::read_to_string("../testing/logs/functions.jsonl").unwrap();
    let samples = sample.lines().map(|line| serde_json::from_str::<Value>(line).expect(line));
    let samples: Vec<Value> = samples.filter(|line| line["message"] == "request").collect();
    let real = real_lines().await;
    for sample in samples {
        let alike = real.iter().find(|real| real["code"] == sample["code"] && real["route"] == sample["route"]);
        let alike = alike.or_else(|| real.iter().find(|real| real["code"] == sample["code"]));
        let alike = alike.unwrap_or_else(|| panic!("no real line is like {sample}"));
        let members = |line: &Value| line.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!(members(&sample), members(alike), "{sample} is not like {alike}");
        assert_eq!(sample["level"], alike["level"], "{sample} is not like {alike}");
    }
}

/// The lines of a request that succeeds and of one for each kind of failure.
async fn real_lines() -> Vec<Value> {
    let peppered = || builder().env("LOG_OWNER_PEPPER", "a pepper of at least thirty-two bytes");
    let api = peppered().start().await;
    create(&api.user("alice"), "x").await;
    api.get("/health").send().await;
    api.get("/api/me/tasks").token("a.b").send().await;
    api.database().connect().await.batch_execute(BROKEN).await.unwrap();
    api.user("alice").post("/api/me/tasks").json(json!({ "title": "y" })).send().await;
    let nowhere = "postgres://nobody:nothing@127.0.0.1:1/none?sslmode=disable";
    let asleep = peppered().env("DATABASE_URL", nowhere).env("REQUEST_BUDGET_MS", "500").start().await;
    asleep.user("alice").get("/api/me/tasks").send().await;
    let keyless = peppered().env("JWKS_URL", "http://127.0.0.1:1/jwks").start().await;
    let token = Token::of("alice").key(&Key::p256("a"), "ES256").sign();
    keyless.get("/api/me/tasks").token(&token).send().await;
    let logs = [api, asleep, keyless].map(|api| api.log().lines()).concat();
    logs.iter().map(|line| serde_json::from_str(line).expect(line)).collect()
}
