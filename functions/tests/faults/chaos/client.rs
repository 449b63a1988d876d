//! A device of a user. It sends one request after the other, and records each with its answers.

use std::{sync::atomic::Ordering, time::Instant};

use rand_chacha::{ChaCha8Rng, rand_core::RngCore};
use testing::{Api, Request, User};
use uuid::Uuid;

use super::{
    Progress,
    ledger::{Attempt, Entry},
};
use crate::operations::{OPERATIONS, On, Operation, Target};

/// How often a device retries a request with an idempotency key after a 503.
const RETRIES: usize = 3;

pub(super) struct Device<'a> {
    user: User<'a>,
    operations: usize,
    /// Whether it erases its user now and then. Such a user has one device only, because two would not know of each
    /// other's erasures.
    erases: bool,
    random: ChaCha8Rng,
}

impl<'a> Device<'a> {
    pub(super) fn new(api: &'a Api, user: usize, operations: usize, random: ChaCha8Rng) -> Self {
        Self { user: api.user(&format!("user-{user:02}")), operations, erases: false, random }
    }

    pub(super) fn erasing(mut self) -> Self {
        self.erases = true;
        self
    }

    pub(super) async fn work(mut self, progress: &Progress) {
        for _ in 0..self.operations {
            let operation = self.operation();
            // Choose from the tasks that any device of this user knows.
            let tasks = progress.ledger.lock().unwrap().tasks(self.user.id(), operation.target);
            let task = (!tasks.is_empty()).then(|| tasks[self.below(tasks.len())]);
            match operation.target {
                Target::Nothing => self.send(operation, None, progress).await,
                // Without a task, create one.
                _ if task.is_none() => self.send(creation(), None, progress).await,
                _ => self.send(operation, task, progress).await,
            }
            progress.done.fetch_add(1, Ordering::SeqCst);
        }
    }

    async fn send(&self, operation: &'static Operation, task: Option<Uuid>, progress: &Progress) {
        let (user, label) = (self.user.id().to_owned(), Uuid::new_v4().to_string());
        let request = (operation.ask)(&self.user, On { task: task.unwrap_or_default(), label: &label });
        let mut entry = progress.ledger.lock().unwrap().begin(Entry::new(user, operation, task, label));
        attempt(&mut entry, &request).await;
        if operation.is_keyed {
            while entry.answer().status == 503 && entry.attempts.len() <= RETRIES {
                attempt(&mut entry, &request).await;
            }
            if entry.is_acknowledged() {
                entry.replay = Some(request.send().await);
            }
        }
        progress.ledger.lock().unwrap().write(entry);
    }

    fn operation(&mut self) -> &'static Operation {
        if self.erases && self.below(8) == 0 {
            return OPERATIONS.iter().find(|operation| operation.erases()).expect("one operation erases");
        }
        let all = OPERATIONS.iter().map(|operation| operation.weight).sum::<u32>();
        let mut chosen = self.random.next_u32() % all;
        let of_weight = |operation: &&Operation| {
            let is_it = chosen < operation.weight;
            chosen = chosen.saturating_sub(operation.weight);
            is_it
        };
        OPERATIONS.iter().find(of_weight).expect("the choice is below the sum of the weights")
    }

    fn below(&mut self, limit: usize) -> usize {
        self.random.next_u32() as usize % limit
    }
}

async fn attempt(entry: &mut Entry, request: &Request<'_>) {
    let started = Instant::now();
    let answer = request.clone().send().await;
    entry.attempts.push(Attempt { answer, started, ended: Instant::now() });
}

fn creation() -> &'static Operation {
    let makes = |operation: &&Operation| operation.makes() && operation.target == Target::Nothing;
    OPERATIONS.iter().find(makes).expect("one operation creates tasks")
}
