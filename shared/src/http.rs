//! What a handler needs of HTTP: the request in its parts, and the shapes of the answers.
//!
//! - `request`: the request as API Gateway hands it over, and the response as it takes it back.
//! - `event`: what of all that Lambda can hand over is such a request.
//! - `authorization`, `path`, `query`, `preconditions`, `idempotency`, `body` and `members`: what stands in a request.
//! - `unknown`: what becomes of what nobody here knows.
//! - `answer`: what every answer has, and the one body of every error.

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
