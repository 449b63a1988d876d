//! AWS Systems Manager's Parameter Store, simulated by [moto](https://docs.getmoto.org) on the loopback interface.

use std::{path::Path, process::Stdio, time::Duration};

use http_body_util::{BodyExt, Full};
use hyper::{Request, body::Bytes, client::conn::http1};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    net::TcpStream,
    process::{Child, Command},
    time::timeout,
};

use crate::ApiBuilder;

/// The limit for the server's start, on a machine that is busy with other tests.
const PATIENCE: Duration = Duration::from_mins(1);

/// A running server. It ends when the value is dropped.
pub struct ParameterStore {
    _process: Child,
    address: String,
}

impl ParameterStore {
    /// Starts a server without parameters.
    pub async fn start() -> Self {
        let server = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.dev/moto/bin/moto_server");
        let mut process = Command::new(server)
            .args(["--host", "127.0.0.1", "--port", "0"])
            .env("PYTHONUNBUFFERED", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|error| panic!("moto does not start, {error}: run `make test`, which installs it"));
        let mut lines = BufReader::new(process.stderr.take().expect("it is piped")).lines();
        let address = timeout(PATIENCE, async {
            while let Some(line) = lines.next_line().await.expect("it writes text") {
                if let Some((_, address)) = line.split_once("Running on http://") {
                    return address.trim().to_owned();
                }
            }
            panic!("moto ended")
        });
        let address = address.await.expect("moto starts");
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} }); // a full pipe would block it
        Self { _process: process, address }
    }

    /// Stores an encrypted parameter, and replaces one with the same name.
    pub async fn put(&self, name: &str, value: &str) {
        let parameter = json!({ "Name": name, "Value": value, "Type": "SecureString", "Overwrite": true });
        self.call("PutParameter", &parameter).await;
    }

    /// Lets the functions of `api` read the parameters under `path`.
    pub fn readable_by(&self, api: ApiBuilder, path: &str) -> ApiBuilder {
        api.env("SECRETS_PATH", path)
            .env("AWS_ENDPOINT_URL_SSM", &format!("http://{}", self.address))
            .env("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
            .env("AWS_SECRET_ACCESS_KEY", "a-secret-access-key")
            .env("AWS_SESSION_TOKEN", "a-session-token")
    }

    async fn call(&self, operation: &str, body: &Value) {
        let stream = TcpStream::connect(&self.address).await.expect("it listens");
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.expect("it speaks HTTP");
        tokio::spawn(connection);
        let request = Request::post("/")
            .header("host", &self.address)
            .header("content-type", "application/x-amz-json-1.1")
            .header("x-amz-target", format!("AmazonSSM.{operation}"))
            .header("authorization", "AWS4-HMAC-SHA256 Credential=a/20260101/eu-central-1/ssm/aws4_request")
            .body(Full::new(Bytes::from(body.to_string())))
            .expect("these are headers");
        let response = sender.send_request(request).await.expect("it answers");
        let status = response.status();
        let said = response.into_body().collect().await.expect("it answers").to_bytes();
        assert!(status.is_success(), "{}", String::from_utf8_lossy(&said));
    }
}
