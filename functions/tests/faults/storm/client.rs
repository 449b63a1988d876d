//! A device of a user's: one request after the other, each written down with what came back.

use std::{sync::atomic::Ordering, time::Instant};

use rand_chacha::{ChaCha8Rng, rand_core::RngCore};
use testing::{Api, User};
use uuid::Uuid;

use super::{Progress, ledger::Entry};
use crate::operations::{OPERATIONS, On, Operation};

pub(super) struct Device<'a> {
    user: User<'a>,
    operations: usize,
    random: ChaCha8Rng,
}

impl<'a> Device<'a> {
    pub(super) fn new(api: &'a Api, user: usize, operations: usize, random: ChaCha8Rng) -> Self {
        Self { user: api.user(&format!("user-{user:02}")), operations, random }
    }

    pub(super) async fn work(mut self, progress: &Progress) {
        for _ in 0..self.operations {
            // Of what any device of this user knows.
            let tasks = progress.ledger.lock().unwrap().tasks(self.user.id());
            let task = (!tasks.is_empty()).then(|| tasks[self.below(tasks.len())]);
            // Who has none makes one.
            let operation = if task.is_some() { self.operation() } else { creation() };
            self.send(operation, task.unwrap_or_default(), progress).await;
            progress.done.fetch_add(1, Ordering::SeqCst);
        }
    }

    async fn send(&self, operation: &'static Operation, task: Uuid, progress: &Progress) {
        let label = Uuid::new_v4().to_string();
        let on = On { path: &format!("/api/me/tasks/{task}"), label: &label };
        let request = (operation.ask)(&self.user, &on);
        let task = (!operation.creates()).then_some(task);
        if operation.deletes() {
            progress.ledger.lock().unwrap().deleting(task);
        }
        let started = Instant::now();
        let answer = request.send().await;
        let user = self.user.id().to_owned();
        let entry = Entry { user, operation, task, label, answer, started, ended: Instant::now() };
        progress.ledger.lock().unwrap().write(entry);
    }

    fn operation(&mut self) -> &'static Operation {
        let all = OPERATIONS.iter().map(|operation| operation.weight).sum::<u32>();
        let mut chosen = self.random.next_u32() % all;
        let of_weight = |operation: &&Operation| {
            let is_it = chosen < operation.weight;
            chosen = chosen.saturating_sub(operation.weight);
            is_it
        };
        OPERATIONS.iter().find(of_weight).expect("it is below the sum")
    }

    fn below(&mut self, limit: usize) -> usize {
        self.random.next_u32() as usize % limit
    }
}

fn creation() -> &'static Operation {
    OPERATIONS.iter().find(|operation| operation.creates()).expect("one makes tasks")
}
