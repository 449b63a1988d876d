//! Parameter Store, as a start needs it: https, and one fixed answer. It runs on the processor that is measured, so the
//! processor time of its thread is recorded.

use std::{
    fs,
    io::{BufReader, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    sync::{Arc, mpsc::channel},
    thread,
    time::Duration,
};

use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::json;
use testing::authority::Authority;

use crate::{process::spent, runtime_api::receive};

/// Where the parameters are.
const PATH: &str = "/task-api/bench";

/// A server with some parameters. Its thread ends with the benchmark.
pub(crate) struct ParameterStore {
    authority: Authority,
    address: SocketAddr,
    /// Its thread's directory in `/proc`.
    thread: PathBuf,
}

impl ParameterStore {
    /// Starts a server with these names and values.
    pub(crate) fn with(parameters: &[(String, String)]) -> Self {
        let authority = Authority::new();
        let listener = TcpListener::bind("127.0.0.1:0").expect("the loopback interface has a free port");
        let address = listener.local_addr().expect("it is bound");
        let (config, answer) = (Arc::new(authority.identity().server_config()), answer(parameters));
        let (sender, receiver) = channel();
        thread::spawn(move || {
            let thread = fs::read_link("/proc/thread-self").expect("the kernel knows its threads");
            sender.send(Path::new("/proc").join(thread)).expect("the other thread waits for it");
            for stream in listener.incoming().flatten() {
                converse(stream, &config, &answer);
            }
        });
        Self { authority, address, thread: receiver.recv().expect("it says where it is") }
    }

    /// The variables with which a function finds this server, signs its request and trusts the certificate.
    pub(crate) fn variables(&self) -> Vec<(String, String)> {
        let variables = [
            ("SECRETS_PATH", PATH.to_owned()),
            ("AWS_ENDPOINT_URL_SSM", format!("https://{}", self.address)),
            ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "a-secret-access-key".to_owned()),
            ("AWS_SESSION_TOKEN", "a-session-token".to_owned()),
            ("SSL_CERT_FILE", self.authority.file().display().to_string()),
        ];
        variables.map(|(name, value)| (name.to_owned(), value)).into()
    }

    /// The processor time that it has used so far.
    pub(crate) fn cpu(&self) -> Duration {
        spent(&self.thread).expect("its thread lives as long as the benchmark")
    }
}

/// The answer of AWS to `GetParametersByPath`.
fn answer(parameters: &[(String, String)]) -> String {
    let parameter = |(name, value): &(String, String)| {
        json!({
            "ARN": format!("arn:aws:ssm:eu-central-1:123456789012:parameter{PATH}/{name}"),
            "DataType": "text",
            "LastModifiedDate": 1_767_225_600.123,
            "Name": format!("{PATH}/{name}"),
            "Type": "SecureString",
            "Value": value,
            "Version": 1,
        })
    };
    let body = json!({ "Parameters": parameters.iter().map(parameter).collect::<Vec<_>>() }).to_string();
    format!(
        "HTTP/1.1 200 OK\r\nx-amzn-requestid: 8476a536-e9f4-11e8-9739-2dfe598c3fcd\r\n\
         content-type: application/x-amz-json-1.1\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// Answers one request, and closes the connection.
fn converse(stream: TcpStream, config: &Arc<ServerConfig>, answer: &str) -> Option<()> {
    stream.set_nodelay(true).ok()?;
    let connection = ServerConnection::new(Arc::clone(config)).expect("its configuration is complete");
    let mut reader = BufReader::new(StreamOwned::new(connection, stream));
    receive(&mut reader)?;
    reader.get_mut().write_all(answer.as_bytes()).ok()
}
