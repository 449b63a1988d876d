//! Round trips are counted, not timed: a proxy counts how often the client sends after the server has sent.

use std::{path::Path, time::Duration};

use testing::proxy::Proxy;
use tokio::runtime::Runtime;

use crate::{
    cases::{Case, operations},
    database::{Database, Setting},
    process::Process,
};

/// Long enough that the proxy would see data that the client sends in several pieces as several flights.
const ONE_WAY: Duration = Duration::from_millis(5);

/// The round trips of one operation.
pub(crate) struct Trips {
    pub(crate) name: &'static str,
    /// For opening a connection: without TLS, and with it.
    pub(crate) open: [usize; 2],
    /// For a warm request: the same.
    pub(crate) warm: [usize; 2],
}

/// Counts them for every operation that uses the database.
pub(crate) fn count(directory: &Path, database: &Database, runtime: &Runtime) -> Vec<Trips> {
    let trips = |name| {
        let [plain, tls] = [false, true].map(|tls| {
            let setting = Setting::Connected { tls };
            of(Case::new(name, &directory.join(name), setting, database), runtime)
        });
        Trips { name, open: [plain.0, tls.0], warm: [plain.1, tls.1] }
    };
    operations().filter(|name| *name != "health").map(trips).collect()
}

/// Counts them for one function: for opening its connection, if it does so in init, and for a warm request.
pub(crate) fn of(mut case: Case, runtime: &Runtime) -> (usize, usize) {
    let url = &mut case.variables[0].1;
    let proxy = runtime.block_on(Proxy::start(url, ONE_WAY));
    *url = proxy.url(url);
    let mut process = Process::start(&case.binary, &case.variables);
    let open = proxy.flights() + 1; // and TCP's own
    process.invoke(&case.event(), case.status);
    proxy.reset();
    process.invoke(&case.event(), case.status);
    (open, proxy.flights())
}
