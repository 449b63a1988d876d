//! A Lambda Runtime API for one process, which records the time of each call. It is very simple, with blocking sockets
//! and a thread for each connection, because it runs on the processors that it measures.

use std::{
    io::{BufRead, BufReader, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::mpsc::{Receiver, Sender, channel},
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

/// How long a process may take for anything.
const PATIENCE: Duration = Duration::from_secs(15);

/// A request of the process, and when it arrived.
pub(crate) struct Call {
    pub(crate) at: Instant,
    pub(crate) path: String,
    pub(crate) body: Vec<u8>,
    stream: TcpStream,
}

impl Call {
    /// Answers a poll with an event.
    pub(crate) fn hand_over(mut self, event: &str) {
        let ends = (SystemTime::now() + Duration::from_secs(30)).duration_since(UNIX_EPOCH).expect("it is past 1970");
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\
             lambda-runtime-aws-request-id: 8476a536-e9f4-11e8-9739-2dfe598c3fcd\r\n\
             lambda-runtime-deadline-ms: {}\r\n\
             lambda-runtime-invoked-function-arn: arn:aws:lambda:eu-central-1:123456789012:function:bench\r\n\
             content-length: {}\r\n\r\n{event}",
            ends.as_millis(),
            event.len(),
        );
        self.stream.write_all(head.as_bytes()).expect("the process listens");
    }

    /// Confirms that the answer has arrived.
    pub(crate) fn accept(mut self) {
        self.stream.write_all(b"HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n").expect("the process listens");
    }
}

pub(crate) struct RuntimeApi {
    address: SocketAddr,
    calls: Receiver<Call>,
}

impl RuntimeApi {
    /// Listens on its own port. The threads end with the process that they serve.
    pub(crate) fn listen() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("the loopback interface has a free port");
        let address = listener.local_addr().expect("it is bound");
        let (sender, calls) = channel();
        // The runtime's client keeps one connection alive. It opens a second one if the first is not free yet.
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let sender = sender.clone();
                thread::spawn(move || converse(&stream, &sender));
            }
        });
        Self { address, calls }
    }

    pub(crate) fn address(&self) -> String {
        self.address.to_string()
    }

    /// The next call.
    pub(crate) fn call(&self) -> Option<Call> {
        self.calls.recv_timeout(PATIENCE).ok()
    }
}

impl Drop for RuntimeApi {
    fn drop(&mut self) {
        // Wakes the thread that accepts. It ends then, because nobody receives its calls.
        let _ = TcpStream::connect(self.address);
    }
}

/// Reads one request after the other. Somebody else answers them.
fn converse(stream: &TcpStream, calls: &Sender<Call>) -> Option<()> {
    stream.set_nodelay(true).ok()?;
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    loop {
        let (at, path, body) = receive(&mut reader)?;
        calls.send(Call { at, path, body, stream: stream.try_clone().ok()? }).ok()?;
    }
}

/// Reads the next request: the time of its arrival, its path and its body. `None` if the client has gone.
pub(crate) fn receive(reader: &mut impl BufRead) -> Option<(Instant, String, Vec<u8>)> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|length| *length > 0)?;
    let at = Instant::now();
    let path = line.split(' ').nth(1)?.to_owned();
    let (mut length, mut is_chunked) = (0, false);
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        let Some((name, value)) = header.split_once(':') else { break };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().ok()?;
        }
        is_chunked |= name.eq_ignore_ascii_case("transfer-encoding");
    }
    let body = if is_chunked { chunks(reader)? } else { exactly(length, reader)? };
    Some((at, path, body))
}

/// Reads a chunked body, as Go's client sends it, and the trailers after it.
fn chunks(reader: &mut impl BufRead) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let length = usize::from_str_radix(&line(reader)?, 16).ok()?;
        if length == 0 {
            while !line(reader)?.is_empty() {}
            return Some(body);
        }
        body.extend(exactly(length, reader)?);
        line(reader)?;
    }
}

fn exactly(length: usize, reader: &mut impl BufRead) -> Option<Vec<u8>> {
    let mut bytes = vec![0; length];
    reader.read_exact(&mut bytes).ok()?;
    Some(bytes)
}

/// Reads a line, without the line end.
fn line(reader: &mut impl BufRead) -> Option<String> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|length| *length > 0)?;
    Some(line.trim_end().to_owned())
}
