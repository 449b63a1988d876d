//! The time at the database, as a subsegment of Lambda's own trace. It is sent as a datagram to the X-Ray daemon, which
//! runs next to each function with tracing
//! (<https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html>). No request waits for it. If a
//! datagram is lost, only the trace lacks a line.

use std::{
    net::{SocketAddr, UdpSocket},
    time::{Duration, UNIX_EPOCH},
};

use serde::Serialize;
use uuid::Uuid;

use super::record::DatabaseTime;
use crate::settings::optional;

/// The header of each document.
const HEADER: &str = "{\"format\": \"json\", \"version\": 1}\n";

/// The X-Ray daemon, which receives the documents.
pub(super) struct Daemon {
    socket: UdpSocket,
}

/// One document
/// (<https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html#api-segmentdocuments-subsegments>).
#[derive(Serialize)]
struct Subsegment<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    name: &'static str,
    namespace: &'static str,
    id: String,
    trace_id: &'a str,
    parent_id: &'a str,
    start_time: f64,
    end_time: f64,
    fault: bool,
    annotations: Annotations,
}

#[derive(Serialize)]
struct Annotations {
    tries: u32,
}

impl Daemon {
    /// Reads `AWS_XRAY_DAEMON_ADDRESS`, an address and a port. Lambda sets it.
    pub(super) fn from_env() -> Option<Self> {
        let daemon: SocketAddr = optional("AWS_XRAY_DAEMON_ADDRESS")?.parse().ok()?;
        let socket = UdpSocket::bind("0.0.0.0:0").ok()?;
        socket.set_nonblocking(true).ok()?;
        socket.connect(daemon).ok()?;
        Some(Self { socket })
    }

    /// Adds the time at the database to the trace that `header` names, if that trace is sampled.
    pub(super) fn send(&self, header: &str, database: &DatabaseTime, fault: bool) {
        let (Some(trace_id), Some(parent_id)) = (root(header), part(header, "Parent=")) else { return };
        if part(header, "Sampled=") != Some("1") {
            return;
        }
        let start = database.began.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        let subsegment = Subsegment {
            kind: "subsegment",
            name: "database",
            namespace: "remote",
            id: Uuid::new_v4().simple().to_string().split_off(16), // 16 hexadecimal digits
            trace_id,
            parent_id,
            start_time: start.as_secs_f64(),
            end_time: (start + database.duration).as_secs_f64(),
            fault,
            annotations: Annotations { tries: database.attempts },
        };
        if let Ok(document) = serde_json::to_string(&subsegment) {
            let _ = self.socket.send(format!("{HEADER}{document}").as_bytes());
        }
    }
}

/// The trace's id in the header.
pub(super) fn root(header: &str) -> Option<&str> {
    part(header, "Root=")
}

fn part<'a>(header: &'a str, name: &str) -> Option<&'a str> {
    header.split(';').find_map(|part| part.trim().strip_prefix(name))
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;

    #[test]
    fn only_a_sampled_trace_is_sent() {
        let receiver = UdpSocket::bind("127.0.0.1:0").unwrap();
        receiver.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.connect(receiver.local_addr().unwrap()).unwrap();
        let daemon = Daemon { socket };
        let database = DatabaseTime { began: SystemTime::now(), duration: Duration::from_millis(5), attempts: 1 };
        let root = "Root=1-5759e988-bd862e3fe1be46a994272793";
        for (header, sent) in [
            (format!("{root};Parent=53995c3f42cd8ad8;Sampled=1"), true),
            (format!("{root};Parent=53995c3f42cd8ad8;Sampled=1;Lineage=1:0"), true),
            (format!("{root};Parent=53995c3f42cd8ad8;Sampled=0"), false),
            (format!("{root};Sampled=1"), false),
            (root.to_owned(), false),
            (String::new(), false),
        ] {
            daemon.send(&header, &database, false);
            assert_eq!(receiver.recv(&mut [0; 1024]).is_ok(), sent, "{header}");
        }
    }
}
