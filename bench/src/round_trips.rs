//! Round trips, which are counted and not timed: a proxy on the wire counts how often the client speaks after the
//! server.

use std::{path::Path, time::Duration};

use testing::proxy::Proxy;
use tokio::runtime::Runtime;

use crate::{
    cases::{Case, operations},
    database::{Database, Setting},
    process::Process,
};

/// Long enough for a flight that is sent in pieces to fall apart on the wire.
const ONE_WAY: Duration = Duration::from_millis(5);

/// The round trips of one operation.
pub(crate) struct Trips {
    pub(crate) name: &'static str,
    /// To open a connection: plain, and with TLS.
    pub(crate) open: [usize; 2],
    /// Of a warm request: the same.
    pub(crate) warm: [usize; 2],
}

/// Of every operation that meets the database.
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

/// Of one function: to open its connection, if it does so in init, and of a warm request.
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
