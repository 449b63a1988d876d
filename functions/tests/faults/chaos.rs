//! Many users, some with two devices, under random faults. In the end, the database has to agree with what each of them
//! was told. `FAULTS=long` makes the test long. `FAULTS_SEED` repeats its faults and requests, but not their timing.

mod audit;
mod client;
mod injector;
mod ledger;

use std::{
    env,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use testing::{Api, postgres::Cluster};

use crate::{builder, leaks};
use audit::Audit;
use client::Device;
use injector::Injector;
use ledger::Ledger;

const USERS: usize = 20;
const WITH_TWO_DEVICES: usize = 8;
/// This many more users erase their account now and then, and start again.
const ERASED: usize = 4;
const ENVIRONMENTS: usize = 4;

/// The size of the test, and its seed.
pub(crate) struct Scale {
    operations: usize,
    faults: usize,
    seed: u64,
}

impl Scale {
    fn from_env() -> Self {
        let (operations, faults) = if testing::is_long() { (6_000, 300) } else { (480, 30) };
        let now = || SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_secs());
        let seed = env::var("FAULTS_SEED").map_or_else(|_| now(), |seed| seed.parse().expect("a seed is a number"));
        Self { operations, faults, seed }
    }

    fn random(&self, stream: usize) -> ChaCha8Rng {
        let mut random = ChaCha8Rng::seed_from_u64(self.seed);
        random.set_stream(stream as u64);
        random
    }
}

/// The progress of the test.
#[derive(Default)]
pub(crate) struct Progress {
    done: AtomicUsize,
    ledger: Mutex<Ledger>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_random_faults_the_database_has_what_was_acknowledged() {
    let scale = Scale::from_env();
    testing::tell(&format!("chaos: FAULTS_SEED={}", scale.seed));
    let mut cluster = Cluster::start().await;
    let api = builder()
        .env("DB_TRY_MS", "500")
        .env("DB_CONNECT_MS", "500")
        .environments(ENVIRONMENTS)
        .freezing()
        .on(&cluster.url())
        .through_proxy(Duration::from_micros(200))
        .start()
        .await;
    let audit = Audit::of(api.database()).await;
    let (progress, started) = (Progress::default(), Instant::now());

    let devices = testing::concurrently_all(devices(&api, &scale).into_iter().map(|device| device.work(&progress)));
    let mut injector = Injector::new(&api, &mut cluster, scale.random(0));
    let (_, ()) = tokio::join!(devices, injector.inject_all(&scale, &progress));

    let outages = injector.stop().await;
    let ledger = progress.ledger.into_inner().unwrap();
    let history = audit.read(api.database()).await;
    let figures = ledger.figures(&history, &outages).with_log(api.log());
    testing::tell(&format!(
        "chaos: {} faults ({}) in {:.1?}\n{figures}",
        injector.total(),
        injector.by_kind(),
        started.elapsed(),
    ));
    figures.assert_good();
    history.assert_gapless(api.database()).await;
    leaks::assert_none(&api).await;
    crate::assert_calm(&api);
}

/// All devices, each with its share of the operations.
fn devices<'a>(api: &'a Api, scale: &Scale) -> Vec<Device<'a>> {
    let users = (0..USERS + ERASED).chain(0..WITH_TWO_DEVICES);
    let share = scale.operations.div_ceil(USERS + ERASED + WITH_TWO_DEVICES);
    let devices = users.enumerate().map(|(number, user)| {
        let device = Device::new(api, user, share, scale.random(number + 1));
        if user < USERS { device } else { device.erasing() }
    });
    devices.collect()
}

impl Progress {
    fn done(&self) -> usize {
        self.done.load(Ordering::SeqCst)
    }
}
