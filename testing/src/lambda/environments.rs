use std::{fmt::Display, sync::Mutex};

use serde_json::Value;
use tokio::sync::Semaphore;

use super::{Function, Lambda, LambdaError};

/// The execution environments of one function, managed as by Lambda: an event goes to an idle one. If there is none, a
/// new one is started. At the limit of concurrency, the event waits.
pub struct Environments {
    function: Function,
    idle: Mutex<Vec<Lambda>>,
    concurrency: Semaphore,
    freezes: bool,
}

impl Environments {
    /// Starts without any.
    pub fn new(function: Function, concurrency: usize) -> Self {
        Self { function, idle: Mutex::default(), concurrency: Semaphore::new(concurrency), freezes: false }
    }

    /// Freezes each from its answer to its next event, as Lambda does.
    pub fn freezing(mut self, freezes: bool) -> Self {
        self.freezes = freezes;
        self
    }

    /// Sends one event. An execution environment that fails is not used again.
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

    /// Freezes the idle ones until their next event.
    pub fn freeze(&self) {
        self.idle.lock().unwrap().iter_mut().for_each(Lambda::freeze);
    }

    /// The process ids of the idle ones.
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
