use std::{fmt::Display, sync::Mutex};

use serde_json::Value;
use tokio::sync::Semaphore;

use super::{Function, Lambda, LambdaError};

/// The environments of one function, as Lambda keeps them: an event goes to an idle one, a new one is started where
/// there is none, and at the limit of concurrency the event waits.
pub struct Environments {
    function: Function,
    idle: Mutex<Vec<Lambda>>,
    concurrency: Semaphore,
    freezes: bool,
}

impl Environments {
    /// None is running yet.
    pub fn new(function: Function, concurrency: usize) -> Self {
        Self { function, idle: Mutex::default(), concurrency: Semaphore::new(concurrency), freezes: false }
    }

    /// Each frozen from its answer to its next event, as on Lambda.
    pub fn freezing(mut self, freezes: bool) -> Self {
        self.freezes = freezes;
        self
    }

    /// One event. An environment that fails it is not used again.
    pub async fn invoke(&self, event: &(dyn Display + Sync)) -> Result<Value, LambdaError> {
        let _turn = self.concurrency.acquire().await.expect("it is never closed");
        let mut lambda = self.idle_or_new().await;
        let answer = lambda.invoke(event).await?;
        if self.freezes {
            lambda.freeze();
        }
        self.idle.lock().unwrap().push(lambda);
        Ok(answer)
    }

    /// Stops those that are idle until their next event.
    pub fn freeze(&self) {
        self.idle.lock().unwrap().iter_mut().for_each(Lambda::freeze);
    }

    /// The processes that are running and idle.
    pub fn pids(&self) -> Vec<u32> {
        self.idle.lock().unwrap().iter().filter_map(Lambda::pid).collect()
    }

    async fn idle_or_new(&self) -> Lambda {
        let idle = self.idle.lock().unwrap().pop();
        match idle {
            Some(lambda) => lambda,
            None => Lambda::spawn(&self.function).await,
        }
    }
}
