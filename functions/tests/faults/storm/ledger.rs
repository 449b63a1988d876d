//! What the clients were told, held against what happened.

mod figures;
mod matching;

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    time::Instant,
};

use serde_json::Value;
use testing::Answer;
use uuid::Uuid;

use super::audit::{Change, History};
use crate::{
    is_honest_503,
    operations::{Operation, Write},
};
use figures::Figures;

/// A request and its answer.
pub(super) struct Entry {
    pub(super) user: String,
    pub(super) operation: &'static Operation,
    /// None where one is made.
    pub(super) task: Option<Uuid>,
    pub(super) label: String,
    pub(super) answer: Answer,
    pub(super) started: Instant,
    pub(super) ended: Instant,
}

/// All of them.
#[derive(Default)]
pub(super) struct Ledger {
    entries: Vec<Entry>,
    tasks: HashMap<String, Vec<Uuid>>,
    deleting: HashSet<Uuid>,
}

impl Ledger {
    /// The tasks that a user knows of and has not begun to delete.
    pub(super) fn tasks(&self, user: &str) -> Vec<Uuid> {
        let known = self.tasks.get(user).into_iter().flatten();
        known.filter(|task| !self.deleting.contains(task)).copied().collect()
    }

    /// From here on another device may find a task gone.
    pub(super) fn deleting(&mut self, task: Option<Uuid>) {
        self.deleting.extend(task);
    }

    pub(super) fn write(&mut self, entry: Entry) {
        if entry.answer.status == 201 {
            let id = entry.answer.json()["id"].as_str().unwrap().parse().unwrap();
            self.tasks.entry(entry.user.clone()).or_default().push(id);
        }
        self.entries.push(entry);
    }

    pub(super) fn figures(&self, history: &History, outages: &[(Instant, Instant)]) -> Figures {
        let mut figures = Figures { requests: self.entries.len(), ..Figures::default() };
        for entry in &self.entries {
            match entry.outcome(&self.deleting) {
                Outcome::Acknowledged => {
                    figures.acknowledged += usize::from(entry.operation.writes() == 1);
                    figures.untrue += usize::from(!entry.shows_what_was(history));
                }
                Outcome::Unknown if entry.answer.status == 503 => {
                    figures.unavailable += 1;
                    figures.unavailable_without_outage += usize::from(!entry.meets(outages));
                }
                Outcome::Unknown => {}
                Outcome::Unexpected => {
                    figures.unexpected += 1;
                    testing::tell(&format!("unexpected, {}: {:?}", entry.operation.name, entry.answer));
                }
            }
        }
        self.match_writes(history, &mut figures);
        figures
    }

    /// Every change has to be some request's, and every acknowledged request's some change, one to one.
    fn match_writes(&self, history: &History, figures: &mut Figures) {
        type Group<'a> = (Vec<&'a Change>, Vec<&'a Entry>);
        let mut groups: BTreeMap<(&str, Option<Uuid>), Group<'_>> = BTreeMap::new();
        for change in &history.changes {
            let task = (!change.before.is_null()).then_some(change.task);
            groups.entry((&change.owner, task)).or_default().0.push(change);
        }
        for entry in self.entries.iter().filter(|entry| entry.operation.writes() == 1) {
            groups.entry((&entry.user, entry.task)).or_default().1.push(entry);
        }
        for (changes, requests) in groups.values() {
            let explained = matching::unmatched(changes, requests, |change, request| Entry::explains(request, change));
            figures.doubled += explained.len();
            figures.toggled_twice += explained.iter().filter(|change| change.toggles()).count();
            let acknowledged = requests.iter().copied().filter(|entry| entry.is_acknowledged());
            let written: Vec<_> = acknowledged.filter(|entry| !entry.may_have_found_it_there(history)).collect();
            let lost = matching::unmatched(&written, changes, Entry::explains);
            figures.lost += lost.len();
            figures.changes += changes.len();
        }
    }
}

enum Outcome {
    Acknowledged,
    /// Done or not.
    Unknown,
    Unexpected,
}

impl Entry {
    fn is_acknowledged(&self) -> bool {
        self.answer.status == self.operation.status
    }

    /// Who finds a task gone may have written to it before: its acknowledgement was lost, and another device has
    /// deleted it.
    fn outcome(&self, deleting: &HashSet<Uuid>) -> Outcome {
        let may_be_gone = self.task.is_some_and(|task| deleting.contains(&task));
        match self.answer.status {
            _ if self.is_acknowledged() => Outcome::Acknowledged,
            404 if may_be_gone => Outcome::Unknown,
            503 if is_honest_503(&self.answer) => Outcome::Unknown,
            _ => Outcome::Unexpected,
        }
    }

    fn explains(&self, change: &Change) -> bool {
        let made = change.task.to_string();
        let is_it = !self.is_acknowledged() || self.task.is_some() || self.answer.json()["id"] == *made;
        // The answer shows the task as the write has left it, or a later one has.
        let is_shown = self.shown().is_none_or(|shown| change.revision <= shown);
        let write = Write { label: &self.label, revision: change.revision };
        is_it && is_shown && self.operation.explains(&change.before, &change.after, &write)
    }

    /// The revision of the task in the answer.
    fn shown(&self) -> Option<i64> {
        self.answer.json()["revision"].as_i64()
    }

    /// A move to where the task stands changes nothing. The task that is answered stood there then.
    fn may_have_found_it_there(&self, history: &History) -> bool {
        let shown = self.task.zip(self.shown());
        self.operation.moves() && shown.is_some_and(|(task, revision)| history.stood_last(task, revision))
    }

    /// Whether every task in the answer is one as it was at its revision.
    fn shows_what_was(&self, history: &History) -> bool {
        match self.answer.json() {
            Value::Array(tasks) => tasks.iter().all(|task| history.knows(task)),
            Value::Null => true,
            task => history.knows(task),
        }
    }

    fn meets(&self, outages: &[(Instant, Instant)]) -> bool {
        outages.iter().any(|(began, ended)| self.started < *ended && *began < self.ended)
    }
}
