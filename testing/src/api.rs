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

/// The whole API for one test: a gateway, the functions, and a database. All of it is removed when the value is
/// dropped.
pub struct Api {
    gateway: Gateway,
    functions: BTreeMap<&'static str, Environments>,
    log: Log,
    proxy: Option<Proxy>,
    database: Database,
}

impl Api {
    /// Starts it as it is deployed. `binaries` is the directory of the functions, as in `CARGO_BIN_EXE_…`.
    pub async fn start(binaries: &Path) -> Self {
        Self::builder(binaries).start().await
    }

    /// Builds an API with different settings.
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

    /// Sends an event (JSON) directly to a function, without the gateway.
    pub async fn invoke(&self, function: &str, event: &(dyn Display + Sync)) -> Result<Value, LambdaError> {
        self.environments(function).invoke(event).await
    }

    /// The execution environments of a function.
    pub fn environments(&self, function: &str) -> &Environments {
        self.functions.get(function).unwrap_or_else(|| panic!("there is no function {function}"))
    }

    /// Freezes every idle execution environment until its next event.
    pub fn freeze(&self) {
        self.functions.values().for_each(Environments::freeze);
    }

    /// The process ids of all idle execution environments.
    pub fn pids(&self) -> Vec<u32> {
        self.functions.values().flat_map(Environments::pids).collect()
    }

    /// The log of all functions.
    pub fn log(&self) -> &Log {
        &self.log
    }

    /// The database behind the functions.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// The proxy of [`ApiBuilder::through_proxy`].
    pub fn proxy(&self) -> &Proxy {
        self.proxy.as_ref().expect("the builder was asked for a proxy")
    }

    pub(crate) fn event(&self, request: &HttpRequest) -> Option<Value> {
        Some(self.gateway.route(request)?.event)
    }

    pub(crate) async fn answer(&self, request: &HttpRequest) -> Answer {
        let Some(routed) = self.gateway.route(request) else { return Answer::no_route() };
        let response = self.invoke(&routed.route.function, &routed.event).await;
        let answer = openapi::answer(&routed.route.key(), &response.unwrap_or_else(|error| panic!("{error}")));
        openapi::assert_parameters(&routed.route.key(), &routed.event, &answer);
        answer
    }
}

/// Makes the functions' connection string from the superuser's.
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
    /// Sets a variable of every function. Without this, `DATABASE_URL` and `JWT_SECRET` are set.
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.env.insert(name.to_owned(), Some(value.to_owned()));
        self
    }

    /// Removes a variable, whether the tests or Lambda set it.
    pub fn without_env(mut self, name: &str) -> Self {
        self.env.insert(name.to_owned(), None);
        self
    }

    /// Behind `cargo lambda watch` instead of API Gateway.
    pub fn cargo_lambda(mut self) -> Self {
        self.gateway = Gateway::CargoLambda;
        self
    }

    /// Allows this many execution environments of each function at once. The default is one.
    pub fn environments(mut self, count: usize) -> Self {
        self.environments = count;
        self
    }

    /// Sets the time of an invocation. The default is [`TIMEOUT`].
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Freezes execution environments whenever they are idle, as Lambda does.
    pub fn freezing(mut self) -> Self {
        self.freezes = true;
        self
    }

    /// Creates the database on the server that this superuser's connection string names.
    pub fn on(mut self, server: &str) -> Self {
        self.server = Some(server.to_owned());
        self
    }

    /// Gives the functions another connection string. `address` makes it from the superuser's, for example for TLS or a
    /// pooler.
    pub fn by(mut self, address: impl FnOnce(&str) -> String + Send + 'static) -> Self {
        self.address = Some(Box::new(address));
        self
    }

    /// Puts a [`Proxy`] in front of the database, with this delay in each direction.
    pub fn through_proxy(mut self, delay: Duration) -> Self {
        self.proxy_delay = Some(delay);
        self
    }

    /// Switches row-level security off.
    pub fn without_row_level_security(mut self) -> Self {
        self.row_level_security = false;
        self
    }

    /// Creates the database. The functions start when they are first called.
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
