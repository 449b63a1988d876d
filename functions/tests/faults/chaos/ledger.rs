//! Compares what the clients were told with what happened.

mod figures;
mod matching;

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    time::Instant,
};

use serde_json::Value;
use testing::Answer;
use uuid::Uuid;

use super::audit::{Change, History, Transaction};
use crate::{
    is_honest_503,
    operations::{Operation, Step, Target, Whose, Write, made_by, shown},
};
use figures::Figures;

/// A request with all its attempts and their answers.
pub(super) struct Entry {
    pub(super) user: String,
    pub(super) operation: &'static Operation,
    /// None if the request names no existing task.
    pub(super) task: Option<Uuid>,
    pub(super) label: String,
    /// One attempt. With an idempotency key there are more if the others were not answered.
    pub(super) attempts: Vec<Attempt>,
    /// The answer to the same request when it was sent again after its answer.
    pub(super) replay: Option<Answer>,
    /// Whether the user was known to have tasks when it was sent.
    has_tasks: bool,
    /// Since then the user was erased, so no task with this revision or a lower one may be shown.
    erased_to: i64,
}

pub(super) struct Attempt {
    pub(super) answer: Answer,
    pub(super) started: Instant,
    pub(super) ended: Instant,
}

/// All requests.
#[derive(Default)]
pub(super) struct Ledger {
    entries: Vec<Entry>,
    users: HashMap<String, Known>,
    deleting: HashSet<Uuid>,
}

/// What the devices of a user know.
#[derive(Default)]
struct Known {
    live: Vec<Uuid>,
    trash: Vec<Uuid>,
    /// The highest revision of a task that was shown.
    revision: i64,
    erased_to: i64,
}

impl Known {
    fn forget(&mut self, id: Uuid) {
        self.live.retain(|task| *task != id);
        self.trash.retain(|task| *task != id);
    }
}

impl Ledger {
    /// The tasks that a user knows, without those whose deletion has begun.
    pub(super) fn tasks(&self, user: &str, target: Target) -> Vec<Uuid> {
        let known = self.users.get(user);
        known.map(|known| if target == Target::Trash { &known.trash } else { &known.live }).cloned().unwrap_or_default()
    }

    /// Called before the request is sent. From now on, another device may not find the task.
    pub(super) fn begin(&mut self, mut entry: Entry) -> Entry {
        let known = self.users.entry(entry.user.clone()).or_default();
        entry.has_tasks = !known.live.is_empty() || !known.trash.is_empty();
        entry.erased_to = known.erased_to;
        if entry.operation.deletes() {
            self.deleting.extend(entry.task);
            entry.task.into_iter().for_each(|task| known.forget(task));
        }
        if entry.operation.erases() {
            self.deleting.extend(known.live.drain(..).chain(known.trash.drain(..)));
        }
        entry
    }

    pub(super) fn write(&mut self, entry: Entry) {
        if entry.is_acknowledged() {
            let known = self.users.entry(entry.user.clone()).or_default();
            let revisions = shown(entry.answer()).into_iter().filter_map(|task| task["revision"].as_i64());
            known.revision = revisions.fold(known.revision, i64::max);
            if entry.operation.makes() {
                known.live.extend(made_by(entry.answer()));
            }
            if entry.operation.erases() {
                known.erased_to = known.revision;
            }
            if let Some(task) = entry.task {
                if entry.operation.discards() {
                    known.trash.push(task);
                }
                if entry.operation.restores() {
                    known.forget(task);
                    known.live.push(task);
                }
            }
        }
        self.entries.push(entry);
    }

    pub(super) fn figures(&self, history: &History, outages: &[(Instant, Instant)]) -> Figures {
        let mut figures = Figures::default();
        for entry in &self.entries {
            figures.requests += entry.attempts.len() + usize::from(entry.replay.is_some());
            let unavailable = entry.attempts.iter().filter(|attempt| attempt.answer.status == 503);
            for attempt in unavailable {
                figures.unavailable += 1;
                figures.unavailable_without_outage += usize::from(!attempt.meets(outages));
            }
            match entry.outcome(&self.deleting) {
                Outcome::Acknowledged => {
                    figures.acknowledged += usize::from(entry.operation.is_write());
                    figures.untrue += usize::from(!entry.shows_what_was(history));
                    figures.unlike += usize::from(!entry.is_replayed());
                }
                Outcome::Unknown => {}
                Outcome::Unexpected => {
                    figures.unexpected += 1;
                    testing::tell(&format!("unexpected, {}: {:?}", entry.operation.name, entry.answer()));
                }
            }
        }
        self.match_writes(history, &mut figures);
        figures
    }

    /// Every transaction must be the whole effect of one request. Every acknowledged request must have one transaction.
    fn match_writes(&self, history: &History, figures: &mut Figures) {
        type Group<'a> = (Vec<&'a Transaction>, Vec<&'a Entry>);
        let mut groups: BTreeMap<(&str, Option<Uuid>), Group<'_>> = BTreeMap::new();
        for transaction in &history.transactions {
            groups.entry((&transaction.owner, transaction.task())).or_default().0.push(transaction);
        }
        for entry in self.entries.iter().filter(|entry| entry.operation.is_write()) {
            groups.entry((&entry.user, entry.task)).or_default().1.push(entry);
        }
        for (transactions, requests) in groups.values() {
            let unexplained = matching::unmatched(transactions, requests, |done, request| request.explains(done));
            figures.doubled += unexplained.len();
            figures.toggled_twice += unexplained.iter().filter(|transaction| transaction.toggles()).count();
            let acknowledged = requests.iter().copied().filter(|entry| entry.is_acknowledged());
            let written: Vec<_> = acknowledged.filter(|entry| !entry.may_have_found_it_there(history)).collect();
            let lost = matching::unmatched(&written, transactions, Entry::explains);
            figures.lost += lost.len();
            figures.changes += transactions.iter().map(|transaction| transaction.changes.len()).sum::<usize>();
        }
    }
}

enum Outcome {
    Acknowledged,
    /// It was done or not.
    Unknown,
    Unexpected,
}

impl Attempt {
    fn meets(&self, outages: &[(Instant, Instant)]) -> bool {
        outages.iter().any(|(began, ended)| self.started < *ended && *began < self.ended)
    }
}

impl Entry {
    /// A request that will be sent.
    pub(super) fn new(user: String, operation: &'static Operation, task: Option<Uuid>, label: String) -> Self {
        let (attempts, replay) = (Vec::new(), None);
        Self { user, operation, task, label, attempts, replay, has_tasks: false, erased_to: 0 }
    }

    /// The last answer, which counts for the client.
    pub(super) fn answer(&self) -> &Answer {
        &self.attempts.last().expect("it was sent").answer
    }

    pub(super) fn is_acknowledged(&self) -> bool {
        self.answer().status == self.operation.status
    }

    /// A 404 may follow a successful write: its acknowledgement was lost, and then another device deleted the task.
    fn outcome(&self, deleting: &HashSet<Uuid>) -> Outcome {
        let may_be_gone = self.task.is_some_and(|task| deleting.contains(&task));
        match self.answer().status {
            _ if self.is_acknowledged() => Outcome::Acknowledged,
            404 if may_be_gone => Outcome::Unknown,
            503 if is_honest_503(self.answer()) => Outcome::Unknown,
            _ => Outcome::Unexpected,
        }
    }

    /// Whether the transaction is exactly what the request does.
    fn explains(&self, transaction: &Transaction) -> bool {
        let (steps, changes) = (self.operation.steps, &transaction.changes);
        let made = changes.iter().find(|change| change.before.is_null()).and_then(|change| change.task);
        let is_made = !self.is_acknowledged() || !self.operation.makes() || made_by(self.answer()) == made;
        let is_step = |(step, change): (&Step, &Change)| {
            let task = match step.whose {
                Whose::Asked => self.task,
                Whose::Made => made,
                Whose::Account => None,
            };
            let write = Write { label: &self.label, revision: change.revision };
            change.task == task && step.explains(&change.before, &change.after, &write)
        };
        is_made && steps.len() == changes.len() && steps.iter().zip(changes).all(is_step) && self.may_show(changes)
    }

    /// Whether the tasks in the answer are as these changes left them, or newer. With an idempotency key, they must be
    /// as they were written.
    fn may_show(&self, changes: &[Change]) -> bool {
        let shown = if self.is_acknowledged() { shown(self.answer()) } else { Vec::new() };
        let shown: Vec<_> = shown.iter().filter_map(|task| Some((id(task)?, task["revision"].as_i64()?))).collect();
        let written = changes.iter().filter_map(|change| Some((change.task?, change.revision)));
        if self.operation.is_keyed {
            return !self.is_acknowledged() || written.eq(shown);
        }
        written.into_iter().all(|(id, revision)| {
            let last = shown.iter().filter(|(task, _)| *task == id).map(|(_, shown)| *shown).max();
            last.is_none_or(|last| revision <= last)
        })
    }

    /// Whether it acknowledges something that needed no write. This is a move of a task that was already last, a
    /// restore of a task that another device had restored, or the erasure of a user without known tasks.
    fn may_have_found_it_there(&self, history: &History) -> bool {
        let revision = self.answer().json()["revision"].as_i64();
        let stood_last = self.task.zip(revision).is_some_and(|(task, revision)| history.stood_last(task, revision));
        let is_restored = self.answer().json()["deleted_at"].is_null() && self.shows_what_was(history);
        self.operation.moves() && stood_last
            || self.operation.restores() && is_restored
            || self.operation.erases() && !self.has_tasks
    }

    /// Whether every task in the answer is as it was at its revision, and none is from before the user was erased.
    fn shows_what_was(&self, history: &History) -> bool {
        let is_true = |task: &&Value| history.knows(task) && task["revision"].as_i64() > Some(self.erased_to);
        let deleted = self.answer().json()["deleted"].as_array().into_iter().flatten();
        shown(self.answer()).iter().all(is_true) && deleted.into_iter().all(|id| history.knows_deleted(id))
    }

    /// Whether the same request got the same answer again, if it was answered.
    fn is_replayed(&self) -> bool {
        let Some(replay) = self.replay.as_ref().filter(|replay| replay.status != 503) else { return true };
        let told = |answer: &Answer| {
            let headers = ["etag", "location"].map(|name| answer.header(name).map(ToOwned::to_owned));
            (answer.status, answer.text().to_owned(), headers)
        };
        told(replay) == told(self.answer()) && replay.header("idempotency-replayed") == Some("true")
    }
}

fn id(task: &Value) -> Option<Uuid> {
    task["id"].as_str()?.parse().ok()
}
