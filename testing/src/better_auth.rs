//! A real [Better Auth](https://better-auth.com) server from `testing/better-auth`, with its users in memory.

use std::{
    path::Path,
    process::{Command as Program, Stdio},
    time::Duration,
};

use http_body_util::{BodyExt, Full};
use hyper::{
    Request, Response,
    body::{Bytes, Incoming},
    client::conn::http1,
};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    net::TcpStream,
    process::{Child, ChildStdin, ChildStdout, Command},
    time::timeout,
};

use crate::daemon::Home;

/// The `BETTER_AUTH_SECRET` of every server.
pub const SECRET: &str = "the-better-auth-secret-of-the-tests-which-guards-nothing";

/// The audience of its tokens.
pub const AUDIENCE: &str = "https://api.example.com";

/// The server's limit for each answer, on a machine that is busy with other tests.
const PATIENCE: Duration = Duration::from_mins(1);

/// A running server. It ends when the value is dropped, or by itself if this process is killed.
pub struct BetterAuth {
    _process: Child,
    commands: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
    url: String,
    /// Where it runs, so that what it writes goes with it.
    _home: Home,
}

/// A user who has signed up, with the session's cookie.
pub struct Account {
    /// Better Auth's id of the user.
    pub id: String,
    cookie: String,
}

impl BetterAuth {
    /// Starts a server that signs its tokens with `EdDSA`, `ES256`, `ES512`, `PS256` or `RS256` and its own key, or
    /// with `HS256` and [`SECRET`]. With `default`, its plugin has no options. With `front-end`, it is the server of
    /// docs/front-end.md.
    pub async fn start(algorithm: &str) -> Self {
        let home = Home::new();
        let mut process = Command::from(node("server.mjs"))
            .arg(algorithm)
            .current_dir(home.path(""))
            .env("BETTER_AUTH_SECRET", SECRET)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|error| panic!("Node does not start, {error}: run `make test`, which installs it"));
        let commands = process.stdin.take().expect("it is piped");
        let answers = BufReader::new(process.stdout.take().expect("it is piped")).lines();
        let mut server = Self { _process: process, commands, answers, url: String::new(), _home: home };
        server.url = server.line().await;
        server
    }

    /// Its base URL, which is also the issuer in its tokens.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The address of its keys.
    pub fn jwks_url(&self) -> String {
        format!("{}/api/auth/jwks", self.url)
    }

    /// Signs a user up with an e-mail address and a password.
    pub async fn sign_up(&self, email: &str) -> Account {
        let body = json!({ "name": "A user", "email": email, "password": "a password of theirs" });
        let request = Request::post("/api/auth/sign-up/email").header("content-type", "application/json");
        let response = self.send(request.body(Full::from(body.to_string()))).await;
        let cookies = response.headers().get_all("set-cookie").iter().filter_map(|cookie| cookie.to_str().ok());
        let cookie = cookies.filter_map(|cookie| cookie.split(';').next()).collect::<Vec<_>>().join("; ");
        let id = json(response).await["user"]["id"].as_str().expect("a user has an id").to_owned();
        Account { id, cookie }
    }

    /// A new token of this user.
    pub async fn token(&self, account: &Account) -> String {
        let request = Request::get("/api/auth/token").header("cookie", &account.cookie);
        let response = self.send(request.body(Full::default())).await;
        json(response).await["token"].as_str().expect("a token is text").to_owned()
    }

    /// Deletes the user's account, if the server allows it. Returns the status.
    pub async fn delete_user(&self, account: &Account) -> u16 {
        let request = Request::post("/api/auth/delete-user").header("content-type", "application/json");
        let request = request.header("cookie", &account.cookie).header("origin", &self.url);
        self.exchange(request.body(Full::from("{}"))).await.status().as_u16()
    }

    /// Makes a new key for the next tokens. The old one stays published.
    pub async fn rotate(&mut self) {
        self.command("rotate").await;
    }

    /// Stops publishing the replaced keys.
    pub async fn withdraw(&mut self) {
        self.command("withdraw").await;
    }

    /// Tells the server of the front end where the API is.
    pub async fn call_api_at(&mut self, url: &str) {
        self.command(&format!("api {url}")).await;
    }

    async fn command(&mut self, command: &str) {
        self.commands.write_all(format!("{command}\n").as_bytes()).await.expect("the server takes commands");
        assert_eq!(self.line().await, "done");
    }

    async fn line(&mut self) -> String {
        let line = timeout(PATIENCE, self.answers.next_line()).await.expect("the server answers in time");
        line.expect("it answers in text").expect("the server is running (if not, standard error says why)")
    }

    async fn send(&self, request: hyper::http::Result<Request<Full<Bytes>>>) -> Response<Incoming> {
        let response = self.exchange(request).await;
        assert_eq!(response.status(), 200, "{response:?}");
        response
    }

    async fn exchange(&self, request: hyper::http::Result<Request<Full<Bytes>>>) -> Response<Incoming> {
        let address = self.url.trim_start_matches("http://");
        let stream = TcpStream::connect(address).await.expect("the server listens");
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.expect("it speaks HTTP");
        tokio::spawn(connection);
        let mut request = request.expect("it can be sent");
        request.headers_mut().insert("host", address.parse().expect("it is a header"));
        let response = timeout(PATIENCE, sender.send_request(request)).await.expect("the server answers in time");
        response.expect("the server answers")
    }
}

async fn json(response: Response<Incoming>) -> Value {
    let body = response.into_body().collect().await.expect("the body arrives whole").to_bytes();
    serde_json::from_slice(&body).expect("the server answers in JSON")
}

/// Runs the front end of `docs/front-end.md` as in a browser, with the API at this address.
pub async fn browser(server: &BetterAuth, api: &str) -> Value {
    let mut command = Command::from(node("browser.mjs"));
    command.env("NEXT_PUBLIC_BETTER_AUTH_URL", server.url()).env("NEXT_PUBLIC_API_URL", api);
    let run = command.stdin(Stdio::null()).stderr(Stdio::inherit()).kill_on_drop(true).output();
    let output = timeout(PATIENCE, run).await.expect("the front end ends in time").expect("Node starts");
    assert!(output.status.success(), "the front end failed; standard error says why");
    serde_json::from_slice(&output.stdout).expect("it prints JSON")
}

/// A program of `testing/better-auth`, without this machine's variables.
fn node(program: &str) -> Program {
    let testing = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (server, node) = (testing.join("better-auth"), testing.with_file_name(".dev").join("node"));
    assert!(
        node.exists() && server.join("node_modules/.installed").exists(),
        "Better Auth is not installed: run `make test`, which installs it and Node, or scripts/node.py"
    );
    let mut command = Program::new(node);
    command.arg(server.join(program)).env_clear();
    command
}
