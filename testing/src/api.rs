use std::{
    collections::BTreeMap,
    fmt::Display,
    path::{Path, PathBuf},
    time::Duration,
};

use serde_json::Value;

use crate::{
    Answer,
    gateway::{Gateway, HttpRequest},
    lambda::{Environments, Function, LambdaError, Log, TIMEOUT},
    openapi,
    postgres::Database,
    proxy::Proxy,
    routes, token,
};

/// The whole API for one test: gateway, functions, and a database of its own. All of it ends with the value.
pub struct Api {
    gateway: Gateway,
    functions: BTreeMap<&'static str, Environments>,
    log: Log,
    proxy: Option<Proxy>,
    database: Database,
}

impl Api {
    /// As it is deployed. `binaries` is where the functions are: the directory of any `CARGO_BIN_EXE_…`.
    pub async fn start(binaries: &Path) -> Self {
        Self::builder(binaries).start().await
    }

    /// The same with something changed.
    pub fn builder(binaries: &Path) -> ApiBuilder {
        ApiBuilder {
            binaries: binaries.to_owned(),
            env: BTreeMap::from([("JWT_SECRET".to_owned(), Some(token::SECRET.to_owned()))]),
            gateway: Gateway::default(),
            environments: 1,
            deadline: TIMEOUT,
            freezes: false,
            server: None,
            address: None,
            proxy_delay: None,
            row_level_security: true,
        }
    }

    /// One event, as JSON, to one function, past the gateway.
    pub async fn invoke(&self, function: &str, event: &(dyn Display + Sync)) -> Result<Value, LambdaError> {
        self.environments(function).invoke(event).await
    }

    /// The environments of a function.
    pub fn environments(&self, function: &str) -> &Environments {
        self.functions.get(function).unwrap_or_else(|| panic!("there is no function {function}"))
    }

    /// Freezes every environment that is idle, until its next event.
    pub fn freeze(&self) {
        self.functions.values().for_each(Environments::freeze);
    }

    /// The processes of all functions that are running and idle.
    pub fn pids(&self) -> Vec<u32> {
        self.functions.values().flat_map(Environments::pids).collect()
    }

    /// What all functions have written.
    pub fn log(&self) -> &Log {
        &self.log
    }

    /// The database behind the functions.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// What [`ApiBuilder::through_proxy`] put between them.
    pub fn proxy(&self) -> &Proxy {
        self.proxy.as_ref().expect("the builder was asked for a proxy")
    }

    pub(crate) fn event(&self, request: &HttpRequest) -> Option<Value> {
        Some(self.gateway.route(request)?.event)
    }

    pub(crate) async fn answer(&self, request: &HttpRequest) -> Answer {
        let Some(routed) = self.gateway.route(request) else { return Answer::no_route() };
        let response = self.invoke(&routed.route.function, &routed.event).await;
        openapi::answer(&routed.route.key(), &response.unwrap_or_else(|error| panic!("{error}")))
    }
}

/// How the functions reach a database of this URL.
type Address = Box<dyn FnOnce(&str) -> String + Send>;

/// An [`Api`] that is being set up.
#[must_use = "nothing runs until it is started"]
pub struct ApiBuilder {
    binaries: PathBuf,
    env: BTreeMap<String, Option<String>>,
    gateway: Gateway,
    environments: usize,
    deadline: Duration,
    freezes: bool,
    server: Option<String>,
    address: Option<Address>,
    proxy_delay: Option<Duration>,
    row_level_security: bool,
}

impl ApiBuilder {
    /// With this variable in the environment of every function. `DATABASE_URL` and `JWT_SECRET` are set otherwise.
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.env.insert(name.to_owned(), Some(value.to_owned()));
        self
    }

    /// Without this variable, be it ours or Lambda's.
    pub fn without_env(mut self, name: &str) -> Self {
        self.env.insert(name.to_owned(), None);
        self
    }

    /// Behind `cargo lambda watch` instead of API Gateway.
    pub fn cargo_lambda(mut self) -> Self {
        self.gateway = Gateway::CargoLambda;
        self
    }

    /// With up to so many environments of each function at once; otherwise each has one.
    pub fn environments(mut self, count: usize) -> Self {
        self.environments = count;
        self
    }

    /// With so much time for an invocation; otherwise it is [`TIMEOUT`].
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// With environments that are frozen whenever they are idle, as on Lambda.
    pub fn freezing(mut self) -> Self {
        self.freezes = true;
        self
    }

    /// With its database on the server of this superuser's URL.
    pub fn on(mut self, server: &str) -> Self {
        self.server = Some(server.to_owned());
        self
    }

    /// With functions that reach the database by another URL than the superuser's, which is given: over TLS, say, or
    /// through a pooler.
    pub fn by(mut self, address: impl FnOnce(&str) -> String + Send + 'static) -> Self {
        self.address = Some(Box::new(address));
        self
    }

    /// With a [`Proxy`] in front of the database, which takes `delay` in each direction.
    pub fn through_proxy(mut self, delay: Duration) -> Self {
        self.proxy_delay = Some(delay);
        self
    }

    /// On tables whose row-level security is switched off.
    pub fn without_row_level_security(mut self) -> Self {
        self.row_level_security = false;
        self
    }

    /// Makes the database. The functions start when they are first called.
    pub async fn start(mut self) -> Api {
        let database = match &self.server {
            Some(server) => Database::create_on(server).await,
            None => Database::create().await,
        };
        if !self.row_level_security {
            database.without_row_level_security().await;
        }
        let mut url = database.url();
        if let Some(address) = self.address.take() {
            url = address(&url);
        }
        let mut proxy = None;
        if let Some(delay) = self.proxy_delay {
            url = proxy.insert(Proxy::start(&url, delay).await).url(&url);
        }
        self.env.entry("DATABASE_URL".to_owned()).or_insert(Some(url)); // a test may have set another, or none
        let log = Log::default();
        let names = routes::all().iter().map(|route| &*route.function).chain(routes::SCHEDULED);
        let functions = names.map(|name| (name, self.function(name, &log)));
        Api { gateway: self.gateway, functions: functions.collect(), log, proxy, database }
    }

    fn function(&self, name: &str, log: &Log) -> Environments {
        let function =
            self.env.iter().fold(Function::new(&self.binaries.join(name)), |function, (name, value)| match value {
                Some(value) => function.env(name, value),
                None => function.without_env(name),
            });
        let function = function.deadline(self.deadline).log_to(log);
        Environments::new(function, self.environments).freezing(self.freezes)
    }
}
