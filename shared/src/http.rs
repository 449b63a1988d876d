//! Requests and answers: path, query, headers, bodies.
//!
//! - `request`: the request that API Gateway sends, and the response that it receives.
//! - `event`: which events are such a request.
//! - `authorization`, `path`, `query`, `preconditions`, `idempotency`, `body` and `members`: the parts of a request.
//! - `unknown`: what happens to parameters and members that are not known.
//! - `answer`: what every answer has, and the body of every error.

mod answer;
mod authorization;
mod body;
mod event;
mod idempotency;
mod members;
mod path;
mod preconditions;
mod query;
mod request;
mod unknown;

pub use self::{
    answer::{error_answer, json, no_content},
    body::batch_object,
    idempotency::{IdempotencyKey, idempotency_key},
    members::Members,
    path::{addresses, task_id},
    preconditions::{if_match, none_matches},
    query::{Parameters, no_parameters, only_flag},
    request::{Request, Response},
};
pub(crate) use self::{
    answer::{finish, raw_json},
    authorization::bearer,
    event::Event,
    path::{account_path, uuid},
    preconditions::{known_lists, list_tag, task_tag},
    query::{parse_flag, parse_whole},
    unknown::{Unknown, UnknownInput},
};
