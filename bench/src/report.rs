//! The tables of the results.

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
            self.in_short(),
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

    /// Each function, and in brackets the ratio to the other build.
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

    /// The measurements of a function. hello and health have only one setting.
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

    /// What most readers look for: each figure as its range over the functions that use the database.
    fn in_short(&self) -> String {
        const READS: [&str; 2] = ["list-tasks", "get-task"];
        let all: Vec<_> = operations().filter(|name| *name != "health").collect();
        let (reads, writes): (Vec<_>, Vec<_>) = all.iter().partition(|name| READS.contains(name));
        let warm = |name: &str, tls| self.of(name, Setting::Connected { tls });
        let start = |name: &str, tls| self.of(name, Setting::Refused { tls });
        let connection = |name: &str, tls| {
            Duration::saturating_sub(warm(name, tls).init_wall(), start(name, tls).init_wall()).as_secs_f64() * 1e3
        };
        let beyond = |name: &str, tls| {
            Duration::saturating_sub(warm(name, tls).first(), warm(name, tls).p50()).as_secs_f64() * 1e3
        };
        let row = |what: &str, names: &[&str], hello: Option<f64>, digits: usize, of: &dyn Fn(&str, bool) -> f64| {
            let ranges = [false, true].map(|tls| {
                let values: Vec<_> = names.iter().map(|name| of(name, tls)).collect();
                let (least, most) =
                    (values.iter().copied().fold(f64::INFINITY, f64::min), values.iter().copied().fold(0.0, f64::max));
                let times = hello.map(|hello| format!(" ({} ×)", range(least / hello, most / hello, 1)));
                range(least, most, digits) + &times.unwrap_or_default()
            });
            let hello = hello.map_or_else(String::new, |hello| format!("{hello:.digits$}"));
            [vec![what.to_owned(), hello], ranges.into()].concat()
        };
        let (micro, milli) = (|time: Duration| time.as_secs_f64() * 1e6, |time: Duration| time.as_secs_f64() * 1e3);
        let hello = self.hello();
        let rows = [
            row("warm read, p50 µs", &reads, Some(micro(hello.p50())), 0, &|name, tls| micro(warm(name, tls).p50())),
            row("warm write, p50 µs", &writes, Some(micro(hello.p50())), 0, &|name, tls| micro(warm(name, tls).p50())),
            row(
                "CPU of the function for a warm request, alone, µs",
                &all,
                Some(micro(hello.cpu_alone())),
                0,
                &|name, tls| micro(warm(name, tls).cpu_alone()),
            ),
            row("CPU of Postgres for a read, µs", &reads, None, 0, &|name, tls| micro(warm(name, tls).server())),
            row("CPU of Postgres for a write, µs", &writes, None, 0, &|name, tls| micro(warm(name, tls).server())),
            row("init without the connection, ms", &all, Some(milli(hello.init_wall())), 1, &|name, tls| {
                milli(start(name, tls).init_wall())
            }),
            row("opening the connection, in init, ms", &all, None, 1, &connection),
            row("first request of a connection beyond a warm one, ms", &all, None, 1, &beyond),
            row("peak memory, MB", &all, Some(hello.peak_memory()), 1, &|name, tls| warm(name, tls).peak_memory()),
            row("zip, MB", &all, Some(zip(self.binary(HELLO))), 1, &|name, _| zip(self.binary(name))),
        ];
        format!(
            "## In short\n\nThe functions that use the database, from the fastest to the slowest. Postgres runs on the same \
             machine. Tokens have a shared secret. A ratio to hello is in brackets.\n\n{}",
            table(&["", "hello", "TLS off", "TLS on"], &rows)
        )
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
            "## Init\n\nFrom the start of the process to its first poll for work. The database refuses at once.\n\n{}",
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
            "## Connection and first request\n\nThe time that opening the connection adds to init, and the first request \
             after it. Postgres runs on the same machine; a network adds its round trips. hello's first request takes \
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
            "## Warm requests and memory\n\nTimes are from the event to the answer, in µs, with the time of the database. \
             Memory is the peak after 1,200 requests, in MB.\n\n{}",
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
            "## Processor time of a warm request\n\nIn µs. *Alone*: the function, on a processor that neither Postgres nor \
             the benchmark uses. *Beside*: the function, on the same processor as both. *Server*: the process of Postgres \
             that serves it.\n\n{}",
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
            "## Tokens\n\nget-task with TLS off, for each algorithm of the token; beside Postgres.\n\n{}",
            table(&["", "CPU µs for a request", "×", "init CPU ms", "×"], &rows)
        )
    }

    fn secrets(&self) -> String {
        let row = |label: &str, name: &str| {
            let (start, warm) = (self.of(name, OFF), self.of(name, PLAIN));
            let (wall, cpu) = (ms(start.init_wall()), ms(start.init_cpu()));
            vec![label.to_owned(), wall, cpu, us(warm.cpu()), format!("{:.1}", warm.peak_memory())]
        };
        let rows = [row("variables", "get-task"), row("Parameter Store", SECRETS)];
        format!(
            "## Secrets\n\nget-task without TLS to the database, with its two secrets in variables or in Parameter Store. \
             The call to Parameter Store is https. Its server belongs to the benchmark, and the time of that server is \
             subtracted.\n\n{}",
            table(&["", "init ms", "init CPU ms", "CPU µs for a request", "peak MB"], &rows)
        )
    }

    fn metrics(&self) -> String {
        let row = |label: &str, name: &str| {
            let seen = self.of(name, PLAIN);
            vec![label.to_owned(), us(seen.cpu()), seen.logged().to_string()]
        };
        let rows = [row("without", "get-task"), row("with `METRICS_NAMESPACE`", METRICS)];
        format!(
            "## Metrics\n\nget-task with TLS off: the CPU time of a request, and the bytes that it adds to the log.\n\n{}",
            table(&["", "CPU µs for a request", "bytes of log"], &rows)
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
            "## Size\n\nIn MB (10⁶ bytes). The last column has the zip of `cargo lambda build --release --output-format \
             zip`, if that was run before.\n\n{}",
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

/// The head of all results.
pub(crate) fn head(command: &str, postgres: &str) -> String {
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or_default().to_owned();
    format!(
        "# Results\n\n`{command}` wrote this on {}. It ran on two processors ({}), with {} and Postgres {postgres} on the \
         same machine. The machine's load at the end was {load}; the benchmark itself is about 1 of that. \
         [README.md](README.md) explains how to read this.\n",
        date(),
        cpu_model(),
        said("rustc", &["--version"]),
    )
}

/// The name of a function of the other build.
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

/// From the least to the most, as one number where they look the same.
fn range(least: f64, most: f64, digits: usize) -> String {
    let (least, most) = (format!("{least:.digits$}"), format!("{most:.digits$}"));
    if least == most { least } else { format!("{least} to {most}") }
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

#[expect(clippy::cast_precision_loss, reason = "it is much less than a petabyte")]
fn size(file: &Path) -> f64 {
    fs::metadata(file).map_or(0.0, |metadata| metadata.len() as f64 / 1e6)
}

/// The size of the zip in MB. Python makes the zip, because this project needs Python anyway.
fn zip(binary: &Path) -> f64 {
    let file = std::env::temp_dir().join(format!("{}.zip", std::process::id()));
    let status = Command::new("python3").args(["-m", "zipfile", "-c"]).args([&file, binary]).status();
    assert!(status.is_ok_and(|status| status.success()), "python3 -m zipfile failed");
    let size = size(&file);
    let _ = fs::remove_file(file);
    size
}

/// The size of the zip that cargo-lambda put beside the directory of the binaries.
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
