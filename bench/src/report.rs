//! What was measured, as tables.

use std::{fmt::Write as _, fs, path::Path, process::Command, time::Duration};

use crate::{
    cases::{Case, HELLO, METRICS, SECRETS, operations},
    database::Setting,
    measure::Seen,
    round_trips::Trips,
};

const OFF: Setting = Setting::Refused { tls: false };
const TLS: Setting = Setting::Refused { tls: true };
const PLAIN: Setting = Setting::Connected { tls: false };
const SECURE: Setting = Setting::Connected { tls: true };

const HOW_TO_READ: &str = "\nRatios (×) are to `hello` in the same run.\n";

pub(crate) struct Report {
    pub(crate) cases: Vec<Case>,
    pub(crate) seen: Vec<Seen>,
    pub(crate) trips: Vec<Trips>,
    pub(crate) postgres: String,
}

impl Report {
    /// results.md.
    pub(crate) fn all(&self) -> String {
        let parts = [
            head("make bench", &self.postgres) + HOW_TO_READ,
            self.init(),
            self.connection(),
            self.warm(),
            self.cpu(),
            self.tokens(),
            self.secrets(),
            self.metrics(),
            self.size(),
            self.round_trips(),
        ];
        parts.join("\n")
    }

    /// Each function, and in brackets what it is of the other build's.
    pub(crate) fn comparison(&self) -> String {
        let row = |name: &str| {
            let other = other(name);
            let [ours, theirs] = [name, &other].map(|name| self.of(name, PLAIN));
            let [our_start, their_start] = [name, &other].map(|name| self.of(name, TLS));
            let of = |ours: Duration, theirs: Duration, show: fn(Duration) -> String| {
                format!("{} ({})", show(ours), times(ours, theirs))
            };
            let [our_zip, their_zip] = [name, &other].map(|name| zip(self.binary(name)));
            vec![
                name.to_owned(),
                of(ours.p50(), theirs.p50(), us),
                of(ours.server(), theirs.server(), us),
                of(ours.cpu(), theirs.cpu(), us),
                of(ours.first(), theirs.first(), ms),
                of(our_start.init_cpu(), their_start.init_cpu(), ms),
                format!("{our_zip:.2} ({:.2})", our_zip / their_zip),
            ]
        };
        let rows: Vec<_> = operations().filter(|name| *name != "health").map(row).collect();
        table(
            &["", "p50 µs", "server's CPU µs", "function's CPU µs", "first request ms", "init CPU ms, TLS", "zip MB"],
            &rows,
        )
    }

    /// What was seen of a function. hello and health have one setting.
    fn of(&self, name: &str, setting: Setting) -> &Seen {
        let named = |setting| self.cases.iter().position(|case| case.name == name && case.setting == setting);
        &self.seen[named(setting).or_else(|| named(PLAIN)).expect("it was measured")]
    }

    fn hello(&self) -> &Seen {
        self.of(HELLO, PLAIN)
    }

    fn binary(&self, name: &str) -> &Path {
        &self.cases.iter().find(|case| case.name == name).expect("it was measured").binary
    }

    fn init(&self) -> String {
        let hello = self.hello();
        let columns = |seen: &Seen| {
            [
                ms(seen.init_wall()),
                times(seen.init_wall(), hello.init_wall()),
                ms(seen.init_cpu()),
                times(seen.init_cpu(), hello.init_cpu()),
            ]
        };
        let row = |name: &str| {
            [vec![name.to_owned()], columns(self.of(name, OFF)).into(), columns(self.of(name, TLS)).into()].concat()
        };
        let rows: Vec<_> = names().map(row).collect();
        format!(
            "## Init\n\nFrom the start of the process to its first poll for work, with a database that refuses at once.\n\n{}",
            table(&["", "TLS off: ms", "×", "CPU ms", "×", "TLS on: ms", "×", "CPU ms", "×"], &rows)
        )
    }

    fn connection(&self) -> String {
        let columns = |name: &str, with, without| {
            let (with, without) = (self.of(name, with), self.of(name, without));
            let first = with.first();
            [
                ms(with.init_wall().saturating_sub(without.init_wall())),
                ms(with.init_cpu().saturating_sub(without.init_cpu())),
                ms(first),
            ]
        };
        let row = |name: &str| {
            [vec![name.to_owned()], columns(name, PLAIN, OFF).into(), columns(name, SECURE, TLS).into()].concat()
        };
        let rows: Vec<_> = names().filter(|name| *name != HELLO && *name != "health").map(row).collect();
        let first = ms(self.hello().first());
        format!(
            "## Connection and first request\n\nWhat opening the connection adds to init (its server is on the same \
             machine: a network adds its round trips), and the first request after it. hello's first request takes \
             {first} ms.\n\n{}",
            table(&["", "plain: ms", "CPU ms", "first request ms", "TLS: ms", "CPU ms", "first request ms"], &rows)
        )
    }

    fn warm(&self) -> String {
        let hello = self.hello();
        let columns = |seen: &Seen| {
            [
                us(seen.p50()),
                us(seen.p99()),
                format!("{:.1}", seen.peak_memory()),
                format!("{:.2}", seen.peak_memory() / hello.peak_memory()),
            ]
        };
        let row = |name: &str| {
            [vec![name.to_owned()], columns(self.of(name, PLAIN)).into(), columns(self.of(name, SECURE)).into()]
                .concat()
        };
        let rows: Vec<_> = names().map(row).collect();
        format!(
            "## Warm requests and memory\n\nTimes are from the event to the answer, in µs, the database's included. Memory is \
             the peak after 1,200 requests, in MB.\n\n{}",
            table(&["", "TLS off: p50", "p99", "peak", "×", "TLS on: p50", "p99", "peak", "×"], &rows)
        )
    }

    fn cpu(&self) -> String {
        let hello = self.hello();
        let columns = |seen: &Seen| {
            [
                us(seen.cpu_alone()),
                times(seen.cpu_alone(), hello.cpu_alone()),
                us(seen.cpu()),
                times(seen.cpu(), hello.cpu()),
                us(seen.server()),
            ]
        };
        let row = |name: &str| {
            [vec![name.to_owned()], columns(self.of(name, PLAIN)).into(), columns(self.of(name, SECURE)).into()]
                .concat()
        };
        let rows: Vec<_> = names().map(row).collect();
        format!(
            "## Processor time of a warm request\n\nThe function's own, in µs: on a processor that neither Postgres nor \
             the benchmark uses, and on the one on which Postgres and the benchmark work, too. Then that of the server's \
             process which serves it.\n\n{}",
            table(
                &["", "TLS off: alone", "×", "beside", "×", "server", "TLS on: alone", "×", "beside", "×", "server"],
                &rows
            )
        )
    }

    fn tokens(&self) -> String {
        let hello = self.hello();
        let row = |name: &str, label: &str| {
            let (start, warm) = (self.of(name, OFF), self.of(name, PLAIN));
            vec![
                label.to_owned(),
                us(warm.cpu()),
                times(warm.cpu(), hello.cpu()),
                ms(start.init_cpu()),
                times(start.init_cpu(), hello.init_cpu()),
            ]
        };
        let rows = [("get-task", "HS256"), ("EdDSA", "EdDSA"), ("ES256", "ES256"), ("RS256", "RS256")];
        let rows: Vec<_> = rows.iter().map(|(name, label)| row(name, label)).collect();
        format!(
            "## Tokens\n\nget-task, TLS off, by the algorithm of the token; beside Postgres.\n\n{}",
            table(&["", "CPU µs a request", "×", "init CPU ms", "×"], &rows)
        )
    }

    fn secrets(&self) -> String {
        let row = |label: &str, name: &str| {
            let (start, warm) = (self.of(name, OFF), self.of(name, PLAIN));
            let (wall, cpu) = (ms(start.init_wall()), ms(start.init_cpu()));
            vec![label.to_owned(), wall, cpu, us(warm.cpu()), format!("{:.1}", warm.peak_memory())]
        };
        let rows = [row("the environment", "get-task"), row("Parameter Store", SECRETS)];
        format!(
            "## Secrets\n\nget-task, TLS to the database off, by where its two secrets are. The call to Parameter Store is \
             https; the time of its server, which is the benchmark's own, is not in it.\n\n{}",
            table(&["", "init ms", "init CPU ms", "CPU µs a request", "peak MB"], &rows)
        )
    }

    fn metrics(&self) -> String {
        let row = |label: &str, name: &str| {
            let seen = self.of(name, PLAIN);
            vec![label.to_owned(), us(seen.cpu()), seen.logged().to_string()]
        };
        let rows = [row("without", "get-task"), row("with `METRICS_NAMESPACE`", METRICS)];
        format!(
            "## Metrics\n\nget-task, TLS off: what a request costs and adds to the log.\n\n{}",
            table(&["", "CPU µs a request", "bytes of log"], &rows)
        )
    }

    fn size(&self) -> String {
        let hello = zip(self.binary(HELLO));
        let row = |name: &str| {
            let binary = self.binary(name);
            vec![
                name.to_owned(),
                megabytes(size(binary)),
                megabytes(zip(binary)),
                format!("{:.2}", zip(binary) / hello),
                shipped(binary).map_or_else(String::new, megabytes),
            ]
        };
        let rows: Vec<_> = names().map(row).collect();
        format!(
            "## Size\n\nMB (10⁶ bytes). What `cargo lambda build --release --output-format zip` made stands in the last \
             column, where it has.\n\n{}",
            table(&["", "binary", "zip", "×", "zip by cargo-lambda"], &rows)
        )
    }

    fn round_trips(&self) -> String {
        let row = |trips: &Trips| {
            let counts = [trips.warm[0], trips.warm[1], trips.open[0], trips.open[1]];
            [vec![trips.name.to_owned()], counts.map(|count| count.to_string()).into()].concat()
        };
        let rows: Vec<_> = self.trips.iter().map(row).collect();
        format!(
            "## Round trips\n\nBetween function and database, counted by a proxy.\n\n{}",
            table(&["", "warm request", "the same, TLS", "to connect", "the same, TLS"], &rows)
        )
    }
}

/// How all results begin.
pub(crate) fn head(command: &str, postgres: &str) -> String {
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or_default().to_owned();
    format!(
        "# Results\n\nMade by `{command}` on {}, on two processors ({}) of a machine with a load of {load} at the end, of \
         which the benchmark itself is about 1; {}; Postgres {postgres} on the same machine. [README.md](README.md) says \
         how to read this.\n",
        date(),
        cpu_model(),
        said("rustc", &["--version"]),
    )
}

/// What a function of the other build is called here.
pub(crate) fn other(name: &str) -> String {
    format!("other {name}")
}

fn names() -> impl Iterator<Item = &'static str> {
    [HELLO].into_iter().chain(operations())
}

pub(crate) fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let mut text = format!("| {} |\n|---|{}\n", head.join(" | "), "--:|".repeat(head.len() - 1));
    for row in rows {
        let _ = writeln!(text, "| {} |", row.join(" | "));
    }
    text
}

fn ratio(value: Duration, of: Duration) -> f64 {
    value.as_secs_f64() / of.as_secs_f64()
}

pub(crate) fn times(value: Duration, of: Duration) -> String {
    format!("{:.2}", ratio(value, of))
}

pub(crate) fn ms(value: Duration) -> String {
    format!("{:.2}", value.as_secs_f64() * 1e3)
}

pub(crate) fn us(value: Duration) -> String {
    format!("{:.0}", value.as_secs_f64() * 1e6)
}

fn megabytes(value: f64) -> String {
    format!("{value:.2}")
}

#[expect(clippy::cast_precision_loss, reason = "it is no number of petabytes")]
fn size(file: &Path) -> f64 {
    fs::metadata(file).map_or(0.0, |metadata| metadata.len() as f64 / 1e6)
}

/// In MB, as Lambda is given it: by Python, which this project needs anyway.
fn zip(binary: &Path) -> f64 {
    let file = std::env::temp_dir().join(format!("{}.zip", std::process::id()));
    let status = Command::new("python3").args(["-m", "zipfile", "-c"]).args([&file, binary]).status();
    assert!(status.is_ok_and(|status| status.success()), "python3 -m zipfile makes no zip");
    let size = size(&file);
    let _ = fs::remove_file(file);
    size
}

/// The zip that cargo-lambda has put beside the directory of the binaries.
fn shipped(binary: &Path) -> Option<f64> {
    let zip = binary.parent()?.parent()?.join("lambda").join(binary.file_name()?).join("bootstrap.zip");
    zip.exists().then(|| size(&zip))
}

pub(crate) fn cpu_model() -> String {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = text.lines().find_map(|line| line.strip_prefix("model name"));
    model.map_or_else(|| "an unknown processor".to_owned(), |model| model.trim_matches([':', ' ', '\t']).to_owned())
}

pub(crate) fn date() -> String {
    said("date", &["-u", "+%Y-%m-%d"])
}

pub(crate) fn said(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().map(|output| output.stdout).unwrap_or_default();
    String::from_utf8_lossy(&output).trim().to_owned()
}
