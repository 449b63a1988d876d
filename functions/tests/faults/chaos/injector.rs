//! Injects random faults, evenly spread over the operations.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    time::{Duration, Instant},
};

use rand_chacha::{ChaCha8Rng, rand_core::RngCore};
use testing::{
    Api,
    postgres::Cluster,
    proxy::{Break, Fault, Moment, NewConnections},
};
use tokio::time::sleep;

use super::{Progress, Scale};

pub(super) struct Injector<'a> {
    api: &'a Api,
    cluster: &'a mut Cluster,
    random: ChaCha8Rng,
    kinds: BTreeMap<String, usize>,
    outages: Vec<(Instant, Instant)>,
}

impl<'a> Injector<'a> {
    pub(super) fn new(api: &'a Api, cluster: &'a mut Cluster, random: ChaCha8Rng) -> Self {
        Self { api, cluster, random, kinds: BTreeMap::new(), outages: Vec::new() }
    }

    pub(super) async fn inject_all(&mut self, scale: &Scale, progress: &Progress) {
        let patience = Instant::now() + Duration::from_mins(20);
        for number in 0..scale.faults {
            let due = number * scale.operations / scale.faults;
            while progress.done() < due && Instant::now() < patience {
                sleep(Duration::from_millis(2)).await;
            }
            self.api.proxy().close_silent();
            self.inject().await;
        }
    }

    async fn inject(&mut self) {
        let how = self.one_of(&[Break::Fin, Break::Rst, Break::Silence]);
        let moments = [30, 60, 90].map(Moment::PartOfRequest);
        let moments = [Moment::Request, Moment::Answer, Moment::Answer, Moment::Answer, Moment::PartOfAnswer(50)]
            .into_iter()
            .chain(moments);
        let moment = self.one_of(&moments.collect::<Vec<_>>());
        let proxy = self.api.proxy();
        match self.random.next_u32() % 20 {
            0..=9 => {
                self.count(format!("{} {how:?}", name(moment)));
                proxy.plant(Fault::next(moment, how));
            }
            10..=11 => {
                self.count(format!("idle {how:?}"));
                proxy.break_all(how);
            }
            12..=13 => {
                let flight = self.one_of(&[1, 2, 3]);
                self.count(format!("opening {how:?}"));
                proxy.break_all(Break::Fin);
                proxy.plant(Fault::in_flight(flight, moment, how));
            }
            14..=16 => {
                let mode = self.one_of(&[
                    NewConnections::Refused,
                    NewConnections::Reset,
                    NewConnections::Unanswered,
                    NewConnections::Dropped,
                ]);
                self.count(format!("new connections {mode:?}"));
                proxy.break_all(Break::Rst);
                proxy.set_new_connections(mode).await;
                self.a_while().await;
                proxy.set_new_connections(NewConnections::Forwarded).await;
            }
            17 => {
                self.count("jitter".to_owned());
                proxy.slow_down(Duration::from_millis(1), Duration::from_millis(20));
                self.a_while().await;
                proxy.slow_down(Duration::from_micros(200), Duration::ZERO);
            }
            server => self.inject_into_server(server).await,
        }
    }

    async fn inject_into_server(&mut self, kind: u32) {
        let sleeps = self.random.next_u32().is_multiple_of(2);
        if kind == 18 && sleeps {
            self.count("server sleeps".to_owned());
            self.cluster.suspend();
            self.a_while().await;
            self.cluster.resume();
            return;
        }
        let began = Instant::now();
        if kind == 18 {
            self.count("server restarts".to_owned());
            self.cluster.stop();
        } else {
            self.count("server crashes".to_owned());
            self.cluster.kill();
        }
        self.cluster.run().await;
        self.outages.push((began, Instant::now()));
    }

    /// Removes the faults that have not happened yet. Returns the times when the database could not be reached at all.
    pub(super) async fn stop(&mut self) -> Vec<(Instant, Instant)> {
        let proxy = self.api.proxy();
        proxy.clear();
        proxy.close_silent();
        proxy.set_new_connections(NewConnections::Forwarded).await;
        std::mem::take(&mut self.outages)
    }

    pub(super) fn count(&mut self, kind: String) {
        *self.kinds.entry(kind).or_default() += 1;
    }

    pub(super) fn total(&self) -> usize {
        self.kinds.values().sum()
    }

    pub(super) fn by_kind(&self) -> String {
        self.kinds.iter().fold(String::new(), |mut text, (kind, count)| {
            let separator = if text.is_empty() { "" } else { ", " };
            let _ = write!(text, "{separator}{count} {kind}"); // writing to a string cannot fail
            text
        })
    }

    async fn a_while(&mut self) {
        sleep(Duration::from_millis(u64::from(50 + self.random.next_u32() % 350))).await;
    }

    fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.random.next_u32() as usize % choices.len()]
    }
}

fn name(moment: Moment) -> &'static str {
    match moment {
        Moment::Request => "request lost",
        Moment::PartOfRequest(_) => "part of a request",
        Moment::Answer => "answer lost",
        Moment::PartOfAnswer(_) => "part of an answer",
    }
}
